/* The results that a pipeline still has to fetch, and their cursors: the classes OwnerState,
 * BatchState and PipelineState, and what they do with plain results.
 *
 * What is done here is what the subclasses do in `receive()` (pgtwin.aio.cursors.executemany);
 * whatever is not plain, they do.
 */
#include "pipeline_state.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
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

/* Return whether nothing is to be learned from a result of a statement, and find the
 * generation of the adapters then, if that matters; -1 on error. */
static int is_known(State *state, const OwnerState *self, long *generation)
{
    *generation = UNASKED;
    if (is_none(self->_kept))
        return 1;
    if (!is_session(state, self->_session)
        || !PyObject_TypeCheck(self->_kept, state->KeptStateType))
        return 0;
    const SessionState *session = (SessionState *)self->_session;
    long then = PyLong_AsLong(((KeptState *)self->_kept)->generation);
    *generation = number_of(ADAPTATION(session)->adapters, state->names.generation);
    return PyErr_Occurred() ? -1 : *generation == then;
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
    if (cursor->_closed != Py_False)
        return 0;
    long generation;
    int known = is_known(state, self, &generation);
    if (known <= 0)
        return known;
    self->done = 1;
    replace_by(&cursor->_pending, Py_None);
    PyObject *kept = self->_kept == NULL ? Py_None : self->_kept;
    return keep_results(cursor, results, pointer, kept, 0, generation) < 0 ? -1 : CALLED;
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

/* Note that one more has its result. */
static int note_received(const State *state, BatchState *self)
{
    if (++self->_received != self->_expected)
        return TAKEN;
    PyObject *finished = call_method((PyObject *)self, state->names._finish);
    Py_XDECREF(finished);
    return finished == NULL ? -1 : CALLED;
}

int keep_result(const State *state, BatchState *self, PyObject *result)
{
    if (PyList_Append(self->_results, result) < 0)
        return -1;
    replace_by(&self->_last, result);
    return note_received(state, self);
}

int count_result(const State *state, BatchState *self, const PGresult *pointer)
{
    const char *tag = state->libpq.PQcmdStatus((PGresult *)pointer);
    if (self->tag[0] == '\0' || strcmp(tag, self->tag) != 0) {
        self->tag_rows =
            strtoll(state->libpq.PQcmdTuples((PGresult *)pointer), NULL, 10);
        strncpy(self->tag, tag, TAG_ROOM - 1);
    }
    self->_rowcount += self->tag_rows;
    replace(&self->_last, NULL);
    return note_received(state, self);
}

/* _tag: of the last result, None if none has come. */
static PyObject *batch_tag(BatchState *self, void *unused)
{
    (void)unused;
    if (self->_last == NULL && self->tag[0] != '\0')
        return PyBytes_FromString(self->tag);
    if (is_none(self->_last))
        Py_RETURN_NONE;
    const State *state = PyModule_GetState(module_of(Py_TYPE(self)));
    PyObject *tag = PyObject_GetAttr(self->_last, state->names.command_status);
    if (tag == Py_None) {
        Py_DECREF(tag);
        tag = PyBytes_FromString("");
    }
    return tag;
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
static PyGetSetDef batch_getset[] = {
    {"_tag", (getter)batch_tag, NULL, "The tag of the last result.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyType_Slot batch_slots[] = {
    {Py_tp_doc, "Of one statement that was sent for many sets of parameters."},
    {Py_tp_new, batch_new},
    {Py_tp_traverse, batch_traverse},
    {Py_tp_clear, batch_clear},
    {Py_tp_dealloc, batch_dealloc},
    {Py_tp_members, batch_members},
    {Py_tp_getset, batch_getset},
    {0, NULL},
};
PyType_Spec batch_state_spec = {
    "pgtwin_native.BatchState", sizeof(BatchState), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, batch_slots};

/* ---------------------------------------------------------------- PipelineState */

OwnerState *make_owner(
    const State *state, const PipelineState *pipelining, SessionState *session,
    ResultState *cursor)
{
    PyTypeObject *type = (PyTypeObject *)pipelining->_execution;
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    OwnerState *self = (OwnerState *)allocate(type, 0);
    if (self == NULL)
        return NULL;
    replace_by(&self->_session, (PyObject *)session);
    replace_by(&self->_cursor, (PyObject *)cursor);
    replace_by(&self->_seen, state->python.UNOBSERVED);
    return self;
}

int owe_results(PipelineState *self, OwnerState *owner, PyObject *kept)
{
    replace_by(&owner->_kept, kept);
    replace_by(&((ResultState *)owner->_cursor)->_pending, (PyObject *)owner);
    PyObject *added =
        PyObject_CallFunctionObjArgs(self->append, (PyObject *)owner, NULL);
    Py_XDECREF(added);
    self->unseen++;
    return added == NULL ? -1 : 0;
}

/* owe(session, cursor, kept, seen) */
static PyObject *pipeline_owe(PipelineState *self, PyObject *args)
{
    PyObject *session, *cursor, *kept, *seen;
    const State *state = PyModule_GetState(module_of(Py_TYPE(self)));
    if (!PyArg_UnpackTuple(args, "owe", 4, 4, &session, &cursor, &kept, &seen))
        return NULL;
    if (self->append == NULL || !is_session(state, session)
        || !PyObject_TypeCheck(cursor, state->ResultStateType)) {
        PyErr_SetString(PyExc_TypeError, "owe() takes a session and a cursor");
        return NULL;
    }
    OwnerState *owner =
        make_owner(state, self, (SessionState *)session, (ResultState *)cursor);
    if (owner == NULL)
        return NULL;
    replace_by(&owner->_seen, seen);
    int owed = owe_results(self, owner, kept);
    Py_DECREF(owner);
    if (owed < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* PipelineState(execution) */
static int pipeline_init(PipelineState *self, PyObject *args, PyObject *kwargs)
{
    PyObject *execution;
    const State *state = PyModule_GetState(module_of(Py_TYPE(self)));
    if (kwargs != NULL && PyDict_Size(kwargs) > 0) {
        PyErr_SetString(PyExc_TypeError, "PipelineState() takes no keyword arguments");
        return -1;
    }
    if (!PyArg_UnpackTuple(args, "PipelineState", 1, 1, &execution))
        return -1;
    if (!PyType_Check(execution)
        || !PyType_IsSubtype((PyTypeObject *)execution, state->OwnerStateType)) {
        PyErr_SetString(PyExc_TypeError, "PipelineState() takes a class of owners");
        return -1;
    }
    replace_by(&self->_execution, execution);
    replace(&self->owners, PyObject_CallFunctionObjArgs(state->python.deque, NULL));
    if (self->owners == NULL)
        return -1;
    replace(&self->append, PyObject_GetAttr(self->owners, state->names.append));
    replace(&self->popleft, PyObject_GetAttr(self->owners, state->names.popleft));
    return self->append == NULL || self->popleft == NULL ? -1 : 0;
}

static int pipeline_traverse(PipelineState *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->owners);
    Py_VISIT(self->append);
    Py_VISIT(self->popleft);
    Py_VISIT(self->_execution);
    return 0;
}

static int pipeline_clear(PipelineState *self)
{
    Py_CLEAR(self->owners);
    Py_CLEAR(self->append);
    Py_CLEAR(self->popleft);
    Py_CLEAR(self->_execution);
    return 0;
}

static void pipeline_dealloc(PipelineState *self)
{
    PyObject_GC_UnTrack(self);
    pipeline_clear(self);
    free_object((PyObject *)self);
}

static PyMethodDef pipeline_methods[] = {
    {"owe", (PyCFunction)pipeline_owe, METH_VARARGS,
     "Note which cursor gets the results of a statement that was sent."},
    {NULL, NULL, 0, NULL},
};
static PyMemberDef pipeline_members[] = {
    {"owners", T_OBJECT_EX, offsetof(PipelineState, owners), READONLY, NULL},
    {"level", T_PYSSIZET, offsetof(PipelineState, level), 0, NULL},
    {"unseen", T_PYSSIZET, offsetof(PipelineState, unseen), 0, NULL},
    {"begun", T_BOOL, offsetof(PipelineState, begun), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyType_Slot pipeline_slots[] = {
    {Py_tp_doc, "Of a session in pipeline mode."},
    {Py_tp_init, pipeline_init},
    {Py_tp_traverse, pipeline_traverse},
    {Py_tp_clear, pipeline_clear},
    {Py_tp_dealloc, pipeline_dealloc},
    {Py_tp_methods, pipeline_methods},
    {Py_tp_members, pipeline_members},
    {0, NULL},
};
PyType_Spec pipeline_state_spec = {
    "pgtwin_native.PipelineState", sizeof(PipelineState), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, pipeline_slots};
