/* Data of COPY FROM STDIN: the class CopyFormatter.
 *
 * What comes out are the bytes that the dumpers of psycopg's make. A row of which
 * that is not known beforehand, or which a dumper refuses, is given to `dump_row`, which
 * says what is wrong with it.
 */
#include "copy.h"

#include <structmember.h>
#include <string.h>

/* Bytes from which on data is to be sent, and memory that is kept for the next. */
#define BLOCK (64 * 1024)
#define KEPT (4 * BLOCK)

/* What is known of the values of one Python type in one column. */
typedef struct {
    PyObject *type;
    Code code;
    PyObject *dump;
} Known;

typedef struct {
    Known *items;
    int count;
} Place;

typedef struct {
    PyObject_HEAD
    PyObject *module; /* holds the makers */
    const Makers *makers;
    PyObject *code_of;  /* code_of(place, type) -> (code, dump) */
    PyObject *dump_row; /* dump_row(row) -> bytes */
    int is_binary;
    Place *places;
    int width;
    Py_ssize_t asked_width; /* 0: rows may have any */
    Buffer buffer;
    Py_ssize_t row_count;
} CopyFormatter;

/* ---------------------------------------------------------------- what is known */

/* Take other places, and forget what was known of those before. */
static void set_places(CopyFormatter *self, Place *places, int width)
{
    Place *before = self->places;
    int width_before = self->width;
    self->places = places;
    self->width = width;
    for (int i = 0; i < width_before; i++) {
        for (int j = 0; j < before[i].count; j++) {
            Py_CLEAR(before[i].items[j].type);
            Py_CLEAR(before[i].items[j].dump);
        }
        PyMem_Free(before[i].items);
    }
    PyMem_Free(before);
}

static Known *learn(CopyFormatter *self, int number, PyObject *type)
{
    int code;
    PyObject *dump;
    PyObject *found = PyObject_CallFunction(self->code_of, "iO", number, type);
    if (found == NULL)
        return NULL;
    if (!PyTuple_Check(found) || !PyArg_ParseTuple(found, "iO", &code, &dump)) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_TypeError, "code_of() must return a tuple");
        Py_DECREF(found);
        return NULL;
    }
    /* The call may have changed what is known: it is looked up after it only. */
    Known *items = NULL;
    if (number < self->width) {
        Place *place = &self->places[number];
        items = PyMem_Realloc(place->items, sizeof(Known) * (size_t)(place->count + 1));
        if (items != NULL) {
            place->items = items;
            items += place->count++;
            Py_INCREF(type);
            items->type = type;
            items->code = code >= 0 && code < CODE_COUNT ? (Code)code : CODE_NOT_PLAIN;
            Py_INCREF(dump);
            items->dump = dump;
        }
    }
    Py_DECREF(found);
    if (items == NULL)
        PyErr_NoMemory();
    return items;
}

/* Make room for rows of some width; what was known of others is forgotten. */
static int set_width(CopyFormatter *self, Py_ssize_t width)
{
    if (width == self->width && self->places != NULL)
        return 0;
    Place *places = PyMem_Calloc((size_t)width + 1, sizeof(Place));
    if (places == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    set_places(self, places, (int)width);
    return 0;
}

static const Known *find_known(CopyFormatter *self, int number, PyObject *type)
{
    const Place *place = &self->places[number];
    for (int i = 0; i < place->count; i++)
        if (place->items[i].type == type)
            return &place->items[i];
    return learn(self, number, type);
}

/* Add a value; return 0 if its row must be dumped. */
static int add_value(
    CopyFormatter *self, Buffer *buffer, const Known *known, PyObject *value)
{
    const Makers *makers = self->makers;
    PyObject *dump = known->dump;
    int is_binary = self->is_binary, added = 0;
    if (known->code == CODE_NOT_PLAIN)
        return 0;
    if (known->code != CODE_BY_DUMPER)
        added = is_binary ? add_binary_value(buffer, makers, known->code, value)
                          : add_text_value(buffer, makers, known->code, value);
    if (added != 0 || dump == Py_None)
        return added;
    /* The dumper runs Python, which may make this forget what it knows. */
    Py_INCREF(dump);
    added = add_dumped(buffer, dump, value, is_binary);
    Py_DECREF(dump);
    return added;
}

static int add_values(CopyFormatter *self, Buffer *buffer, PyObject *row)
{
    Py_ssize_t width = PyTuple_Size(row);
    int added = 1;
    char count[2] = {(char)(width >> 8), (char)width};
    if (width < 1 || width > INT16_MAX
        || (self->asked_width > 0 && width != self->asked_width))
        return 0;
    if (set_width(self, width) < 0 || (self->is_binary && append(buffer, count, 2) < 0))
        return -1;
    for (int i = 0; i < (int)width && added == 1; i++) {
        /* What runs Python (a dumper, the end of an object) may make this forget. */
        if (self->width != width)
            return 0;
        PyObject *value = PyTuple_GetItem(row, i);
        const Known *known = find_known(self, i, (PyObject *)Py_TYPE(value));
        if (known == NULL)
            return -1;
        added = add_value(self, buffer, known, value);
        if (added == 1 && !self->is_binary
            && append(buffer, i + 1 < width ? "\t" : "\n", 1) < 0)
            return -1;
    }
    return added;
}

static int add_by_dumpers(CopyFormatter *self, Buffer *buffer, PyObject *row)
{
    char *data;
    Py_ssize_t length;
    PyObject *dumped = PyObject_CallFunctionObjArgs(self->dump_row, row, NULL);
    int failed = dumped == NULL || PyBytes_AsStringAndSize(dumped, &data, &length) < 0
        || append(buffer, data, (size_t)length) < 0;
    Py_XDECREF(dumped);
    return failed ? -1 : 1;
}

static int add_row(CopyFormatter *self, Buffer *buffer, PyObject *row)
{
    size_t start = buffer->used;
    int added = 0;
    if (Py_TYPE(row) == &PyTuple_Type)
        added = add_values(self, buffer, row);
    else if (Py_TYPE(row) == &PyList_Type) {
        PyObject *values = PyList_AsTuple(row);
        added = values == NULL ? -1 : add_values(self, buffer, values);
        Py_XDECREF(values);
    }
    if (added == 1)
        return 1;
    buffer->used = start;
    if (added < 0 && !PyErr_ExceptionMatches(PyExc_Exception))
        return -1;
    /* What a dumper or an encoder refuses is refused again, in Python. */
    PyErr_Clear();
    added = add_by_dumpers(self, buffer, row);
    if (added < 0)
        buffer->used = start;
    return added;
}

/* Add a row; return whether there is a block, -1 with an exception. A dumper may run
 * another thread, or what adds rows itself: each row has the buffer for itself, and the
 * data is put together after it. */
static int add_locked(CopyFormatter *self, PyObject *row)
{
    Buffer own = self->buffer;
    self->buffer = (Buffer){NULL, 0, 0};
    int added = add_row(self, &own, row);
    Buffer others = self->buffer;
    if (others.used > 0 && append(&own, others.data, others.used) < 0)
        added = -1;
    PyMem_Free(others.data);
    self->buffer = own;
    if (added < 0)
        return -1;
    self->row_count++;
    return own.used >= BLOCK;
}

static int add(CopyFormatter *self, PyObject *row)
{
    int full;
    LOCK(self);
    full = add_locked(self, row);
    UNLOCK();
    return full;
}

/* ---------------------------------------------------------------- CopyFormatter */

static PyObject *formatter_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *code_of, *dump_row;
    int is_binary;
    if (kwargs != NULL && PyDict_Size(kwargs) > 0) {
        PyErr_SetString(PyExc_TypeError, "CopyFormatter() takes no keyword arguments");
        return NULL;
    }
    if (!PyArg_ParseTuple(args, "OOp:CopyFormatter", &code_of, &dump_row, &is_binary))
        return NULL;
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    CopyFormatter *self = (CopyFormatter *)allocate(type, 0);
    if (self == NULL)
        return NULL;
    self->module = PyType_GetModule(type);
    if (self->module == NULL) {
        Py_DECREF(self);
        return NULL;
    }
    Py_INCREF(self->module);
    self->makers = &((State *)PyModule_GetState(self->module))->makers;
    Py_INCREF(code_of);
    self->code_of = code_of;
    Py_INCREF(dump_row);
    self->dump_row = dump_row;
    self->is_binary = is_binary;
    return (PyObject *)self;
}

static int formatter_traverse(CopyFormatter *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->module);
    Py_VISIT(self->code_of);
    Py_VISIT(self->dump_row);
    for (int i = 0; i < self->width; i++)
        for (int j = 0; j < self->places[i].count; j++) {
            Py_VISIT(self->places[i].items[j].type);
            Py_VISIT(self->places[i].items[j].dump);
        }
    return 0;
}

static int formatter_clear(CopyFormatter *self)
{
    Py_CLEAR(self->module);
    Py_CLEAR(self->code_of);
    Py_CLEAR(self->dump_row);
    set_places(self, NULL, 0);
    return 0;
}

static void formatter_dealloc(CopyFormatter *self)
{
    PyObject_GC_UnTrack(self);
    formatter_clear(self);
    PyMem_Free(self->buffer.data);
    free_object((PyObject *)self);
}

static PyObject *formatter_set_width(CopyFormatter *self, PyObject *width)
{
    Py_ssize_t asked = PyLong_AsSsize_t(width);
    if (asked == -1 && PyErr_Occurred())
        return NULL;
    LOCK(self);
    set_places(self, NULL, 0);
    self->asked_width = asked;
    UNLOCK();
    Py_RETURN_NONE;
}

static PyObject *formatter_add(CopyFormatter *self, PyObject *row)
{
    int full = add(self, row);
    return full < 0 ? NULL : PyBool_FromLong(full);
}

static PyObject *formatter_add_from(CopyFormatter *self, PyObject *rows)
{
    int full = 0;
    PyObject *row;
    if (!PyIter_Check(rows)) {
        PyErr_SetString(PyExc_TypeError, "add_from() takes an iterator");
        return NULL;
    }
    while (full == 0 && (row = PyIter_Next(rows)) != NULL) {
        full = add(self, row);
        Py_DECREF(row);
    }
    return full < 0 || PyErr_Occurred() ? NULL : PyBool_FromLong(full);
}

static PyObject *formatter_add_data(CopyFormatter *self, PyObject *data)
{
    char *bytes;
    Py_ssize_t length;
    PyObject *copied = PyBytes_FromObject(data);
    int failed = copied == NULL || PyBytes_AsStringAndSize(copied, &bytes, &length) < 0;
    int full = 0;
    if (!failed) {
        LOCK(self);
        failed = append(&self->buffer, bytes, (size_t)length) < 0;
        full = self->buffer.used >= BLOCK;
        UNLOCK();
    }
    Py_XDECREF(copied);
    return failed ? NULL : PyBool_FromLong(full);
}

static PyObject *formatter_take(CopyFormatter *self, PyObject *Py_UNUSED(ignored))
{
    Buffer *buffer = &self->buffer;
    PyObject *data;
    LOCK(self);
    data = PyBytes_FromStringAndSize(buffer->data, (Py_ssize_t)buffer->used);
    if (data != NULL) {
        buffer->used = 0;
        if (buffer->size > KEPT) {
            PyMem_Free(buffer->data);
            *buffer = (Buffer){NULL, 0, 0};
        }
    }
    UNLOCK();
    return data;
}

static PyMethodDef formatter_methods[] = {
    {"add", (PyCFunction)formatter_add, METH_O,
     "Add a row; tell whether there is a block. Raises what dump_row() raises."},
    {"add_from", (PyCFunction)formatter_add_from, METH_O,
     "Add rows of an iterator until there is a block; tell whether there is one."},
    {"add_data", (PyCFunction)formatter_add_data, METH_O,
     "Add data that is in the format already; tell whether there is a block."},
    {"take", (PyCFunction)formatter_take, METH_NOARGS,
     "Return what was added, and keep nothing of it."},
    {"set_width", (PyCFunction)formatter_set_width, METH_O,
     "Take rows of a width only, 0 for any, and ask code_of() anew."},
    {NULL, NULL, 0, NULL},
};
static PyMemberDef formatter_members[] = {
    {"row_count", T_PYSSIZET, offsetof(CopyFormatter, row_count), READONLY,
     "The number of rows that were added."},
    {NULL, 0, 0, 0, NULL},
};
static PyType_Slot formatter_slots[] = {
    {Py_tp_doc, "Writes rows as COPY's text or binary format has them."},
    {Py_tp_new, formatter_new},
    {Py_tp_traverse, formatter_traverse},
    {Py_tp_clear, formatter_clear},
    {Py_tp_dealloc, formatter_dealloc},
    {Py_tp_methods, formatter_methods},
    {Py_tp_members, formatter_members},
    {0, NULL},
};
PyType_Spec copy_formatter_spec = {
    "pgtwin_native.CopyFormatter", sizeof(CopyFormatter), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, formatter_slots};
