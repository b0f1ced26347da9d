/* What one handle of libpq sends and receives: the class Engine.
 *
 * Results are psycopg's own objects, and the handle is asked for anew each time, as
 * it may have been finished meanwhile.
 */
#include "engine.h"
#include "pipeline_state.h"

#include <stddef.h>
#include <string.h>
#include <structmember.h>

/* Of libpq's enumerations. */
enum { TUPLES_OK = 2, COPY_OUT = 3, COPY_IN = 4, COPY_BOTH = 8 };
enum { CONNECTION_OK = 0 };
enum { STATUS_ACTIVE = 1, STATUS_UNKNOWN = 4 }; /* of libpq's transaction status */
enum { MANY_ROWS = 100 };

static const char *const SETTINGS[] = {
    "client_encoding", "TimeZone", "DateStyle", "IntervalStyle"};
enum { SETTING_COUNT = 4 };

PGconn *handle_of(const Engine *self)
{
    const State *state = self->state;
    PyObject *address =
        get_by(&state->pgconn_ptr, self->pgconn, state->names.pgconn_ptr);
    if (address == NULL)
        return NULL;
    PGconn *handle = NULL;
    if (address == Py_None)
        PyErr_SetString(state->python.OperationalError, "the connection is closed");
    else
        handle = PyLong_AsVoidPtr(address);
    Py_DECREF(address);
    return handle;
}

/* ---------------------------------------------------------------- notifications */

/* Take the notifications that libpq has. */
static int drain(Engine *self, PGconn *handle)
{
    for (;;) {
        if (self->noted_number == self->noted_room) {
            Py_ssize_t room = self->noted_room == 0 ? 8 : 2 * self->noted_room;
            PGnotify **noted = PyMem_Realloc(self->noted, room * sizeof(PGnotify *));
            if (noted == NULL) {
                PyErr_NoMemory();
                return -1;
            }
            self->noted = noted;
            self->noted_room = room;
        }
        PGnotify *notification = self->state->libpq.PQnotifies(handle);
        if (notification == NULL)
            return 0;
        self->noted[self->noted_number++] = notification;
    }
}

static void free_notifications(const Engine *self, PGnotify **noted, Py_ssize_t number)
{
    for (Py_ssize_t i = 0; i < number; i++)
        self->state->libpq.PQfreemem(noted[i]);
    PyMem_Free(noted);
}

/* As bytes.decode(encoding, "surrogateescape") does. */
static PyObject *decode_text(const char *text, const char *encoding)
{
    Py_ssize_t length = (Py_ssize_t)strlen(text);
    if (encoding == NULL)
        return PyUnicode_DecodeUTF8(text, length, "surrogateescape");
    return PyUnicode_Decode(text, length, encoding, "surrogateescape");
}

/* Take the reference of the payload. */
static PyObject *make_fields(PyObject *channel, PyObject *payload, int pid)
{
    PyObject *number = PyLong_FromLong(pid);
    PyObject *fields = number == NULL ? NULL : PyTuple_New(3);
    if (fields == NULL) {
        Py_XDECREF(number);
        Py_DECREF(payload);
        return NULL;
    }
    Py_INCREF(channel);
    PyTuple_SetItem(fields, 0, channel);
    PyTuple_SetItem(fields, 1, payload);
    PyTuple_SetItem(fields, 2, number);
    return fields;
}

/* Decode notifications, in UTF-8 if there is no other encoding. */
static PyObject *decode_notifications(
    const Engine *self, PGnotify **noted, Py_ssize_t number, const char *encoding)
{
    PyTypeObject *type = (PyTypeObject *)self->state->python.Notify;
    newfunc make = (newfunc)PyType_GetSlot(&PyTuple_Type, Py_tp_new);
    const char *name = NULL; /* of the channel before */
    PyObject *channel = NULL, *made = PyList_New(number);
    for (Py_ssize_t i = 0; made != NULL && i < number; i++) {
        PyObject *fields = NULL, *notification = NULL;
        if (name == NULL || strcmp(name, noted[i]->relname) != 0) {
            name = noted[i]->relname;
            replace(&channel, decode_text(name, encoding));
        }
        PyObject *payload =
            channel == NULL ? NULL : decode_text(noted[i]->extra, encoding);
        if (payload != NULL)
            fields = make_fields(channel, payload, noted[i]->be_pid);
        PyObject *args = fields == NULL ? NULL : PyTuple_Pack(1, fields);
        if (args != NULL)
            notification = make(type, args, NULL);
        Py_XDECREF(args);
        Py_XDECREF(fields);
        if (notification == NULL)
            Py_CLEAR(made);
        else
            PyList_SetItem(made, i, notification);
    }
    Py_XDECREF(channel);
    return made;
}

/* decode(encoding) */
static PyObject *engine_decode(Engine *self, PyObject *encoding)
{
    if (self->noted_number == 0)
        Py_RETURN_NONE;
    PyObject *name = PyUnicode_AsASCIIString(encoding);
    if (name == NULL)
        return NULL;
    /* Of nobody else meanwhile: a codec may be Python. */
    PGnotify **noted = self->noted;
    Py_ssize_t number = self->noted_number, room = self->noted_room;
    self->noted = NULL;
    self->noted_number = self->noted_room = 0;
    const char *text = PyBytes_AsString(name);
    PyObject *made = decode_notifications(
        self, noted, number, strcmp(text, "utf-8") == 0 ? NULL : text);
    Py_DECREF(name);
    PyObject *added = made == NULL ? NULL
                                   : PyObject_CallMethodObjArgs(
                                         self->arrived, self->state->names.extend, made,
                                         NULL);
    Py_XDECREF(made);
    if (added == NULL && self->noted == NULL) {
        self->noted = noted;
        self->noted_number = number;
        self->noted_room = room;
    }
    else
        free_notifications(self, noted, number);
    return added;
}

/* ---------------------------------------------------------------- results */

/* Keep the error with which reading has failed; -1 if it is another. */
static int keep_failure(Engine *self)
{
    PyObject *type, *value, *traceback;
    if (!PyErr_ExceptionMatches(self->state->python.OperationalError))
        return -1;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    replace(&self->failure, value);
    Py_XDECREF(type);
    Py_XDECREF(traceback);
    return 1;
}

/* Read; 1 if a result can be had without waiting or the server is gone, -1 on error. */
static int read_input(Engine *self, PGconn **handle)
{
    const Libpq *libpq = &self->state->libpq;
    *handle = handle_of(self);
    if (*handle == NULL)
        return keep_failure(self);
    if (!libpq->PQconsumeInput(*handle)) {
        PyObject *error = PyObject_CallFunctionObjArgs(
            self->state->python.reading_failed, self->pgconn, NULL);
        replace(&self->failure, error);
        return error == NULL ? -1 : 1;
    }
    if (drain(self, *handle) < 0)
        return -1;
    return !libpq->PQisBusy(*handle);
}

static PyObject *engine_read(Engine *self, PyObject *unused)
{
    (void)unused;
    PGconn *handle;
    int ready = read_input(self, &handle);
    return ready < 0 ? NULL : PyBool_FromLong(ready);
}

PyObject *next_result(Engine *self)
{
    if (self->get_result == NULL)
        self->get_result = PyObject_GetAttr(self->pgconn, self->state->names.get_result);
    return self->get_result == NULL ? NULL : PyObject_CallNoArgs(self->get_result);
}

/* Take a result; 1 if another may follow, 0 if none does, -1 on error. */
static int take_result(Engine *self)
{
    const Names *names = &self->state->names;
    PyObject *result = next_result(self);
    if (result == NULL)
        return -1;
    if (result == Py_None) {
        Py_DECREF(result);
        return 0;
    }
    int follows = PyList_Append(self->results, result);
    long status = follows < 0 ? -1 : number_of(result, names->status);
    Py_DECREF(result);
    if (status < 0)
        return PyErr_Occurred() ? -1 : 1;
    self->copying = status == COPY_OUT || status == COPY_IN || status == COPY_BOTH;
    return !self->copying;
}

static int set_results(Engine *self, PyObject *value, void *unused)
{
    (void)unused;
    if (value == NULL || !PyList_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "the results must be a list");
        return -1;
    }
    Py_INCREF(value);
    replace(&self->results, value);
    return 0;
}

/* Return whether a statement has ended, of which all results are taken. */
static int has_ended(const Libpq *libpq, PGconn *handle)
{
    int status = libpq->PQtransactionStatus(handle);
    return status != STATUS_ACTIVE && status != STATUS_UNKNOWN;
}

/* Take the results that have come; 1 if these are all or the server is gone, -1 on
 * error. */
static int receive(Engine *self)
{
    const Libpq *libpq = &self->state->libpq;
    PGconn *handle;
    int ready = read_input(self, &handle);
    while (ready > 0 && self->failure == NULL) {
        int follows = has_ended(libpq, handle) ? 0 : take_result(self);
        if (follows < 0)
            return -1;
        if (!follows) {
            if (!self->copying && libpq->PQstatus(handle) == CONNECTION_OK)
                replace_by(&self->settled, Py_True);
            break;
        }
        ready = !libpq->PQisBusy(handle);
    }
    return ready;
}

static PyObject *engine_receive(Engine *self, PyObject *unused)
{
    (void)unused;
    int all = receive(self);
    return all < 0 ? NULL : PyBool_FromLong(all);
}

/* begin(results) */
static PyObject *engine_begin(Engine *self, PyObject *results)
{
    const Libpq *libpq = &self->state->libpq;
    if (set_results(self, results, NULL) < 0)
        return NULL;
    self->copying = 0;
    replace_by(&self->settled, Py_False);
    PGconn *handle = handle_of(self);
    if (handle == NULL) { /* Python tries the same, and raises the error */
        PyErr_Clear();
        return PyObject_CallFunctionObjArgs(
            self->state->python.begin, (PyObject *)self, results, NULL);
    }
    int left = libpq->PQflush(handle);
    if (left < 0)
        return PyObject_CallFunctionObjArgs(
            self->state->python.flushing_failed, self->pgconn, NULL);
    if (left > 0)
        Py_RETURN_NONE;
    int all = libpq->PQisBusy(handle) ? 0 : receive(self);
    return all < 0 ? NULL : PyBool_FromLong(all);
}

static PyObject *engine_drain(Engine *self, PyObject *unused)
{
    (void)unused;
    PGconn *handle = handle_of(self);
    if (handle == NULL || drain(self, handle) < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* Return whether the first settings, so many, are those of a list. */
static int are_settings(Engine *self, PyObject *noted, int number)
{
    PGconn *handle = handle_of(self);
    if (handle == NULL)
        return -1;
    for (int i = 0; i < number; i++) {
        const char *now = self->state->libpq.PQparameterStatus(handle, SETTINGS[i]);
        PyObject *was = PyList_GetItem(noted, i);
        if (was == NULL)
            return -1;
        if (was == Py_None ? now != NULL
                           : now == NULL || strcmp(now, PyBytes_AsString(was)) != 0)
            return 0;
    }
    return 1;
}

static int is_plain(
    Engine *self, SessionState *session, Known *known, const PGresult *pointer)
{
    if (self->state->libpq.PQresultStatus(pointer) != TUPLES_OK
        || self->state->libpq.PQntuples(pointer) >= MANY_ROWS)
        return 0;
    int plain = is_current(self, session, known);
    if (plain <= 0)
        return plain;
    if (!PyObject_TypeCheck(session->prepared, self->state->PreparedStateType)
        || PyObject_Size(((PreparedState *)session->prepared)->retired) != 0)
        return PyErr_Occurred() ? -1 : 0;
    return are_settings(
        self, ADAPTATION(session)->settings, known->lasting ? 1 : SETTING_COUNT);
}

/* give(session, kept, cursor) */
static PyObject *engine_give(Engine *self, PyObject *const *args, Py_ssize_t number)
{
    State *state = self->state;
    if (number != 3 || !is_session(state, args[0])
        || !PyObject_TypeCheck(args[2], state->ResultStateType)) {
        PyErr_SetString(
            PyExc_TypeError, "give() takes a session, what is kept, and a cursor");
        return NULL;
    }
    Known *known = self->started;
    if (known == NULL || known->lasting < 0)
        return PyObject_CallFunctionObjArgs(
            state->python.give, (PyObject *)self, args[0], args[1], args[2], NULL);
    if (PyList_Size(self->results) != 1)
        Py_RETURN_FALSE;
    const PGresult *pointer = pointer_of(state, PyList_GetItem(self->results, 0));
    int plain =
        pointer == NULL ? -1 : is_plain(self, (SessionState *)args[0], known, pointer);
    if (plain > 0
        && keep_results((ResultState *)args[2], self->results, pointer, Py_None,
                        known->usual, known->generation) < 0)
        plain = -1;
    return plain < 0 ? NULL : PyBool_FromLong(plain);
}

/* ---------------------------------------------------------------- Engine */

static PyObject *engine_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *pgconn;
    if (kwargs != NULL && PyDict_Size(kwargs) > 0) {
        PyErr_SetString(PyExc_TypeError, "Engine() takes no keyword arguments");
        return NULL;
    }
    if (!PyArg_ParseTuple(args, "O:Engine", &pgconn))
        return NULL;
    PyObject *module = PyType_GetModule(type);
    if (module == NULL)
        return NULL;
    State *state = PyModule_GetState(module);
    if (state->libpq.PQisBusy == NULL || state->python.start == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "call bind_libpq() and bind_python() first");
        return NULL;
    }
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    Engine *self = (Engine *)allocate(type, 0);
    if (self == NULL)
        return NULL;
    Py_INCREF(module);
    self->module = module;
    self->state = state;
    Py_INCREF(pgconn);
    self->pgconn = pgconn;
    self->results = PyList_New(0);
    self->arrived = PyObject_CallFunctionObjArgs(state->python.deque, NULL);
    self->known = PyDict_New();
    replace_by(&self->settled, Py_False);
    if (self->results == NULL || self->arrived == NULL || self->known == NULL)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static int engine_traverse(Engine *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->module);
    Py_VISIT(self->pgconn);
    Py_VISIT(self->get_result);
    Py_VISIT(self->statement);
    Py_VISIT(self->asked);
    Py_VISIT(self->known);
    Py_VISIT(self->arrived);
    Py_VISIT(self->results);
    Py_VISIT(self->failure);
    Py_VISIT(self->settled);
    Py_VISIT(self->usual_cursors);
    Py_VISIT(self->adapters);
    return 0;
}

static int engine_clear(Engine *self)
{
    Py_CLEAR(self->pgconn);
    Py_CLEAR(self->get_result);
    Py_CLEAR(self->statement);
    Py_CLEAR(self->asked);
    self->started = NULL;
    Py_CLEAR(self->known);
    Py_CLEAR(self->arrived);
    Py_CLEAR(self->results);
    Py_CLEAR(self->failure);
    Py_CLEAR(self->settled);
    Py_CLEAR(self->usual_cursors);
    Py_CLEAR(self->adapters);
    return 0;
}

static void engine_dealloc(Engine *self)
{
    PyObject_GC_UnTrack(self);
    engine_clear(self);
    if (self->noted != NULL)
        free_notifications(self, self->noted, self->noted_number);
    Py_CLEAR(self->module);
    free_object((PyObject *)self);
}

/* bound(session): what start() has made; bound again if that was here, where the values
 * cannot have changed. */
static PyObject *engine_bound(Engine *self, PyObject *session)
{
    if (self->asked != NULL)
        return PyObject_CallFunctionObjArgs(
            self->state->python.bind_again, session, PyTuple_GetItem(self->asked, 0),
            PyTuple_GetItem(self->asked, 1), NULL);
    PyObject *statement = self->statement == NULL ? Py_None : self->statement;
    Py_INCREF(statement);
    return statement;
}

static PyObject *get_statement(Engine *self, void *unused)
{
    (void)unused;
    PyObject *statement = self->statement == NULL ? Py_None : self->statement;
    Py_INCREF(statement);
    return statement;
}

static int set_statement(Engine *self, PyObject *value, void *unused)
{
    (void)unused;
    if (value == Py_None)
        value = NULL;
    Py_XINCREF(value);
    replace(&self->statement, value);
    return 0;
}

static PyObject *get_results(Engine *self, void *unused)
{
    (void)unused;
    Py_INCREF(self->results);
    return self->results;
}

static PyMethodDef engine_methods[] = {
    {"start", (PyCFunction)(void (*)(void))engine_start, METH_FASTCALL,
     "Send a query that is prepared, if nothing else is to be done before."},
    {"start_for", (PyCFunction)(void (*)(void))engine_start_for, METH_FASTCALL,
     "Note what a cursor is to execute, forget its results, and do start()."},
    {"bound", (PyCFunction)engine_bound, METH_O,
     "Return the statement that start() has made, None if it was not bound."},
    {"send_many", (PyCFunction)(void (*)(void))engine_send_many, METH_FASTCALL,
     "Send a statement, and again for the parameters that an iterator gives."},
    {"collect", (PyCFunction)engine_collect, METH_O,
     "Hand the results of a pipeline that have come to the owners."},
    {"begin", (PyCFunction)engine_begin, METH_O,
     "Send what is queued, and add results that have come to a list."},
    {"give", (PyCFunction)(void (*)(void))engine_give, METH_FASTCALL,
     "Give a cursor the results of a statement if they leave nothing to be noted."},
    {"read", (PyCFunction)engine_read, METH_NOARGS,
     "Read what has come; tell whether a result can be had without waiting."},
    {"receive", (PyCFunction)engine_receive, METH_NOARGS,
     "Read what has come and take the results; tell whether these are all."},
    {"drain", (PyCFunction)engine_drain, METH_NOARGS,
     "Take the notifications that were read."},
    {"decode", (PyCFunction)engine_decode, METH_O,
     "Decode the notifications that were taken, and move them into `arrived`."},
    {NULL, NULL, 0, NULL},
};
static PyMemberDef engine_members[] = {
    {"pgconn", T_OBJECT, offsetof(Engine, pgconn), READONLY, NULL},
    {"noted", T_PYSSIZET, offsetof(Engine, noted_number), READONLY, NULL},
    {"arrived", T_OBJECT, offsetof(Engine, arrived), READONLY, NULL},
    {"failure", T_OBJECT, offsetof(Engine, failure), READONLY, NULL},
    {"copying", T_BOOL, offsetof(Engine, copying), 0, NULL},
    {"settled", T_OBJECT_EX, offsetof(Engine, settled), 0, NULL},
    {"sent", T_PYSSIZET, offsetof(Engine, sent), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyGetSetDef engine_getset[] = {
    {"statement", (getter)get_statement, (setter)set_statement, NULL, NULL},
    {"results", (getter)get_results, (setter)set_results, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyType_Slot engine_slots[] = {
    {Py_tp_doc, "Uses one handle of libpq (`psycopg.pq.PGconn`)."},
    {Py_tp_new, engine_new},
    {Py_tp_traverse, engine_traverse},
    {Py_tp_clear, engine_clear},
    {Py_tp_dealloc, engine_dealloc},
    {Py_tp_methods, engine_methods},
    {Py_tp_members, engine_members},
    {Py_tp_getset, engine_getset},
    {0, NULL},
};
PyType_Spec engine_spec = {
    "pgtwin_native.Engine", sizeof(Engine), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, engine_slots};
