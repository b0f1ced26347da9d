/* Data of COPY TO STDOUT: messages as libpq has them, and the class CopyLoader.
 *
 * What is not in the format, or cannot be loaded, is left to Python, which says what
 * is wrong with it. Nothing is read beyond the data that was given.
 */
#include "copy.h"

#include <string.h>

/* How the data is given: core/copy_data.py, class Pieces. */
enum { VIEWS, MESSAGES, BLOCK };

/* Add a message to those of a list, or its data to a block. */
static int add_message(
    PyObject *messages, Buffer *block, const char *data, int length, int pieces)
{
    if (pieces == BLOCK)
        return append(block, data, (size_t)length);
    PyObject *message = PyBytes_FromStringAndSize(data, length);
    if (message != NULL && pieces == VIEWS) {
        PyObject *bytes = message;
        message = PyMemoryView_FromObject(bytes);
        Py_DECREF(bytes);
    }
    int failed = message == NULL || PyList_Append(messages, message) < 0;
    Py_XDECREF(message);
    return failed ? -1 : 0;
}

static int add_block(PyObject *messages, const Buffer *block)
{
    PyObject *bytes = PyBytes_FromStringAndSize(block->data, (Py_ssize_t)block->used);
    int failed = bytes == NULL || PyList_Append(messages, bytes) < 0;
    Py_XDECREF(bytes);
    return failed ? -1 : 0;
}

/* copied_data(address of the connection, pieces) -> (list, number of messages, what
 * libpq returned last): all that it has; 0 if there is more to come, -1 at the end, -2
 * after an error. */
PyObject *copied_data(PyObject *module, PyObject *args)
{
    PyObject *address;
    int pieces;
    if (!PyArg_ParseTuple(args, "Oi:copied_data", &address, &pieces))
        return NULL;
    const Libpq *libpq = &((State *)PyModule_GetState(module))->libpq;
    PGconn *connection = PyLong_AsVoidPtr(address);
    if (connection == NULL || libpq->PQgetCopyData == NULL) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "there is no connection");
        return NULL;
    }
    PyObject *messages = PyList_New(0);
    if (messages == NULL)
        return NULL;
    Buffer block = {NULL, 0, 0};
    char *data;
    int length, failed = 0;
    Py_ssize_t number = 0;
    while (!failed && (length = libpq->PQgetCopyData(connection, &data, 1)) > 0) {
        failed = add_message(messages, &block, data, length, pieces) < 0;
        libpq->PQfreemem(data);
        number++;
    }
    if (!failed && block.used > 0)
        failed = add_block(messages, &block) < 0;
    PyMem_Free(block.data);
    if (!failed)
        return Py_BuildValue("Nni", messages, number, length);
    Py_DECREF(messages);
    return NULL;
}

/* ---------------------------------------------------------------- rows */

typedef struct {
    PyObject_HEAD
    PyObject *module; /* holds the makers */
    const Makers *makers;
    int is_binary;
    int count;
    Column *columns;
} CopyLoader;

/* Rows that are being read, and a place for one of them: a value has a NUL after it. */
typedef struct {
    const char *next;
    const char *end;
    char *row;
    size_t size;
} Reader;

static char *make_room(Reader *reader, size_t size)
{
    if (size > reader->size) {
        char *row = PyMem_Realloc(reader->row, size);
        if (row == NULL)
            return (char *)PyErr_NoMemory();
        reader->row = row;
        reader->size = size;
    }
    return reader->row;
}

static PyObject *load_field(
    const CopyLoader *self, int column, char *data, int length)
{
    char after = data[length];
    data[length] = '\0';
    PyObject *value = load_plain(self->makers, &self->columns[column], data, length);
    if (value == NULL) {
        PyErr_Clear();
        value = load_by_loader(&self->columns[column], data, length);
    }
    data[length] = after;
    return value;
}

static int32_t read_length(const char *data)
{
    const unsigned char *bytes = (const unsigned char *)data;
    return (int32_t)((uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16
                     | (uint32_t)bytes[2] << 8 | bytes[3]);
}

/* Return how long a row in binary format is, -1 if it is none of the columns. */
static Py_ssize_t measure_row(const Reader *reader, int count)
{
    const char *at = reader->next, *end = reader->end;
    if (end - at < 2 || ((unsigned char)at[0] << 8 | (unsigned char)at[1]) != count)
        return -1;
    at += 2;
    for (int i = 0; i < count; i++) {
        if (end - at < 4)
            return -1;
        int32_t length = read_length(at);
        at += 4;
        if (length > end - at)
            return -1;
        if (length > 0)
            at += length;
    }
    return at - reader->next;
}

/* Fill a tuple; return 0 with or without an exception if that cannot be done. */
static int load_binary_row(const CopyLoader *self, Reader *reader, PyObject *values)
{
    Py_ssize_t size = measure_row(reader, self->count);
    char *at = size < 0 ? NULL : make_room(reader, (size_t)size + 1);
    if (at == NULL)
        return 0;
    memcpy(at, reader->next, (size_t)size);
    reader->next += size;
    at += 2;
    for (int i = 0; i < self->count; i++) {
        PyObject *value = Py_None;
        int32_t length = read_length(at);
        at += 4;
        if (length < 0)
            Py_INCREF(value);
        else {
            value = load_field(self, i, at, length);
            at += length;
        }
        if (value == NULL || PyTuple_SetItem(values, i, value) < 0)
            return 0;
    }
    return 1;
}

/* Take backslashes out of a field; return its length then. */
static int unescape(char *data, int length)
{
    static const char values[256] = {['b'] = '\b', ['t'] = '\t', ['n'] = '\n',
                                     ['v'] = '\v', ['f'] = '\f', ['r'] = '\r'};
    char *to = data;
    for (const char *at = data, *end = data + length; at < end; at++) {
        if (*at == '\\' && at + 1 < end) {
            at++;
            char value = values[(unsigned char)*at];
            *to++ = value ? value : *at;
        }
        else
            *to++ = *at;
    }
    return (int)(to - data);
}

static int load_text_row(const CopyLoader *self, Reader *reader, PyObject *values)
{
    size_t left = (size_t)(reader->end - reader->next);
    const char *stop = left == 0 ? NULL : memchr(reader->next, '\n', left);
    size_t size = stop == NULL ? 0 : (size_t)(stop - reader->next);
    char *at = stop == NULL || size >= INT32_MAX ? NULL : make_room(reader, size + 1);
    if (at == NULL)
        return 0;
    memcpy(at, reader->next, size);
    reader->next = stop + 1;
    char *end = at + size;
    int escaped = memchr(at, '\\', size) != NULL;
    for (int i = 0; i < self->count; i++) {
        char *tab = memchr(at, '\t', (size_t)(end - at));
        if ((tab == NULL) != (i == self->count - 1))
            return 0; /* another number of columns */
        int length = (int)((tab == NULL ? end : tab) - at);
        PyObject *value = Py_None;
        if (escaped && length == 2 && at[0] == '\\' && at[1] == 'N')
            Py_INCREF(value);
        else
            value = load_field(self, i, at, escaped ? unescape(at, length) : length);
        if (value == NULL || PyTuple_SetItem(values, i, value) < 0)
            return 0;
        at += length + 1;
    }
    return 1;
}

static PyObject *load_rows(const CopyLoader *self, Reader *reader, Py_ssize_t number)
{
    PyObject *rows = PyList_New(0);
    for (Py_ssize_t i = 0; rows != NULL && i < number; i++) {
        PyObject *values = PyTuple_New(self->count);
        if (values == NULL
            || !(self->is_binary ? load_binary_row(self, reader, values)
                                 : load_text_row(self, reader, values))
            || PyList_Append(rows, values) < 0)
            Py_CLEAR(rows);
        Py_XDECREF(values);
    }
    if (reader->next != reader->end)
        Py_CLEAR(rows);
    return rows;
}

/* load(data, number) -> rows, or None if these are not as many rows, or not plain. */
static PyObject *loader_load(CopyLoader *self, PyObject *args)
{
    PyObject *data;
    Py_ssize_t number, size;
    char *bytes;
    Reader reader = {NULL, NULL, NULL, 0};
    if (!PyArg_ParseTuple(args, "On:load", &data, &number)
        || PyBytes_AsStringAndSize(data, &bytes, &size) < 0)
        return NULL;
    reader.next = bytes;
    reader.end = bytes + size;
    PyObject *rows = load_rows(self, &reader, number);
    PyMem_Free(reader.row);
    if (rows != NULL || (PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_Exception)))
        return rows;
    PyErr_Clear();
    Py_RETURN_NONE;
}

/* ---------------------------------------------------------------- CopyLoader */

static int fill_columns(CopyLoader *self, PyObject *found)
{
    Py_ssize_t count = PyTuple_Size(found);
    if (count < 1 || count > INT16_MAX) {
        PyErr_SetString(PyExc_ValueError, "there are no columns, or too many");
        return -1;
    }
    self->columns = PyMem_Calloc((size_t)count, sizeof(Column));
    if (self->columns == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (int i = 0; i < (int)count; i++) {
        self->count = i + 1;
        self->columns[i].format = self->is_binary;
        if (fill_column(&self->columns[i], PyTuple_GetItem(found, i)) < 0)
            return -1;
    }
    return 0;
}

static PyObject *loader_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *columns;
    int is_binary;
    if (kwargs != NULL && PyDict_Size(kwargs) > 0) {
        PyErr_SetString(PyExc_TypeError, "CopyLoader() takes no keyword arguments");
        return NULL;
    }
    if (!PyArg_ParseTuple(
            args, "O!p:CopyLoader", &PyTuple_Type, &columns, &is_binary))
        return NULL;
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    CopyLoader *self = (CopyLoader *)allocate(type, 0);
    if (self == NULL)
        return NULL;
    self->is_binary = is_binary;
    self->module = PyType_GetModule(type);
    Py_XINCREF(self->module);
    if (self->module == NULL || fill_columns(self, columns) < 0) {
        Py_DECREF(self);
        return NULL;
    }
    self->makers = &((State *)PyModule_GetState(self->module))->makers;
    return (PyObject *)self;
}

static int loader_traverse(CopyLoader *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->module);
    int failed = 0;
    for (int i = 0; i < self->count && failed == 0; i++)
        failed = visit_column(&self->columns[i], visit, arg);
    return failed;
}

static void loader_dealloc(CopyLoader *self)
{
    PyObject_GC_UnTrack(self);
    for (int i = 0; i < self->count; i++)
        clear_column(&self->columns[i]);
    PyMem_Free(self->columns);
    Py_CLEAR(self->module);
    free_object((PyObject *)self);
}

static PyMethodDef loader_methods[] = {
    {"load", (PyCFunction)loader_load, METH_VARARGS,
     "Return rows of data, a number of them; None if they must be read by Python."},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot loader_slots[] = {
    {Py_tp_doc, "Reads rows as COPY's text or binary format has them."},
    {Py_tp_new, loader_new},
    {Py_tp_traverse, loader_traverse},
    {Py_tp_dealloc, loader_dealloc},
    {Py_tp_methods, loader_methods},
    {0, NULL},
};
PyType_Spec copy_loader_spec = {
    "pgtwin_native.CopyLoader", sizeof(CopyLoader), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, loader_slots};
