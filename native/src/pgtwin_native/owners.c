/* What a pipeline owes for the statements that were sent: the classes OwnerState and
 * BatchState, bases of their owners, and what they do with plain results.
 *
 * Law: what is done here is what the subclasses do in `receive()` (pgtwin.aio.many);
 * whatever is not plain, they do.
 */
#include "owners.h"

#include <stddef.h>
#include <stdlib.h>
#include <structmember.h>

/* ---------------------------------------------------------------- OwnerState */

/* OwnerState(session, cursor, seen) */
static int owner_init(OwnerState *self, PyObject *args, PyObject *kwargs)
{
    PyObject *session, *cursor, *seen;
    if (kwargs != NULL && PyDict_Size(kwargs) > 0) {
        PyErr_SetString(PyExc_TypeError, "OwnerState() takes no keyword arguments");
        return -1;
    }
    if (!PyArg_UnpackTuple(args, "OwnerState", 3, 3, &session, &cursor, &seen))
        return -1;
    replace_by(&self->_session, session);
    replace_by(&self->_cursor, cursor);
    replace_by(&self->_seen, seen);
    return 0;
}

/* Tell whether nothing is to be learned from a result of a statement; -1 on error. */
static int is_known(State *state, const OwnerState *self)
{
    if (is_none(self->_kept))
        return 1;
    if (!PyObject_TypeCheck(self->_session, state->SessionStateType))
        return 0;
    const SessionState *session = (SessionState *)self->_session;
    long now = number_of(session->adapters, state->names.generation);
    long then = number_of(self->_kept, state->names.generation);
    return PyErr_Occurred() ? -1 : now == then;
}

int give_rows(
    State *state, OwnerState *self, PyObject *results, const PGresult *pointer)
{
    if (self->_seen != state->python.UNOBSERVED || self->_cursor == NULL
        || !PyObject_TypeCheck(self->_cursor, state->ResultStateType))
        return 0;
    ResultState *cursor = (ResultState *)self->_cursor;
    if (cursor->_pending != (PyObject *)self)
        return 0; /* it has executed another query since */
    int closed = is_true((PyObject *)cursor, state->names._closed);
    if (closed)
        return closed < 0 ? -1 : 0;
    int known = is_known(state, self);
    if (known <= 0)
        return known;
    self->done = 1;
    replace_by(&cursor->_pending, Py_None);
    PyObject *kept = self->_kept == NULL ? Py_None : self->_kept;
    return keep_results(cursor, results, pointer, kept, 0) < 0 ? -1 : CALLED;
}

static int owner_traverse(OwnerState *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
#define X(name) Py_VISIT(self->name);
    OWNER_FIELDS(X)
#undef X
    return 0;
}

static int owner_clear(OwnerState *self)
{
#define X(name) Py_CLEAR(self->name);
    OWNER_FIELDS(X)
#undef X
    return 0;
}

static void owner_dealloc(OwnerState *self)
{
    PyObject_GC_UnTrack(self);
    owner_clear(self);
    free_object((PyObject *)self);
}

static PyMemberDef owner_members[] = {
#define X(name) {#name, T_OBJECT, offsetof(OwnerState, name), 0, NULL},
    OWNER_FIELDS(X)
#undef X
    {"done", T_BOOL, offsetof(OwnerState, done), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyType_Slot owner_slots[] = {
    {Py_tp_doc, "Of one statement, whose rows go to a cursor if one has executed it."},
    {Py_tp_init, owner_init},
    {Py_tp_traverse, owner_traverse},
    {Py_tp_clear, owner_clear},
    {Py_tp_dealloc, owner_dealloc},
    {Py_tp_members, owner_members},
    {0, NULL},
};
PyType_Spec owner_state_spec = {
    "pgtwin_native.OwnerState", sizeof(OwnerState), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, owner_slots};

/* ---------------------------------------------------------------- BatchState */

static PyObject *batch_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    (void)args; /* __init__() takes them */
    (void)kwargs;
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    BatchState *self = (BatchState *)allocate(type, 0);
    if (self == NULL)
        return NULL;
    self->_expected = -1;
    self->_results = PyList_New(0);
    if (self->_results == NULL)
        Py_CLEAR(self);
    return (PyObject *)self;
}

int count_result(
    const State *state, BatchState *self, PyObject *result, const PGresult *pointer)
{
    if (!self->_returning)
        self->_rowcount += strtoll(state->libpq.PQcmdTuples((PGresult *)pointer), NULL, 10);
    else if (PyList_Append(self->_results, result) < 0)
        return -1;
    replace_by(&self->_last, result);
    if (++self->_received != self->_expected)
        return TAKEN;
    PyObject *finished = call_method((PyObject *)self, state->names._finish);
    Py_XDECREF(finished);
    return finished == NULL ? -1 : CALLED;
}

static int batch_traverse(BatchState *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->_results);
    Py_VISIT(self->_last);
    return 0;
}

static int batch_clear(BatchState *self)
{
    Py_CLEAR(self->_results);
    Py_CLEAR(self->_last);
    return 0;
}

static void batch_dealloc(BatchState *self)
{
    PyObject_GC_UnTrack(self);
    batch_clear(self);
    free_object((PyObject *)self);
}

static PyMemberDef batch_members[] = {
    {"_results", T_OBJECT, offsetof(BatchState, _results), READONLY, NULL},
    {"_last", T_OBJECT, offsetof(BatchState, _last), 0, NULL},
    {"_expected", T_PYSSIZET, offsetof(BatchState, _expected), 0, NULL},
    {"_received", T_PYSSIZET, offsetof(BatchState, _received), 0, NULL},
    {"_rowcount", T_LONGLONG, offsetof(BatchState, _rowcount), 0, NULL},
    {"_returning", T_BOOL, offsetof(BatchState, _returning), 0, NULL},
    {"done", T_BOOL, offsetof(BatchState, done), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyType_Slot batch_slots[] = {
    {Py_tp_doc, "Of one statement that was sent for many sets of parameters."},
    {Py_tp_new, batch_new},
    {Py_tp_traverse, batch_traverse},
    {Py_tp_clear, batch_clear},
    {Py_tp_dealloc, batch_dealloc},
    {Py_tp_members, batch_members},
    {0, NULL},
};
PyType_Spec batch_state_spec = {
    "pgtwin_native.BatchState", sizeof(BatchState), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, batch_slots};
