/* Statements that are prepared and known by their query's text: Engine.start().
 *
 * Whatever is not known is left to the reference in Python, and learned from what
 * that has sent. What is known holds as long as the statement is prepared, and adapters
 * and encoding are the same.
 */
#include "engine.h"
#include "pipeline_state.h"

#include <string.h>

enum { STATUS_IDLE = 0, STATUS_INTRANS = 2, STATUS_UNKNOWN = 4 }; /* of libpq's transaction status */
/* Places in pgtwin.core.engine.result_formats.Columns. */
enum { COLUMNS_FIXED = 1, COLUMNS_USUAL = 4, COLUMNS_LASTING = 5 };
enum { KNOWN_QUERIES = 512 };

/* ---------------------------------------------------------------- what is known */

static const char KNOWN[] = "pgtwin_native.Known";

static void free_known(PyObject *capsule)
{
    Known *known = PyCapsule_GetPointer(capsule, KNOWN);
    while (known != NULL) {
        Known *next = known->next;
        Py_DECREF(known->kept);
        Py_DECREF(known->key);
        Py_DECREF(known->name);
        Py_DECREF(known->adapters);
        Py_DECREF(known->encoding);
        PyMem_Free(known);
        known = next;
    }
}

static void forget(Engine *self)
{
    self->started = NULL;
    if (self->known != NULL)
        PyDict_Clear(self->known);
}

int are_same(const Parameters *parameters, PyObject *statement)
{
    PyObject *values = PyTuple_GetItem(statement, 1);
    PyObject *types = PyTuple_GetItem(statement, 2);
    PyObject *formats = PyTuple_GetItem(statement, 3);
    int number = parameters->number;
    if (values == NULL || !PyList_Check(values) || PyList_Size(values) != number
        || !PyTuple_Check(types) || PyTuple_Size(types) != number
        || !PyList_Check(formats) || PyList_Size(formats) != number)
        return 0;
    for (int i = 0; i < number; i++) {
        PyObject *value = PyList_GetItem(values, i);
        if (PyLong_AsUnsignedLong(PyTuple_GetItem(types, i)) != parameters->types[i]
            || PyLong_AsLong(PyList_GetItem(formats, i)) != parameters->formats[i])
            return 0;
        if (value == Py_None) {
            if (parameters->values[i] != NULL)
                return 0;
            continue;
        }
        PyObject *bytes = PyBytes_FromObject(value);
        int same = bytes != NULL && parameters->values[i] != NULL
            && PyBytes_Size(bytes) == parameters->lengths[i]
            && memcmp(PyBytes_AsString(bytes), parameters->values[i],
                      (size_t)parameters->lengths[i]) == 0;
        Py_XDECREF(bytes);
        if (!same)
            return 0;
    }
    return 1;
}

int has_usual_dumpers(Engine *self, PyObject *adapters)
{
    long generation = number_of(adapters, self->state->names.generation);
    if (generation == -1 && PyErr_Occurred())
        return -1;
    if (self->adapters != adapters || self->generation != generation) {
        PyObject *usual = PyObject_CallFunctionObjArgs(
            self->state->python.has_usual_dumpers, adapters, NULL);
        int is_usual = usual == NULL ? -1 : PyObject_IsTrue(usual);
        Py_XDECREF(usual);
        if (is_usual < 0)
            return -1;
        Py_INCREF(adapters);
        replace(&self->adapters, adapters);
        self->generation = generation;
        self->usual = (char)is_usual;
    }
    return self->usual;
}

/* Know a query from now on that was sent in Python just now, if it is a usual one. */
static int learn(
    Engine *self, SessionState *session, PyObject *query, PyObject *params,
    PyObject *kept)
{
    const Names *names = &self->state->names;
    Parameters parameters;
    PyObject *statement = self->statement;
    if (statement == NULL || !PyTuple_Check(statement)
        || !PyObject_TypeCheck(kept, self->state->KeptStateType)
        || !put_parameters(&parameters, params) || !are_same(&parameters, statement)) {
        PyErr_Clear();
        return 0;
    }
    PyObject *plain = PyObject_CallFunctionObjArgs(
        self->state->python.is_plain_query, query, ADAPTATION(session)->encoding, NULL);
    int usual = plain == NULL ? -1 : PyObject_IsTrue(plain);
    Py_XDECREF(plain);
    if (usual > 0)
        usual = has_usual_dumpers(self, ADAPTATION(session)->adapters);
    if (usual <= 0)
        return usual;
    if (PyDict_Size(self->known) >= KNOWN_QUERIES)
        forget(self);
    size_t size = sizeof(Known) + sizeof(unsigned int) * (size_t)parameters.number;
    Known *known = PyMem_Calloc(1, size);
    if (known == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    known->generation = number_of(ADAPTATION(session)->adapters, names->generation);
    known->key = Py_XNewRef(((KeptState *)kept)->key);
    known->name = Py_XNewRef(((KeptState *)kept)->name);
    known->format = known->lasting = -1;
    known->number = parameters.number;
    memcpy(known->types, parameters.types, sizeof(unsigned int) * (size_t)known->number);
    known->kept = kept;
    known->adapters = ADAPTATION(session)->adapters;
    known->encoding = ADAPTATION(session)->encoding;
    Py_INCREF(kept);
    Py_INCREF(known->adapters);
    Py_INCREF(known->encoding);
    PyObject *capsule = PyDict_GetItemWithError(self->known, query);
    if (known->key != NULL && known->name != NULL && !PyErr_Occurred()) {
        if (capsule != NULL) {
            Known *first = PyCapsule_GetPointer(capsule, KNOWN);
            known->next = first->next;
            first->next = known;
            return 0;
        }
        capsule = PyCapsule_New(known, KNOWN, free_known);
        if (capsule != NULL) {
            int added = PyDict_SetItem(self->known, query, capsule);
            Py_DECREF(capsule);
            return added;
        }
    }
    Py_XDECREF(known->key);
    Py_XDECREF(known->name);
    Py_DECREF(kept);
    Py_DECREF(known->adapters);
    Py_DECREF(known->encoding);
    PyMem_Free(known);
    return -1;
}

/* ---------------------------------------------------------------- start() */

/* Return whether a statement can be sent without anything else before it. */
static int can_start(Engine *self, const SessionState *session, PGconn *handle)
{
    int status = self->state->libpq.PQtransactionStatus(handle);
    int can = status == STATUS_INTRANS
        || (status == STATUS_IDLE && session->autocommit == Py_True)
        || (!is_none(session->pipelining) && status != STATUS_UNKNOWN);
    return can && session->orphaned == Py_False && session->hooks != NULL
        && PyList_Check(session->hooks) && PyList_Size(session->hooks) == 0;
}

int is_current(Engine *self, const SessionState *session, const Known *known)
{
    if (ADAPTATION(session)->adapters != known->adapters || ADAPTATION(session)->encoding != known->encoding)
        return 0;
    long generation = number_of(ADAPTATION(session)->adapters, self->state->names.generation);
    return generation == -1 && PyErr_Occurred() ? -1 : generation == known->generation;
}

/* Return whether a statement is still prepared and may be used; note that it is used, as
 * PreparedStatements.find() does. */
static int use_kept(Engine *self, const SessionState *session, const Known *known)
{
    if (!PyObject_TypeCheck(session->prepared, self->state->PreparedStateType))
        return 0;
    int usable = ((PreparedState *)session->prepared)->latest == known->kept;
    if (!usable) {
        PyObject *found = PyObject_CallMethodObjArgs(
            session->prepared, self->state->names.find, known->key, NULL);
        if (found == NULL)
            return -1;
        usable = found == known->kept;
        Py_DECREF(found);
    }
    return usable && ((KeptState *)known->kept)->many == Py_False;
}

/* Return the format in which to ask for the results of a statement; -1 on error. */
static int format_for(Engine *self, SessionState *session, Known *known)
{
    const KeptState *kept = (KeptState *)known->kept;
    PyObject *columns = kept->columns;
    long format = -1;
    if (!is_none(columns) && PyLong_AsLong(kept->generation) == known->generation) {
        PyObject *fixed = PyTuple_GetItem(columns, COLUMNS_FIXED);
        known->usual = PyObject_IsTrue(PyTuple_GetItem(columns, COLUMNS_USUAL));
        known->lasting = PyObject_IsTrue(PyTuple_GetItem(columns, COLUMNS_LASTING));
        if (fixed != NULL && fixed != Py_None)
            known->format = (int)(format = PyLong_AsLong(fixed));
    }
    if (format == -1 && !PyErr_Occurred()) {
        PyObject *asked = PyObject_CallMethodObjArgs(
            session->adaptation, self->state->names.format_for, known->kept, NULL);
        format = asked == NULL ? -1 : PyLong_AsLong(asked);
        Py_XDECREF(asked);
    }
    return PyErr_Occurred() ? -1 : (int)format;
}

/* Send a query that is known; NULL without an exception if it is to be looked at.
 * `asked` are the query and its parameters. */
static PyObject *start_known(Engine *self, SessionState *session, PyObject *asked)
{
    PyObject *query = PyTuple_GetItem(asked, 0), *params = PyTuple_GetItem(asked, 1);
    if (Py_TYPE(query) != &PyUnicode_Type || Py_TYPE(params) != &PyTuple_Type)
        return NULL;
    Parameters parameters;
    PyObject *capsule = PyDict_GetItemWithError(self->known, query);
    if (capsule == NULL || !put_parameters(&parameters, params))
        return NULL;
    Known *known = PyCapsule_GetPointer(capsule, KNOWN);
    while (known != NULL
           && (known->number != parameters.number
               || memcmp(known->types, parameters.types,
                         sizeof(unsigned int) * (size_t)known->number) != 0))
        known = known->next;
    if (known == NULL)
        return NULL;
    int current = is_current(self, session, known);
    if (current > 0)
        current = use_kept(self, session, known);
    if (current <= 0) {
        if (current == 0)
            forget(self);
        return NULL;
    }
    int format = known->format >= 0 ? known->format : format_for(self, session, known);
    PGconn *handle = format < 0 ? NULL : handle_of(self);
    if (handle == NULL && format >= 0)
        PyErr_Clear();
    if (handle == NULL || !can_start(self, session, handle)
        || !self->state->libpq.PQsendQueryPrepared(
            handle, PyBytes_AsString(known->name), parameters.number, parameters.values,
            parameters.lengths, parameters.formats, format))
        return NULL; /* Python tries the same, and raises the error */
    replace_by(&self->asked, asked);
    replace(&self->statement, NULL);
    self->started = known;
    Py_INCREF(known->kept);
    return known->kept;
}

/* start(session, query, params, bind, result_format) */
PyObject *engine_start(Engine *self, PyObject *const *args, Py_ssize_t number)
{
    const Python *python = &self->state->python;
    if (number != 5 || !is_session(self->state, args[0])) {
        PyErr_SetString(PyExc_TypeError, "start() takes a session and four arguments");
        return NULL;
    }
    SessionState *session = (SessionState *)args[0];
    PyObject *query = args[1], *params = args[2];
    int is_usual = Py_TYPE(query) == &PyUnicode_Type && Py_TYPE(params) == &PyTuple_Type
        && args[3] == python->bind && args[4] == Py_None;
    PyObject *kept = NULL;
    if (is_usual) {
        PyObject *asked = PyTuple_Pack(2, query, params);
        kept = asked == NULL ? NULL : start_known(self, session, asked);
        Py_XDECREF(asked);
    }
    if (kept != NULL || PyErr_Occurred())
        return kept;
    self->started = NULL;
    Py_CLEAR(self->asked);
    kept = PyObject_CallFunctionObjArgs(
        python->start, (PyObject *)self, args[0], query, params, args[3], args[4], NULL);
    if (kept != NULL && kept != Py_None && is_usual
        && learn(self, session, query, params, kept) < 0)
        Py_CLEAR(kept);
    return kept;
}

/* Return whether a cursor binds parameters as usual; its class says so. */
static int binds_as_usual(Engine *self, ResultState *cursor)
{
    PyObject *type = (PyObject *)Py_TYPE(cursor);
    if (self->usual_cursors == type)
        return 1;
    PyObject *bind = PyObject_GetAttr((PyObject *)cursor, self->state->names._bind_query);
    if (bind == NULL)
        return -1;
    Py_DECREF(bind);
    if (bind != self->state->python.bind)
        return 0;
    replace_by(&self->usual_cursors, type);
    return 1;
}

/* Do start_known() in a pipeline, and note that a cursor is owed the results. */
static PyObject *start_owed(
    Engine *self, SessionState *session, ResultState *cursor, PyObject *asked)
{
    PipelineState *pipelining = (PipelineState *)session->pipelining;
    if (!PyObject_TypeCheck(session->pipelining, self->state->PipelineStateType)
        || pipelining->append == NULL || !pipelining->begun || pipelining->level <= 0)
        return NULL;
    OwnerState *owner = make_owner(self->state, pipelining, session, cursor);
    PyObject *kept = owner == NULL ? NULL : start_known(self, session, asked);
    if (kept != NULL && owe_results(pipelining, owner, kept) < 0)
        Py_CLEAR(kept);
    Py_XDECREF(owner);
    return kept;
}

/* start_for(session, cursor, query, params, prepare, binary) */
PyObject *engine_start_for(Engine *self, PyObject *const *args, Py_ssize_t number)
{
    const State *state = self->state;
    if (number != 6 || !is_session(state, args[0])
        || !PyObject_TypeCheck(args[1], state->ResultStateType)) {
        PyErr_SetString(
            PyExc_TypeError, "start_for() takes a session, a cursor and four arguments");
        return NULL;
    }
    SessionState *session = (SessionState *)args[0];
    ResultState *cursor = (ResultState *)args[1];
    int is_usual = args[4] == Py_None && args[5] == Py_None
        && is_none(cursor->_given_format) && is_none(cursor->_adapters)
        && session->automatic_binary == Py_True;
    if (is_usual)
        is_usual = binds_as_usual(self, cursor);
    if (is_usual < 0)
        return NULL;
    int in_pipeline = !is_none(session->pipelining);
    if (is_usual) {
        PyObject *asked = PyTuple_Pack(2, args[2], args[3]);
        if (asked == NULL)
            return NULL;
        replace_by(&cursor->_asked, asked);
        replace_by(&cursor->_asked_format, Py_None);
        PyObject *kept = NULL;
        if (!in_pipeline && drop_results(cursor) == 0)
            kept = start_known(self, session, asked);
        else if (in_pipeline && forget_results(cursor) == 0)
            kept = start_owed(self, session, cursor, asked);
        Py_DECREF(asked);
        if (kept != NULL || PyErr_Occurred())
            return kept;
    }
    self->started = NULL;
    Py_CLEAR(self->asked);
    replace(&self->statement, NULL);
    return PyObject_CallFunctionObjArgs(
        state->python.start_for, (PyObject *)self, args[0], args[1], args[2], args[3],
        args[4], args[5], NULL);
}
