/* A class whose objects have fields, and nothing else of C's: included once for each, after
 * CLASS (the struct), FIELDS (their names), SPEC (the name of its specification), PYTHON_NAME
 * and DOC are defined. */
#define JOIN_NAMES(first, second) first##second
#define JOIN(first, second) JOIN_NAMES(first, second)

static int JOIN(CLASS, _traverse)(CLASS *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
#define X(name) Py_VISIT(self->name);
    FIELDS(X)
#undef X
    return 0;
}

static int JOIN(CLASS, _clear)(CLASS *self)
{
#define X(name) Py_CLEAR(self->name);
    FIELDS(X)
#undef X
    return 0;
}

static void JOIN(CLASS, _dealloc)(CLASS *self)
{
    PyObject_GC_UnTrack(self);
    JOIN(CLASS, _clear)(self);
    free_object((PyObject *)self);
}

static PyMemberDef JOIN(CLASS, _members)[] = {
#define X(name) {#name, T_OBJECT_EX, offsetof(CLASS, name), 0, NULL},
    FIELDS(X)
#undef X
    {NULL, 0, 0, 0, NULL},
};
static PyType_Slot JOIN(CLASS, _slots)[] = {
    {Py_tp_doc, DOC},
    {Py_tp_traverse, JOIN(CLASS, _traverse)},
    {Py_tp_clear, JOIN(CLASS, _clear)},
    {Py_tp_dealloc, JOIN(CLASS, _dealloc)},
    {Py_tp_members, JOIN(CLASS, _members)},
    {0, NULL},
};
PyType_Spec SPEC = {
    PYTHON_NAME, sizeof(CLASS), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, JOIN(CLASS, _slots)};

#undef CLASS
#undef FIELDS
#undef SPEC
#undef PYTHON_NAME
#undef DOC
#undef JOIN
#undef JOIN_NAMES
