/* Data of a binary COPY TO STDOUT, in columns as Arrow has them: the class ArrowReader.
 *
 * What comes out is what `core/arrow_reader.py` makes of the same data. A value that
 * a column cannot hold ends the reading, with a word for the reason. Values of a kind that
 * is not known here are given to Python as they came.
 */
#include "copy.h"

#include <structmember.h>
#include <string.h>

/* The kinds of `core/arrow_columns.py`, known to Python by `ARROW_KINDS`. */
#ifdef __SIZEOF_INT128__
#define DECIMALS(X) X(DECIMAL)
#else
#define DECIMALS(X)
#endif
#define ARROW_KINDS(X)                                                                \
    X(OTHER) X(BOOL) X(INT2) X(INT4) X(INT8) X(OID) X(FLOAT4) X(FLOAT8) X(TEXT)       \
    X(JSONB) X(BYTEA) X(UUID) X(DATE) X(TIME) X(TIMESTAMP) X(INTERVAL) DECIMALS(X)

typedef enum {
#define X(name) ARROW_##name,
    ARROW_KINDS(X)
#undef X
    ARROW_KIND_COUNT
} ArrowKind;

#define DAYS 10957
#define MICROSECONDS INT64_C(946684800000000)
#define DAY_MICROSECONDS INT64_C(86400000000)

static const char SIGNATURE[19] = "PGCOPY\n\377\r\n\0";

typedef struct {
    ArrowKind kind;
    int scale; /* of DECIMAL */
    Py_ssize_t nulls;
    Buffer validity; /* a bit for each row */
    Buffer values;   /* of any size: where they end, in `data` */
    Buffer data;
} ArrowColumn;

typedef struct {
    PyObject_HEAD
    int count;
    ArrowColumn *columns;
    Py_ssize_t row_count;
    Py_ssize_t size;
    int begun;
    char ended;
    Buffer rest; /* of a row that is not complete */
} ArrowReader;

/* ---------------------------------------------------------------- values */

static int has_any_size(ArrowKind kind)
{
    return kind == ARROW_OTHER || kind == ARROW_TEXT || kind == ARROW_JSONB
        || kind == ARROW_BYTEA;
}

/* The bytes of a value in Arrow. */
static size_t size_of(ArrowKind kind)
{
    switch (kind) {
    case ARROW_INT2:
        return 2;
    case ARROW_INT4:
    case ARROW_OID:
    case ARROW_FLOAT4:
    case ARROW_DATE:
        return 4;
    case ARROW_INT8:
    case ARROW_FLOAT8:
    case ARROW_TIME:
    case ARROW_TIMESTAMP:
        return 8;
    default:
        return 16;
    }
}

/* Add a bit, which is the one of a row. */
static int add_bit(Buffer *buffer, Py_ssize_t row, int bit)
{
    if (row % 8 == 0 && append(buffer, "\0", 1) < 0)
        return -1;
    if (bit)
        buffer->data[row / 8] |= (char)(1 << row % 8);
    return 0;
}

static int is_utf8(const char *text, int32_t length)
{
    const unsigned char *at = (const unsigned char *)text, *end = at + length;
    while (at < end) {
        unsigned first = *at++;
        if (first < 0x80)
            continue;
        int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
        if (first < 0xc2 || first > 0xf4 || end - at < more)
            return 0;
        unsigned low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
        unsigned high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
        if (*at < low || *at > high)
            return 0;
        for (at++; --more > 0; at++)
            if (*at < 0x80 || *at > 0xbf)
                return 0;
    }
    return 1;
}

/* Add a value of any size; return why that cannot be done, NULL if it was done, also
 * without memory: there is an exception then. */
static const char *add_sized(ArrowColumn *column, const char *data, int32_t length)
{
    if (column->kind == ARROW_JSONB) {
        if (length < 1 || *data != 1)
            return "format";
        data++;
        length--;
    }
    if ((column->kind == ARROW_TEXT || column->kind == ARROW_JSONB)
        && !is_utf8(data, length))
        return "text";
    if (column->data.used + (size_t)length > INT32_MAX)
        return "size";
    if (append(&column->data, data, (size_t)length) < 0)
        return NULL;
    int32_t end = (int32_t)column->data.used;
    append(&column->values, (const char *)&end, 4);
    return NULL;
}

#ifdef __SIZEOF_INT128__
/* Make a number of a numeric that has so many digits after the point. */
static const char *read_decimal(
    const char *data, int32_t length, int scale, __int128 *value)
{
    if (length < 8)
        return "width";
    int groups = read16(data), weight = (int16_t)read16(data + 2);
    int sign = read16(data + 4);
    if (length < 8 + 2 * groups)
        return "width";
    if (sign != 0 && sign != 0x4000)
        return "nan";
    while (groups > 0 && read16(data + 6 + 2 * groups) == 0)
        groups--; /* no server sends zeros there */
    /* Digits after the last group, or of it, those that there is no place for. */
    int places = 4 * (weight - groups + 1) + scale;
    __int128 number = 0;
    for (int group = 0; group < groups; group++) {
        int digits = read16(data + 8 + 2 * group), unit = 10000;
        if (digits >= 10000)
            return "format";
        if (group == groups - 1 && places < 0) {
            for (; places < 0 && unit > 1; places++, unit /= 10) {
                if (digits % 10)
                    return "digits";
                digits /= 10;
            }
            if (places < 0)
                return "digits";
        }
        if (__builtin_mul_overflow(number, (__int128)unit, &number)
            || __builtin_add_overflow(number, (__int128)digits, &number))
            return "digits";
    }
    for (; places > 0 && number != 0; places--)
        if (__builtin_mul_overflow(number, (__int128)10, &number))
            return "digits";
    *value = sign ? -number : number;
    return NULL;
}
#endif

/* Read a value of one size; return why that cannot be done, NULL if it was done. */
static const char *read_value(
    const ArrowColumn *column, const char *data, int32_t length, char *value)
{
    ArrowKind kind = column->kind;
    uint32_t four;
    int64_t eight;
#ifdef __SIZEOF_INT128__
    if (kind == ARROW_DECIMAL) {
        __int128 number = 0;
        const char *reason = read_decimal(data, length, column->scale, &number);
        memcpy(value, &number, 16);
        return reason;
    }
#endif
    if ((size_t)length != size_of(kind))
        return "width";
    switch (kind) {
    case ARROW_INT2: {
        uint16_t two = read16(data);
        memcpy(value, &two, 2);
        return NULL;
    }
    case ARROW_INT4:
    case ARROW_OID:
    case ARROW_FLOAT4:
        four = read32(data);
        memcpy(value, &four, 4);
        return NULL;
    case ARROW_DATE: {
        int32_t days = (int32_t)read32(data);
        if (days == INT32_MAX || days == INT32_MIN)
            return "infinity";
        if (days > INT32_MAX - DAYS)
            return "range";
        days += DAYS;
        memcpy(value, &days, 4);
        return NULL;
    }
    case ARROW_INT8:
    case ARROW_FLOAT8:
        eight = (int64_t)read64(data);
        memcpy(value, &eight, 8);
        return NULL;
    case ARROW_TIME:
        eight = (int64_t)read64(data);
        if (eight < 0 || eight >= DAY_MICROSECONDS)
            return "midnight";
        memcpy(value, &eight, 8);
        return NULL;
    case ARROW_TIMESTAMP:
        eight = (int64_t)read64(data);
        if (eight == INT64_MAX || eight == INT64_MIN)
            return "infinity";
        if (eight > INT64_MAX - MICROSECONDS)
            return "range";
        eight += MICROSECONDS;
        memcpy(value, &eight, 8);
        return NULL;
    case ARROW_INTERVAL: {
        int32_t days = (int32_t)read32(data + 8), months = (int32_t)read32(data + 12);
        eight = (int64_t)read64(data);
        if ((eight == INT64_MAX && days == INT32_MAX && months == INT32_MAX)
            || (eight == INT64_MIN && days == INT32_MIN && months == INT32_MIN))
            return "infinity";
        if (eight > INT64_MAX / 1000 || eight < INT64_MIN / 1000)
            return "range";
        eight *= 1000;
        memcpy(value, &months, 4);
        memcpy(value + 4, &days, 4);
        memcpy(value + 8, &eight, 8);
        return NULL;
    }
    default: /* UUID */
        memcpy(value, data, 16);
        return NULL;
    }
}

static const char *add_value(
    ArrowColumn *column, Py_ssize_t row, const char *data, int32_t length)
{
    char value[16] = {0};
    const char *reason = NULL;
    if (add_bit(&column->validity, row, length >= 0) < 0)
        return NULL;
    if (length < 0)
        column->nulls++;
    if (has_any_size(column->kind)) {
        if (length >= 0)
            return add_sized(column, data, length);
        int32_t end = (int32_t)column->data.used;
        append(&column->values, (const char *)&end, 4);
        return NULL;
    }
    if (column->kind == ARROW_BOOL) {
        if (length >= 0 && length != 1)
            return "width";
        if (length > 0 && *data != 0 && *data != 1)
            return "format";
        add_bit(&column->values, row, length > 0 && *data == 1);
        return NULL;
    }
    if (length >= 0)
        reason = read_value(column, data, length, value);
    if (reason == NULL)
        append(&column->values, value, size_of(column->kind));
    return reason;
}

/* ---------------------------------------------------------------- rows */

/* Return how long the next row is, 0 if it is not complete. */
static size_t measure_row(const char *data, size_t size, int count)
{
    size_t at = 2;
    for (int i = 0; i < count; i++) {
        if (size - at < 4)
            return 0;
        int32_t length = (int32_t)read32(data + at);
        at += 4;
        if (length > 0) {
            if ((size_t)length > size - at)
                return 0;
            at += (size_t)length;
        }
    }
    return at;
}

/* Read the rows that are complete; return how many bytes they have, with the column and
 * the reason if one of them cannot be read. */
static size_t read_rows(
    ArrowReader *self, const char *data, size_t size, int *column, const char **reason)
{
    size_t done = 0;
    if (!self->begun) {
        if (size < sizeof(SIGNATURE))
            return 0;
        if (memcmp(data, SIGNATURE, sizeof(SIGNATURE)) != 0) {
            *reason = "format";
            return 0;
        }
        self->begun = 1;
        done = sizeof(SIGNATURE);
    }
    while (!self->ended && size - done >= 2) {
        int count = (int16_t)read16(data + done);
        if (count == -1) {
            self->ended = 1;
            done += 2;
            break;
        }
        if (count != self->count) {
            *reason = "format";
            return done;
        }
        size_t length = measure_row(data + done, size - done, count);
        if (length == 0)
            break;
        const char *at = data + done + 2;
        for (int i = 0; i < count; i++) {
            int32_t field = (int32_t)read32(at);
            at += 4;
            *reason = add_value(&self->columns[i], self->row_count, at, field);
            if (*reason != NULL || PyErr_Occurred()) {
                *column = i;
                return done;
            }
            at += field > 0 ? field : 0;
        }
        done += length;
        self->size += (Py_ssize_t)length;
        self->row_count++;
    }
    if (self->ended && done < size)
        *reason = "format";
    return done;
}

/* feed(data) -> None, or (column, reason); the column is -1 for what is no value. */
static PyObject *reader_feed(ArrowReader *self, PyObject *bytes)
{
    char *data;
    Py_ssize_t length;
    int column = -1;
    const char *reason = NULL;
    if (PyBytes_AsStringAndSize(bytes, &data, &length) < 0)
        return NULL;
    size_t size = (size_t)length, done;
    Buffer rest = self->rest;
    self->rest = (Buffer){NULL, 0, 0};
    if (rest.used > 0) {
        if (append(&rest, data, size) < 0) {
            PyMem_Free(rest.data);
            return NULL;
        }
        data = rest.data;
        size = rest.used;
    }
    done = read_rows(self, data, size, &column, &reason);
    if (reason == NULL && !PyErr_Occurred() && done < size)
        append(&self->rest, data + done, size - done);
    PyMem_Free(rest.data);
    if (PyErr_Occurred())
        return NULL;
    if (reason != NULL)
        return Py_BuildValue("is", column, reason);
    Py_RETURN_NONE;
}

/* Return the data of a buffer, which is empty after it. */
static PyObject *drained(Buffer *buffer)
{
    const char *data = buffer->used > 0 ? buffer->data : "";
    PyObject *bytes = PyBytes_FromStringAndSize(data, (Py_ssize_t)buffer->used);
    PyMem_Free(buffer->data);
    *buffer = (Buffer){NULL, 0, 0};
    return bytes;
}

static int begin_column(ArrowColumn *column)
{
    column->nulls = 0;
    return has_any_size(column->kind) ? append(&column->values, "\0\0\0\0", 4) : 0;
}

/* take() -> for each column (nulls, validity, values, data). */
static PyObject *reader_take(ArrowReader *self, PyObject *Py_UNUSED(ignored))
{
    PyObject *columns = PyList_New(0);
    for (int i = 0; i < self->count && columns != NULL; i++) {
        ArrowColumn *column = &self->columns[i];
        PyObject *validity = drained(&column->validity);
        PyObject *values = drained(&column->values);
        PyObject *data = drained(&column->data);
        PyObject *found = NULL;
        if (validity != NULL && values != NULL && data != NULL)
            found = Py_BuildValue("nOOO", column->nulls, validity, values, data);
        Py_XDECREF(validity);
        Py_XDECREF(values);
        Py_XDECREF(data);
        if (found == NULL || PyList_Append(columns, found) < 0
            || begin_column(column) < 0)
            Py_CLEAR(columns);
        Py_XDECREF(found);
    }
    self->row_count = self->size = 0;
    return columns;
}

/* ---------------------------------------------------------------- ArrowReader */

static int fill_columns(ArrowReader *self, PyObject *kinds)
{
    Py_ssize_t count = PyTuple_Size(kinds);
    if (count > INT16_MAX) {
        PyErr_SetString(PyExc_ValueError, "there are too many columns");
        return -1;
    }
    self->columns = PyMem_Calloc((size_t)count + 1, sizeof(ArrowColumn));
    if (self->columns == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (int i = 0; i < (int)count; i++) {
        int kind, scale;
        self->count = i + 1;
        if (!PyArg_ParseTuple(PyTuple_GetItem(kinds, i), "ii", &kind, &scale))
            return -1;
        if (kind < 0 || kind >= ARROW_KIND_COUNT) {
            PyErr_SetString(PyExc_ValueError, "there is no such kind");
            return -1;
        }
        self->columns[i].kind = (ArrowKind)kind;
        self->columns[i].scale = scale;
        if (begin_column(&self->columns[i]) < 0)
            return -1;
    }
    return 0;
}

static void reader_dealloc(ArrowReader *self)
{
    for (int i = 0; i < self->count; i++) {
        PyMem_Free(self->columns[i].validity.data);
        PyMem_Free(self->columns[i].values.data);
        PyMem_Free(self->columns[i].data.data);
    }
    PyMem_Free(self->columns);
    PyMem_Free(self->rest.data);
    free_object((PyObject *)self);
}

static PyObject *reader_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *kinds;
    if (kwargs != NULL && PyDict_Size(kwargs) > 0) {
        PyErr_SetString(PyExc_TypeError, "ArrowReader() takes no keyword arguments");
        return NULL;
    }
    if (!PyArg_ParseTuple(args, "O!:ArrowReader", &PyTuple_Type, &kinds))
        return NULL;
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    ArrowReader *self = (ArrowReader *)allocate(type, 0);
    if (self != NULL && fill_columns(self, kinds) < 0)
        Py_CLEAR(self);
    return (PyObject *)self;
}

/* Return a dict from the names of kinds to their numbers. */
PyObject *numbers_of_arrow_kinds(void)
{
    PyObject *numbers = PyDict_New();
#define X(name)                                                                       \
    if (numbers != NULL) {                                                            \
        PyObject *number = PyLong_FromLong(ARROW_##name);                             \
        if (number == NULL || PyDict_SetItemString(numbers, #name, number) < 0)       \
            Py_CLEAR(numbers);                                                        \
        Py_XDECREF(number);                                                           \
    }
    ARROW_KINDS(X)
#undef X
    return numbers;
}

static PyMethodDef reader_methods[] = {
    {"feed", (PyCFunction)reader_feed, METH_O,
     "Read data; return None, or a column and why its value cannot be read."},
    {"take", (PyCFunction)reader_take, METH_NOARGS,
     "Return the columns of the rows, and keep nothing of them."},
    {NULL, NULL, 0, NULL},
};
static PyMemberDef reader_members[] = {
    {"row_count", T_PYSSIZET, offsetof(ArrowReader, row_count), READONLY,
     "The number of rows that were read and not taken."},
    {"size", T_PYSSIZET, offsetof(ArrowReader, size), READONLY,
     "How many bytes they had."},
    {"ended", T_BOOL, offsetof(ArrowReader, ended), READONLY,
     "Whether the end of the data was read."},
    {NULL, 0, 0, 0, NULL},
};
static PyType_Slot reader_slots[] = {
    {Py_tp_doc, "Reads data of a binary COPY into columns of Arrow."},
    {Py_tp_new, reader_new},
    {Py_tp_dealloc, reader_dealloc},
    {Py_tp_methods, reader_methods},
    {Py_tp_members, reader_members},
    {0, NULL},
};
PyType_Spec arrow_reader_spec = {
    "pgtwin_native.ArrowReader", sizeof(ArrowReader), 0, Py_TPFLAGS_DEFAULT,
    reader_slots};
