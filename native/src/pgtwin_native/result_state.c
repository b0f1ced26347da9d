/* What a cursor knows of its results: the class ResultState, a base of the cursors.
 *
 * What is done here is what `pgtwin.core.engine.result_state` does; whatever is not a
 * small result of psycopg's own, the subclass does, by its methods.
 */
#include "pipeline_state.h"

#include <stddef.h>
#include <structmember.h>

enum { TUPLES_OK = 2, FEW_ROWS = 20 };
/* The place in pgtwin.core.engine.result_formats.Columns. */
enum { COLUMNS_USUAL = 4 };

/* ---------------------------------------------------------------- values */

/* Return libpq's result of one of psycopg's; NULL of another, or with an exception. */
static const PGresult *find_pointer(ResultState *self, PyObject *result)
{
    if ((PyObject *)Py_TYPE(result) != self->state->python.PGresult)
        return NULL;
    return pointer_of(self->state, result);
}

/* Return the values of a small result whose loaders are psycopg's; NULL if it is not
 * such a one, or with an exception. */
static PyObject *load_small(
    ResultState *self, PyObject *result, const PGresult *pointer, long generation)
{
    State *state = self->state;
    if (!is_none(self->_adapters) || state->libpq.PQresultStatus(pointer) != TUPLES_OK
        || state->libpq.PQntuples(pointer) > FEW_ROWS)
        return NULL;
    const AdaptationState *adaptation = ADAPTATION((SessionState *)self->_session);
    if (is_none(adaptation->row_loader)
        || !PyObject_TypeCheck(adaptation->row_loader, state->RowLoaderType))
        return NULL;
    if (generation == UNASKED)
        generation = number_of(adaptation->adapters, state->names.generation);
    if (generation != PyLong_AsLong(adaptation->row_generation) || PyErr_Occurred())
        return NULL;
    PyObject *values = load_result(adaptation->row_loader, result, pointer);
    if (values == NULL && PyErr_ExceptionMatches(PyExc_Exception))
        PyErr_Clear(); /* who fetches the row is told */
    return values;
}

static PyObject *bind_one(
    ResultState *self, PyObject *result, const PGresult *pointer, int usual,
    long generation)
{
    PyObject *values = NULL;
    if (usual && pointer != NULL)
        values = load_small(self, result, pointer, generation);
    if (values == NULL && !PyErr_Occurred())
        values = PyObject_CallMethodObjArgs(
            (PyObject *)self, self->state->names._bind, result,
            usual ? Py_True : Py_False, NULL);
    return values;
}

/* ---------------------------------------------------------------- _select() */

/* Move to a result; `pointer` is libpq's if it is one of psycopg's. */
static int select_result(ResultState *self, Py_ssize_t index, const PGresult *pointer)
{
    const State *state = self->state;
    PyObject *result = PySequence_GetItem(self->_results, index);
    PyObject *values = result == NULL ? NULL : PySequence_GetItem(self->_loaded, index);
    if (values == NULL) {
        Py_XDECREF(result);
        return -1;
    }
    self->_index = index;
    self->_position = 0;
    replace(&self->pgresult, result);
    replace_by(&self->_ended, result);
    replace(&self->_values, values);
    replace_by(
        &self->_make_row,
        self->_row_factory == state->python.tuple_row ? (PyObject *)&PyTuple_Type
                                                      : Py_None);
    if (pointer != NULL && state->libpq.PQresultStatus(pointer) == TUPLES_OK) {
        self->_rowcount = state->libpq.PQntuples(pointer);
        return 0;
    }
    PyObject *count =
        PyObject_CallFunctionObjArgs(state->python.count_rows, result, NULL);
    if (count == NULL)
        return -1;
    self->_rowcount = PyLong_AsSsize_t(count);
    Py_DECREF(count);
    return self->_rowcount == -1 && PyErr_Occurred() ? -1 : 0;
}

static PyObject *state_select(ResultState *self, PyObject *index)
{
    Py_ssize_t number = PyLong_AsSsize_t(index);
    if ((number == -1 && PyErr_Occurred()) || select_result(self, number, NULL) < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* ---------------------------------------------------------------- _keep() */

/* Look at what is known of a statement; tell whether its loaders are usual. */
static int look_at_kept(ResultState *self, PyObject *kept, int usual)
{
    if (!PyObject_TypeCheck(kept, self->state->KeptStateType)) {
        PyErr_SetString(PyExc_TypeError, "that is not what is kept of a statement");
        return -1;
    }
    const KeptState *state = (KeptState *)kept;
    if (!is_none(state->columns)) {
        PyObject *is_usual = PyTuple_GetItem(state->columns, COLUMNS_USUAL);
        usual = is_usual == NULL ? -1 : is_usual == Py_True;
    }
    if (state->many != Py_False)
        replace_by(&self->_large, kept);
    return usual;
}

int keep_results(
    ResultState *self, PyObject *results, const PGresult *pointer, PyObject *kept,
    int usual, long generation)
{
    PyObject *loaded = NULL;
    if (!is_session(self->state, self->_session)) {
        PyErr_SetString(PyExc_TypeError, "the cursor has no session");
        return -1;
    }
    if (kept != Py_None)
        usual = look_at_kept(self, kept, usual);
    if (usual < 0)
        return -1;
    replace_by(&self->_encoding, ADAPTATION((SessionState *)self->_session)->encoding);
    replace_by(&self->_results, results);
    if (PyList_Size(results) == 1) {
        PyObject *result = PyList_GetItem(results, 0);
        if (pointer == NULL)
            pointer = find_pointer(self, result);
        if (pointer == NULL && PyErr_Occurred())
            return -1;
        PyObject *values = bind_one(self, result, pointer, usual, generation);
        loaded = values == NULL ? NULL : PyTuple_Pack(1, values);
        Py_XDECREF(values);
    }
    else
        loaded = PyObject_CallMethodObjArgs(
            (PyObject *)self, self->state->names._bind_each, results,
            usual ? Py_True : Py_False, NULL);
    if (loaded == NULL)
        return -1;
    replace(&self->_loaded, loaded);
    return select_result(self, 0, pointer);
}

/* _keep(results, kept=None, usual=False) */
static PyObject *state_keep(ResultState *self, PyObject *const *args, Py_ssize_t number)
{
    if (number < 1 || number > 3 || !PyList_Check(args[0])) {
        PyErr_SetString(PyExc_TypeError, "_keep() takes a list of results");
        return NULL;
    }
    int usual = number > 2 ? PyObject_IsTrue(args[2]) : 0;
    PyObject *kept = number > 1 ? args[1] : Py_None;
    if (usual < 0 || keep_results(self, args[0], NULL, kept, usual, UNASKED) < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* ---------------------------------------------------------------- others */

int drop_results(ResultState *self)
{
    if (!is_none(self->_bound)) {
        PyObject *done = call_method((PyObject *)self, self->state->names._forget);
        if (done == NULL)
            return -1;
        Py_DECREF(done);
    }
    PyObject *none = PyTuple_New(0);
    if (none == NULL)
        return -1;
    replace(&self->_results, none);
    replace_by(&self->pgresult, Py_None);
    replace_by(&self->_values, Py_None);
    replace_by(&self->_pending, Py_None);
    return 0;
}

static int reset(ResultState *self)
{
    PyObject *none = PyTuple_New(0);
    if (none == NULL)
        return -1;
    replace_by(&self->_results, none);
    replace(&self->_loaded, none);
    replace_by(&self->pgresult, Py_None);
    replace_by(&self->_values, Py_None);
    replace_by(&self->_make_row, Py_None);
    replace_by(&self->_ended, Py_None);
    replace_by(&self->_pending, Py_None);
    replace_by(&self->_large, Py_None);
    self->_index = self->_position = 0;
    self->_rowcount = -1;
    return 0;
}

int forget_results(ResultState *self)
{
    if (!is_none(self->_bound) && !is_none(self->_loader)) {
        PyObject *done = PyObject_CallMethodObjArgs(
            self->_loader, self->state->names.set_pgresult, Py_None, NULL);
        if (done == NULL)
            return -1;
        Py_DECREF(done);
        replace_by(&self->_bound, Py_None);
    }
    return reset(self);
}

static PyObject *state_forget(ResultState *self, PyObject *unused)
{
    (void)unused;
    if (forget_results(self) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *state_take_row(ResultState *self, PyObject *unused)
{
    (void)unused;
    PyObject *values = self->_values;
    if (is_none(values) || !PyList_Check(values) || !is_none(self->_adapters)
        || !is_none(self->_large))
        return PyObject_CallMethodObjArgs(
            (PyObject *)self, self->state->names._load_row, NULL);
    Py_ssize_t position = self->_position;
    if (position >= PyList_Size(values))
        Py_RETURN_NONE;
    PyObject *row = PyList_GetItem(values, position), *make_row = self->_make_row;
    if (row == NULL)
        return NULL;
    Py_INCREF(row);
    if (make_row != (PyObject *)&PyTuple_Type) {
        if (is_none(make_row))
            make_row = PyObject_CallMethodObjArgs(
                (PyObject *)self, self->state->names._row_maker, NULL);
        else
            Py_INCREF(make_row);
        PyObject *made = make_row == NULL
            ? NULL
            : PyObject_CallFunctionObjArgs(make_row, row, NULL);
        Py_XDECREF(make_row);
        Py_DECREF(row);
        row = made;
    }
    if (row != NULL)
        self->_position = position + 1;
    return row;
}

/* Return rows, each made of a tuple in a list. */
static PyObject *make_rows(ResultState *self, PyObject *values)
{
    PyObject *make_row = self->_make_row;
    if (make_row == (PyObject *)&PyTuple_Type) {
        Py_INCREF(values);
        return values;
    }
    if (is_none(make_row))
        make_row = PyObject_CallMethodObjArgs(
            (PyObject *)self, self->state->names._row_maker, NULL);
    else
        Py_INCREF(make_row);
    Py_ssize_t number = PyList_Size(values);
    PyObject *rows = make_row == NULL ? NULL : PyList_New(0);
    for (Py_ssize_t i = 0; rows != NULL && i < number; i++) {
        PyObject *row =
            PyObject_CallFunctionObjArgs(make_row, PyList_GetItem(values, i), NULL);
        if (row == NULL || PyList_Append(rows, row) < 0)
            Py_CLEAR(rows);
        Py_XDECREF(row);
    }
    Py_XDECREF(make_row);
    return rows;
}

/* _take_rows(number) */
static PyObject *state_take_rows(ResultState *self, PyObject *number)
{
    PyObject *values = self->_values;
    if (is_none(values) || !PyList_Check(values) || !is_none(self->_adapters)
        || !is_none(self->_large))
        return PyObject_CallMethodObjArgs(
            (PyObject *)self, self->state->names._load_rows, number, NULL);
    Py_ssize_t start = self->_position, end = PyList_Size(values);
    if (number != Py_None) {
        Py_ssize_t wanted = PyNumber_AsSsize_t(number, NULL);
        if (wanted == -1 && PyErr_Occurred())
            return NULL;
        if (wanted < end - start)
            end = start + wanted;
    }
    if (start >= end)
        return PyList_New(0);
    PyObject *loaded = PyList_GetSlice(values, start, end);
    PyObject *rows = loaded == NULL ? NULL : make_rows(self, loaded);
    Py_XDECREF(loaded);
    if (rows != NULL)
        self->_position = end;
    return rows;
}

static PyObject *state_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    (void)args; /* __init__() takes them */
    (void)kwargs;
    PyObject *module = module_of(type);
    if (module == NULL)
        return NULL;
    /* The one of `object`, as only that makes room for attributes where Python finds
     * them fastest. */
    newfunc make = (newfunc)PyType_GetSlot(&PyBaseObject_Type, Py_tp_new);
    PyObject *none = PyTuple_New(0);
    ResultState *self = none == NULL ? NULL : (ResultState *)make(type, none, NULL);
    Py_XDECREF(none);
    if (self == NULL)
        return NULL;
    Py_INCREF(module);
    self->module = module;
    self->state = PyModule_GetState(module);
#define X(name) replace_by(&self->name, Py_None);
    RESULT_FIELDS(X)
#undef X
    replace_by(&self->_closed, Py_False);
    replace_by(&self->_encoding, self->state->utf_8);
    if (reset(self) < 0)
        Py_CLEAR(self);
    return (PyObject *)self;
}

/* Find the arguments of __init__(); -1 on error. */
static int find_arguments(
    PyObject *const *args, Py_ssize_t number, PyObject *keywords, PyObject **connection,
    PyObject **row_factory)
{
    Py_ssize_t named = keywords == NULL ? 0 : PyTuple_Size(keywords);
    *connection = number == 1 ? args[0] : NULL;
    *row_factory = NULL;
    for (Py_ssize_t i = 0; i < named; i++) {
        PyObject *name = PyTuple_GetItem(keywords, i);
        if (PyUnicode_CompareWithASCIIString(name, "row_factory") == 0)
            *row_factory = args[number + i];
        else if (*connection == NULL
                 && PyUnicode_CompareWithASCIIString(name, "connection") == 0)
            *connection = args[number + i];
        else {
            PyErr_Format(
                PyExc_TypeError, "__init__() got an unexpected keyword argument '%U'", name);
            return -1;
        }
    }
    if (*connection == NULL || number > 1) {
        PyErr_SetString(
            PyExc_TypeError, "__init__() takes a connection, and row_factory by its name");
        return -1;
    }
    return 0;
}

/* __init__(connection, *, row_factory=None): a method, as that has a signature. */
static PyObject *state_init(
    ResultState *self, PyObject *const *args, Py_ssize_t number, PyObject *keywords)
{
    const Names *names = &self->state->names;
    PyObject *connection, *row_factory, *factory = NULL;
    if (find_arguments(args, number, keywords, &connection, &row_factory) < 0)
        return NULL;
    PyObject *session = PyObject_GetAttr(connection, names->_session);
    if (session == NULL)
        return NULL;
    int is_given = row_factory == NULL ? 0 : PyObject_IsTrue(row_factory);
    if (is_given > 0)
        factory = Py_NewRef(row_factory);
    else if (is_given == 0)
        factory = PyObject_GetAttr(connection, names->row_factory);
    if (factory == NULL) {
        Py_DECREF(session);
        return NULL;
    }
    replace_by(&self->_connection, connection);
    replace(&self->_session, session);
    replace(&self->_row_factory, factory);
    Py_RETURN_NONE;
}

static int state_traverse(ResultState *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->module);
#define X(name) Py_VISIT(self->name);
    RESULT_FIELDS(X)
#undef X
    return 0;
}

static int state_clear(ResultState *self)
{
#define X(name) Py_CLEAR(self->name);
    RESULT_FIELDS(X)
#undef X
    return 0;
}

static void state_dealloc(ResultState *self)
{
    PyObject_GC_UnTrack(self);
    state_clear(self);
    Py_CLEAR(self->module);
    free_object((PyObject *)self);
}

static PyMethodDef state_methods[] = {
    {"__init__", (PyCFunction)(void (*)(void))state_init, METH_FASTCALL | METH_KEYWORDS,
     "__init__($self, /, connection, *, row_factory=None)\n--\n\n"
     "Hold no results yet."},
    {"_keep", (PyCFunction)(void (*)(void))state_keep, METH_FASTCALL,
     "Take results that have come just now, and move to the first."},
    {"_select", (PyCFunction)state_select, METH_O, "Move to a result."},
    {"_forget", (PyCFunction)state_forget, METH_NOARGS, "Hold no result any more."},
    {"_take_row", (PyCFunction)state_take_row, METH_NOARGS,
     "Return the next row, None after the last."},
    {"_take_rows", (PyCFunction)state_take_rows, METH_O,
     "Return the next rows, at most so many; all that are left for None."},
    {NULL, NULL, 0, NULL},
};
static PyMemberDef state_members[] = {
#define X(name) {#name, T_OBJECT_EX, offsetof(ResultState, name), 0, NULL},
    RESULT_FIELDS(X)
#undef X
    {"_index", T_PYSSIZET, offsetof(ResultState, _index), 0, NULL},
    {"_position", T_PYSSIZET, offsetof(ResultState, _position), 0, NULL},
    {"_rowcount", T_PYSSIZET, offsetof(ResultState, _rowcount), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyType_Slot state_slots[] = {
    {Py_tp_doc, "Holds the results of a statement, and walks through them."},
    {Py_tp_new, state_new},
    {Py_tp_traverse, state_traverse},
    {Py_tp_clear, state_clear},
    {Py_tp_dealloc, state_dealloc},
    {Py_tp_methods, state_methods},
    {Py_tp_members, state_members},
    {0, NULL},
};
PyType_Spec result_state_spec = {
    "pgtwin_native.ResultState", sizeof(ResultState), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, state_slots};
