/* Rows of a result: the class RowLoader.
 *
 * Whoever loads rows holds the columns and the result while it does, and looks at
 * the result again after it has called Python, which may have cleared it.
 */
#include "core.h"

/* The columns of one result, not changed once they are made. */
typedef struct {
    PyObject_HEAD
    int count;
    int are_simple; /* whether no value refers to other objects that it can be part of */
    Column *items;
} Columns;

typedef struct {
    PyObject_HEAD
    PyObject *module; /* holds the state */
    State *state;
    PyObject *column_of; /* column_of(oid, format) -> (kind, load, detail) */
    PyObject *result;
    Columns *columns;
} RowLoader;

/* ---------------------------------------------------------------- columns */

static int columns_traverse(Columns *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    for (int i = 0; i < self->count; i++) {
        int stop = visit_column(&self->items[i], visit, arg);
        if (stop)
            return stop;
    }
    return 0;
}

static int columns_clear(Columns *self)
{
    int count = self->count;
    self->count = 0;
    for (int i = 0; i < count; i++)
        clear_column(&self->items[i]);
    return 0;
}

void free_object(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(self);
    Py_DECREF(type);
}

static void columns_dealloc(Columns *self)
{
    PyObject_GC_UnTrack(self);
    columns_clear(self);
    PyMem_Free(self->items);
    free_object((PyObject *)self);
}

static PyType_Slot columns_slots[] = {
    {Py_tp_traverse, columns_traverse},
    {Py_tp_clear, columns_clear},
    {Py_tp_dealloc, columns_dealloc},
    {0, NULL},
};
PyType_Spec columns_spec = {
    "pgtwin_native.Columns", sizeof(Columns), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, columns_slots};

static int is_simple(Kind kind)
{
    return kind != KIND_BY_LOADER && kind != KIND_UUID && kind != KIND_UUID_TEXT
        && kind != KIND_ARRAY && kind != KIND_ARRAY_TEXT;
}

static Columns *make_columns(
    const State *state, PyObject *column_of, const PGresult *result)
{
    int count = result->column_count;
    allocfunc allocate = (allocfunc)PyType_GetSlot(state->ColumnsType, Py_tp_alloc);
    Columns *columns = (Columns *)allocate(state->ColumnsType, 0);
    if (columns == NULL)
        return NULL;
    columns->are_simple = 1;
    columns->items = PyMem_Calloc((size_t)count + 1, sizeof(Column));
    if (columns->items == NULL) {
        Py_DECREF(columns);
        return (Columns *)PyErr_NoMemory();
    }
    for (int i = 0; i < count; i++) {
        Column *column = &columns->items[i];
        column->oid = state->libpq.PQftype(result, i);
        column->format = state->libpq.PQfformat(result, i);
        PyObject *found =
            PyObject_CallFunction(column_of, "Ii", column->oid, column->format);
        columns->count = i + 1;
        int failed = found == NULL || fill_column(column, found) < 0;
        Py_XDECREF(found);
        columns->are_simple = columns->are_simple && is_simple(column->kind);
        if (failed) {
            Py_DECREF(columns);
            return NULL;
        }
    }
    return columns;
}

static int are_columns_of(
    const State *state, const Columns *columns, const PGresult *result)
{
    if (columns == NULL || columns->count != result->column_count)
        return 0;
    for (int i = 0; i < columns->count; i++)
        if (columns->items[i].oid != state->libpq.PQftype(result, i)
            || columns->items[i].format != state->libpq.PQfformat(result, i))
            return 0;
    return 1;
}

/* ---------------------------------------------------------------- rows */

/* Compare the declared layout of results with what libpq says of one with two columns,
 * of which the first is NULL. */
int check_results(const Libpq *libpq)
{
    enum { TUPLES_OK = 2 };
    ColumnDescription descriptions[2] = {{.name = "a"}, {.name = "b"}};
    char value[] = "12345";
    int is_right = 0;
    PGresult *result = libpq->PQmakeEmptyPGresult(NULL, TUPLES_OK);
    if (result != NULL && libpq->PQsetResultAttrs(result, 2, descriptions)
        && libpq->PQsetvalue(result, 0, 0, NULL, -1)
        && libpq->PQsetvalue(result, 0, 1, value, 5)) {
        is_right = result->row_count == 1 && libpq->PQntuples(result) == 1
            && result->column_count == 2 && libpq->PQnfields(result) == 2
            && result->rows[0][0].length == -1
            && result->rows[0][1].length == libpq->PQgetlength(result, 0, 1)
            && result->rows[0][1].data == libpq->PQgetvalue(result, 0, 1)
            && strcmp(result->rows[0][1].data, value) == 0;
    }
    if (result != NULL)
        libpq->PQclear(result);
    if (!is_right)
        PyErr_SetString(PyExc_ImportError, "the results of libpq have another layout");
    return is_right ? 0 : -1;
}

const PGresult *pointer_of(const State *state, PyObject *result)
{
    PyObject *address =
        get_by(&state->pgresult_ptr, result, state->names.pgresult_ptr);
    if (address == NULL)
        return NULL;
    const PGresult *pointer = NULL;
    if (address == Py_None)
        PyErr_SetString(PyExc_ValueError, "the result was cleared");
    else
        pointer = PyLong_AsVoidPtr(address);
    Py_DECREF(address);
    return pointer;
}

/* Let the loader of a column load a value. */
static PyObject *load_cell(
    const State *state, const Column *column, PyObject *result, const PGresult *pointer,
    const Cell *cell)
{
    PyObject *value = load_by_loader(column, cell->data, cell->length);
    if (value != NULL && pointer_of(state, result) != pointer)
        Py_CLEAR(value);
    return value;
}

static PyObject *load_row(
    const State *state, const Columns *columns, PyObject *result,
    const PGresult *pointer, int row)
{
    int count = columns->count, are_simple = columns->are_simple;
    PyObject *values = PyTuple_New(count);
    if (values == NULL)
        return NULL;
    const Cell *cells = pointer->rows[row];
    for (int i = 0; i < count; i++) {
        const Column *column = &columns->items[i];
        PyObject *value = Py_None;
        if (cells[i].length < 0)
            Py_INCREF(value);
        else
            value = load_plain(&state->makers, column, cells[i].data, cells[i].length);
        if (value == NULL) {
            PyErr_Clear();
            are_simple = 0;
            value = load_cell(state, column, result, pointer, &cells[i]);
        }
        if (value == NULL || PyTuple_SetItem(values, i, value) < 0) {
            Py_DECREF(values);
            return NULL;
        }
    }
    /* As the collector does itself when it comes by: such a tuple is in no cycle. */
    if (are_simple)
        PyObject_GC_UnTrack(values);
    return values;
}

static PyObject *make_row_of(PyObject *make_row, PyObject *values)
{
    if (values == NULL || make_row == (PyObject *)&PyTuple_Type)
        return values;
    PyObject *made = PyObject_CallFunctionObjArgs(make_row, values, NULL);
    Py_DECREF(values);
    return made;
}

static PyObject *load_rows(
    const State *state, const Columns *columns, PyObject *result, int start, int end,
    PyObject *make_row)
{
    const PGresult *pointer = pointer_of(state, result);
    if (pointer == NULL)
        return NULL;
    int number = pointer->row_count;
    if (columns->count != pointer->column_count) {
        PyErr_SetString(PyExc_ValueError, "the result has other columns");
        return NULL;
    }
    if (start < 0 || end < start || end > number) {
        PyErr_Format(
            PyExc_IndexError, "there are no rows %d to %d in a result of %d", start,
            end, number);
        return NULL;
    }
    PyObject *rows = PyList_New(end - start);
    if (rows == NULL)
        return NULL;
    int calls = make_row != (PyObject *)&PyTuple_Type;
    for (int i = start; i < end; i++) {
        PyObject *row =
            make_row_of(make_row, load_row(state, columns, result, pointer, i));
        if (row != NULL && calls && pointer_of(state, result) != pointer)
            Py_CLEAR(row);
        if (row == NULL || PyList_SetItem(rows, i - start, row) < 0) {
            Py_DECREF(rows);
            return NULL;
        }
    }
    return rows;
}

/* ---------------------------------------------------------------- RowLoader */

PyObject *module_of(PyTypeObject *type)
{
    /* The one of this extension, whose base is `object`. To ask each would raise an error
     * for those that are made in Python. */
    PyTypeObject *base = PyType_GetSlot(type, Py_tp_base);
    while (base != NULL && base != &PyBaseObject_Type) {
        type = base;
        base = PyType_GetSlot(type, Py_tp_base);
    }
    return PyType_GetModule(type);
}

static PyObject *loader_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *column_of;
    if (kwargs != NULL && PyDict_Size(kwargs) > 0) {
        PyErr_SetString(PyExc_TypeError, "RowLoader() takes no keyword arguments");
        return NULL;
    }
    if (!PyArg_ParseTuple(args, "O:RowLoader", &column_of))
        return NULL;
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    RowLoader *self = (RowLoader *)allocate(type, 0);
    if (self == NULL)
        return NULL;
    self->module = module_of(type);
    if (self->module == NULL) {
        Py_DECREF(self);
        return NULL;
    }
    Py_INCREF(self->module);
    self->state = PyModule_GetState(self->module);
    if (self->state->libpq.PQntuples == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "call bind_libpq() first");
        Py_DECREF(self);
        return NULL;
    }
    Py_INCREF(column_of);
    self->column_of = column_of;
    return (PyObject *)self;
}

static int loader_traverse(RowLoader *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->module);
    Py_VISIT(self->column_of);
    Py_VISIT(self->result);
    Py_VISIT(self->columns);
    return 0;
}

static int loader_clear(RowLoader *self)
{
    Py_CLEAR(self->module);
    Py_CLEAR(self->column_of);
    Py_CLEAR(self->result);
    Py_CLEAR(self->columns);
    return 0;
}

static void loader_dealloc(RowLoader *self)
{
    PyObject_GC_UnTrack(self);
    loader_clear(self);
    free_object((PyObject *)self);
}

static int choose_columns(RowLoader *self, PyObject *result)
{
    const PGresult *pointer = pointer_of(self->state, result);
    if (pointer == NULL)
        return -1;
    Columns *columns, *before;
    LOCK(self);
    before = (Columns *)Py_XNewRef((PyObject *)self->columns);
    UNLOCK();
    int fit = are_columns_of(self->state, before, pointer);
    Py_XDECREF(before);
    if (fit)
        return 0;
    columns = make_columns(self->state, self->column_of, pointer);
    if (columns == NULL)
        return -1;
    LOCK(self);
    before = self->columns;
    self->columns = columns;
    UNLOCK();
    Py_XDECREF(before);
    return 0;
}

static PyObject *loader_set_pgresult(RowLoader *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"result", "set_loaders", NULL};
    PyObject *result;
    int set_loaders = 1;
    if (!PyArg_ParseTupleAndKeywords(
            args, kwargs, "O|$p:set_pgresult", names, &result, &set_loaders))
        return NULL;
    if (result == Py_None)
        result = NULL;
    else if (set_loaders && choose_columns(self, result) < 0)
        return NULL;
    PyObject *before;
    LOCK(self);
    before = self->result;
    self->result = Py_XNewRef(result);
    UNLOCK();
    Py_XDECREF(before);
    Py_RETURN_NONE;
}

/* Load rows for a method; the columns must be those of the result. */
static PyObject *load_bound(RowLoader *self, int start, int end, PyObject *make_row)
{
    PyObject *result, *rows = NULL;
    Columns *columns;
    LOCK(self);
    result = Py_XNewRef(self->result);
    columns = (Columns *)Py_XNewRef((PyObject *)self->columns);
    UNLOCK();
    if (result == NULL || columns == NULL)
        PyErr_SetString(PyExc_ValueError, "there is no result");
    else
        rows = load_rows(self->state, columns, result, start, end, make_row);
    Py_XDECREF(columns);
    Py_XDECREF(result);
    return rows;
}

PyObject *load_result(PyObject *row_loader, PyObject *result, const PGresult *pointer)
{
    RowLoader *self = (RowLoader *)row_loader;
    if (!are_columns_of(self->state, self->columns, pointer)
        && (choose_columns(self, result) < 0
            || (pointer = pointer_of(self->state, result)) == NULL))
        return NULL;
    Columns *columns = self->columns;
    PyObject *rows = PyList_New(0);
    Py_INCREF(columns);
    for (int i = 0; rows != NULL && i < pointer->row_count; i++) {
        PyObject *row = load_row(self->state, columns, result, pointer, i);
        if (row == NULL || PyList_Append(rows, row) < 0)
            Py_CLEAR(rows);
        Py_XDECREF(row);
    }
    Py_DECREF(columns);
    return rows;
}

static PyObject *loader_load_rows(RowLoader *self, PyObject *args)
{
    int start, end;
    PyObject *make_row;
    if (!PyArg_ParseTuple(args, "iiO:load_rows", &start, &end, &make_row))
        return NULL;
    return load_bound(self, start, end, make_row);
}

static PyObject *loader_load_row(RowLoader *self, PyObject *args)
{
    int row;
    PyObject *make_row;
    if (!PyArg_ParseTuple(args, "iO:load_row", &row, &make_row))
        return NULL;
    PyObject *rows = load_bound(self, row, row + 1, make_row);
    if (rows == NULL)
        return NULL;
    PyObject *found = PyList_GetItem(rows, 0);
    Py_XINCREF(found);
    Py_DECREF(rows);
    return found;
}

static PyMethodDef loader_methods[] = {
    {"set_pgresult", (PyCFunction)(void (*)(void))loader_set_pgresult,
     METH_VARARGS | METH_KEYWORDS,
     "Take a result; choose how its columns are read, unless set_loaders is false."},
    {"load_rows", (PyCFunction)loader_load_rows, METH_VARARGS,
     "Return rows from start to end, each made by make_row(values)."},
    {"load_row", (PyCFunction)loader_load_row, METH_VARARGS, "Return one row."},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot loader_slots[] = {
    {Py_tp_doc, "Builds the rows of results (`psycopg.pq.PGresult`)."},
    {Py_tp_new, loader_new},
    {Py_tp_traverse, loader_traverse},
    {Py_tp_clear, loader_clear},
    {Py_tp_dealloc, loader_dealloc},
    {Py_tp_methods, loader_methods},
    {0, NULL},
};
PyType_Spec row_loader_spec = {
    "pgtwin_native.RowLoader", sizeof(RowLoader), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, loader_slots};
