/* Rows of a binary COPY FROM STDIN from columns of Arrow: write_arrow().
 *
 * The server stores what it stores of what the values' dumpers make. The memory of
 * the columns belongs to the caller, who keeps it until the call returns. At a value that
 * is not plain the writing ends, with the rows before it.
 */
#include "copy.h"

#include <string.h>

/* What an array of Arrow has, and what a column of the server takes; known to Python by
 * `ARROW_CODES`. */
#define ARROW_CODES(X)                                                                \
    X(INT8_ARRAY) X(INT16_ARRAY) X(INT32_ARRAY) X(INT64_ARRAY) X(UINT8_ARRAY)         \
    X(UINT16_ARRAY) X(UINT32_ARRAY) X(UINT64_ARRAY) X(FLOAT_ARRAY) X(DOUBLE_ARRAY)    \
    X(BOOL_ARRAY) X(SIZED_ARRAY) X(LARGE_ARRAY) X(DATE_ARRAY) X(TIME_ARRAY)           \
    X(TIMESTAMP_ARRAY) X(UUID_ARRAY) X(DECIMAL_ARRAY) X(INT2) X(INT4) X(INT8) X(OID)  \
    X(FLOAT4) X(FLOAT8) X(BOOL) X(DATA) X(JSONB) X(DATE) X(TIME) X(TIMESTAMP) X(UUID) \
    X(NUMERIC)

typedef enum {
#define X(name) CODE_##name##_,
    ARROW_CODES(X)
#undef X
} ArrowCode;

#define DAYS 10957
#define MICROSECONDS INT64_C(946684800000000)
#define DAY_MICROSECONDS INT64_C(86400000000)
/* The days and moments of Python's calendar, years 1 to 9999: others are not plain. */
#define FIRST_DAY (-719162)
#define LAST_DAY 2932896
#define FIRST_MOMENT (FIRST_DAY * DAY_MICROSECONDS)
#define LAST_MOMENT ((LAST_DAY + 1) * DAY_MICROSECONDS - 1)
/* Bytes from which on a block is complete. */
#define BLOCK (128 * 1024)

typedef struct {
    ArrowCode source, target;
    int64_t detail; /* microseconds of a TIMESTAMP's unit; 256 times the digits of a
                     * DECIMAL, and those after the point, each 38 at most */
    int64_t offset; /* the row of the array that is the first one */
    const unsigned char *validity;
    const char *values;
    const char *data;
    int64_t size; /* of the data */
} Source;

static int has_bit(const unsigned char *bits, int64_t row)
{
    return bits[row >> 3] >> (row & 7) & 1;
}

/* Add a number after its size. */
static int add_number(Buffer *buffer, uint64_t number, int size)
{
    char field[12] = {0, 0, 0, (char)size};
    for (int i = size + 3; i >= 4; i--, number >>= 8)
        field[i] = (char)(number & 0xff);
    return append(buffer, field, (size_t)size + 4) < 0 ? -1 : 1;
}

static int add_data(Buffer *buffer, const char *data, int64_t length, int is_jsonb)
{
    if (length > INT32_MAX - 1)
        return 0;
    uint32_t size = (uint32_t)length + (uint32_t)is_jsonb;
    char field[5] = {(char)(size >> 24), (char)(size >> 16), (char)(size >> 8),
                     (char)size, 1};
    return append(buffer, field, is_jsonb ? 5 : 4) < 0
            || append(buffer, data, (size_t)length) < 0
        ? -1
        : 1;
}

/* Add what is in the data from one place to another, if it is. */
static int add_sized(Buffer *buffer, const Source *column, int64_t start, int64_t end)
{
    if (start < 0 || start > end || end > column->size)
        return 0;
    return add_data(
        buffer, column->data + start, end - start, column->target == CODE_JSONB_);
}

#define READ(type, values, row)                                                       \
    type value;                                                                       \
    memcpy(&value, (values) + (size_t)(row) * sizeof(type), sizeof(type))

/* Read an integer; return 0 if it is too large for the sign. */
static int read_integer(ArrowCode source, const char *values, int64_t row, int64_t *to)
{
#define CASE(name, type)                                                              \
    case CODE_##name##_: {                                                            \
        READ(type, values, row);                                                      \
        *to = (int64_t)value;                                                         \
        return 1;                                                                     \
    }
    switch (source) {
        CASE(INT8_ARRAY, int8_t)
        CASE(INT16_ARRAY, int16_t)
        CASE(INT32_ARRAY, int32_t)
        CASE(INT64_ARRAY, int64_t)
        CASE(UINT8_ARRAY, uint8_t)
        CASE(UINT16_ARRAY, uint16_t)
        CASE(UINT32_ARRAY, uint32_t)
    default: {
        READ(uint64_t, values, row);
        *to = (int64_t)value;
        return value <= INT64_MAX;
    }
    }
#undef CASE
}

static int add_integer(Buffer *buffer, const Source *column, int64_t row)
{
    int64_t number;
    if (!read_integer(column->source, column->values, row, &number))
        return 0;
    switch (column->target) {
    case CODE_INT2_:
        return number < INT16_MIN || number > INT16_MAX
            ? 0
            : add_number(buffer, (uint64_t)number, 2);
    case CODE_INT4_:
        return number < INT32_MIN || number > INT32_MAX
            ? 0
            : add_number(buffer, (uint64_t)number, 4);
    case CODE_OID_:
        return number < 0 || number > UINT32_MAX
            ? 0
            : add_number(buffer, (uint64_t)number, 4);
    default:
        return add_number(buffer, (uint64_t)number, 8);
    }
}

static int add_float(Buffer *buffer, const Source *column, int64_t row)
{
    double wide;
    uint64_t bits;
    if (column->source == CODE_FLOAT_ARRAY_) {
        READ(float, column->values, row);
        if (column->target == CODE_FLOAT4_) {
            uint32_t four;
            memcpy(&four, &value, 4);
            return add_number(buffer, four, 4);
        }
        wide = value;
    }
    else {
        READ(double, column->values, row);
        wide = value;
    }
    memcpy(&bits, &wide, 8);
    return add_number(buffer, bits, 8);
}

static int add_moment(Buffer *buffer, const Source *column, int64_t row)
{
    READ(int64_t, column->values, row);
    if (column->target == CODE_TIME_)
        return value < 0 || value >= DAY_MICROSECONDS
            ? 0
            : add_number(buffer, (uint64_t)value, 8);
    if (__builtin_mul_overflow(value, column->detail, &value) || value < FIRST_MOMENT
        || value > LAST_MOMENT)
        return 0;
    return add_number(buffer, (uint64_t)(value - MICROSECONDS), 8);
}

#ifdef __SIZEOF_INT128__
/* Add a numeric: groups of four digits on both sides of the point. */
static int add_decimal(Buffer *buffer, const Source *column, int64_t row)
{
    enum { DIGITS = 84 }; /* zeros before the digits of a number, and after them */
    unsigned char digits[DIGITS] = {0};
    READ(__int128, column->values, row);
    int precision = (int)(column->detail >> 8), scale = (int)(column->detail & 0xff);
    int is_negative = value < 0;
    unsigned __int128 left = is_negative ? -(unsigned __int128)value : (unsigned __int128)value;
    int point = 44, end = point + scale, at = end;
    /* Divisions of numbers of this size take long: 18 digits at a time. */
    while (left > 0) {
        uint64_t part = (uint64_t)(left % UINT64_C(1000000000000000000));
        left /= UINT64_C(1000000000000000000);
        for (int i = 0; i < 18 && (part > 0 || left > 0); i++, part /= 10) {
            if (at == end - precision)
                return 0;
            digits[--at] = (unsigned char)(part % 10);
        }
    }
    int first = at < point ? at - at % 4 : point + (at - point) / 4 * 4;
    int last = end;
    while (last > first && digits[last - 1] == 0)
        last--;
    int groups = (last - first + 3) / 4;
    char field[12 + 2 * (DIGITS / 4)];
    int weight = groups == 0 ? 0 : (point - first) / 4 - 1;
    int sign = is_negative ? 0x4000 : 0;
    uint32_t size = (uint32_t)(8 + 2 * groups);
    const int head[] = {(int)(size >> 16), (int)(size & 0xffff), groups, weight, sign,
                        scale};
    char *to = field;
    for (int i = 0; i < 6; i++) {
        *to++ = (char)(head[i] >> 8);
        *to++ = (char)head[i];
    }
    for (int group = 0; group < groups; group++) {
        const unsigned char *four = digits + first + 4 * group;
        int number = four[0] * 1000 + four[1] * 100 + four[2] * 10 + four[3];
        *to++ = (char)(number >> 8);
        *to++ = (char)number;
    }
    return append(buffer, field, (size_t)(to - field)) < 0 ? -1 : 1;
}
#endif

/* Add a field; return 1 if it was added, 0 if it is not plain, -1 with an exception. */
static int add_field(Buffer *buffer, const Source *column, int64_t row)
{
    static const char null[4] = {'\377', '\377', '\377', '\377'};
    row += column->offset;
    if (column->validity != NULL && !has_bit(column->validity, row))
        return append(buffer, null, 4) < 0 ? -1 : 1;
    switch (column->source) {
    case CODE_FLOAT_ARRAY_:
    case CODE_DOUBLE_ARRAY_:
        return add_float(buffer, column, row);
    case CODE_BOOL_ARRAY_:
        return add_number(
            buffer, (uint64_t)has_bit((const unsigned char *)column->values, row), 1);
    case CODE_SIZED_ARRAY_: {
        int32_t ends[2];
        memcpy(ends, column->values + 4 * row, 8);
        return add_sized(buffer, column, ends[0], ends[1]);
    }
    case CODE_LARGE_ARRAY_: {
        int64_t ends[2];
        memcpy(ends, column->values + 8 * row, 16);
        return add_sized(buffer, column, ends[0], ends[1]);
    }
    case CODE_DATE_ARRAY_: {
        READ(int32_t, column->values, row);
        if (value < FIRST_DAY || value > LAST_DAY)
            return 0;
        return add_number(buffer, (uint64_t)(value - DAYS), 4);
    }
    case CODE_TIME_ARRAY_:
    case CODE_TIMESTAMP_ARRAY_:
        return add_moment(buffer, column, row);
    case CODE_UUID_ARRAY_:
        return add_data(buffer, column->values + 16 * row, 16, 0);
#ifdef __SIZEOF_INT128__
    case CODE_DECIMAL_ARRAY_:
        return add_decimal(buffer, column, row);
#endif
    default:
        return add_integer(buffer, column, row);
    }
}

static int add_row(Buffer *buffer, const Source *columns, Py_ssize_t width, int64_t row)
{
    char count[2] = {(char)(width >> 8), (char)width};
    int added = append(buffer, count, 2) < 0 ? -1 : 1;
    for (Py_ssize_t i = 0; i < width && added == 1; i++)
        added = add_field(buffer, &columns[i], row);
    return added;
}

static int fill_source(Source *column, PyObject *given)
{
    int source, target;
    PyObject *validity, *values, *data;
    long long detail, offset, size;
    if (!PyTuple_Check(given)
        || !PyArg_ParseTuple(given, "iiLLOOOL", &source, &target, &detail, &offset,
                             &validity, &values, &data, &size)) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_TypeError, "a column must be a tuple");
        return -1;
    }
    column->source = (ArrowCode)source;
    column->target = (ArrowCode)target;
    column->detail = detail;
    column->offset = offset;
    column->size = size;
    column->validity = PyLong_AsVoidPtr(validity);
    column->values = PyLong_AsVoidPtr(values);
    column->data = PyLong_AsVoidPtr(data);
    return PyErr_Occurred() ? -1 : 0;
}

/* write_arrow(columns, start, stop) -> (data, rows): some rows from one on, none if that
 * one is not plain. A column is (source, target, detail, offset, the addresses of
 * validity, values and data, 0 for none, and the size of the data). */
PyObject *write_arrow(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *given;
    long long start, stop, row;
    if (!PyArg_ParseTuple(args, "O!LL:write_arrow", &PyTuple_Type, &given, &start, &stop))
        return NULL;
    Py_ssize_t width = PyTuple_Size(given);
    if (width > INT16_MAX) {
        PyErr_SetString(PyExc_ValueError, "there are too many columns");
        return NULL;
    }
    Source *columns = PyMem_Calloc((size_t)width + 1, sizeof(Source));
    if (columns == NULL)
        return PyErr_NoMemory();
    int added = 1;
    for (Py_ssize_t i = 0; i < width && added == 1; i++)
        if (fill_source(&columns[i], PyTuple_GetItem(given, i)) < 0)
            added = -1;
    Buffer buffer = {NULL, 0, 0};
    size_t used = 0;
    for (row = start; row < stop && used < BLOCK && added == 1; row++) {
        added = add_row(&buffer, columns, width, row);
        if (added == 1)
            used = buffer.used;
    }
    PyMem_Free(columns);
    PyObject *found = NULL;
    if (added >= 0)
        found = Py_BuildValue("y#L", used > 0 ? buffer.data : "", (Py_ssize_t)used,
                              added == 0 ? row - 1 - start : row - start);
    PyMem_Free(buffer.data);
    return found;
}

/* Return a dict from the names of codes to their numbers. */
PyObject *numbers_of_arrow_codes(void)
{
    PyObject *numbers = PyDict_New();
#define X(name)                                                                       \
    if (numbers != NULL) {                                                            \
        PyObject *number = PyLong_FromLong(CODE_##name##_);                           \
        if (number == NULL || PyDict_SetItemString(numbers, #name, number) < 0)       \
            Py_CLEAR(numbers);                                                        \
        Py_XDECREF(number);                                                           \
    }
    ARROW_CODES(X)
#undef X
    return numbers;
}
