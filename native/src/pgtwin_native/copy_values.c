/* Values as COPY's text and binary format have them.
 *
 * What is added are the bytes that psycopg's dumper makes. What is not plain (an
 * integer that does not fit, a zone that is not UTC, a NUL in a string) is left alone.
 */
#include "copy.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Of a value that has no more bytes than this, room is made at once. */
#define SMALL 64

/* Make room, also for none: then there are data, to which one may point. */
static int reserve(Buffer *buffer, size_t more)
{
    if (more < buffer->size - buffer->used)
        return 0;
    size_t size = 2 * buffer->size + more + 1;
    char *data = PyMem_Realloc(buffer->data, size);
    if (data == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    buffer->data = data;
    buffer->size = size;
    return 0;
}

int append(Buffer *buffer, const char *data, size_t length)
{
    if (reserve(buffer, length) < 0)
        return -1;
    if (length > 0)
        memcpy(buffer->data + buffer->used, data, length);
    buffer->used += length;
    return 0;
}

/* Return where a value of up to SMALL bytes begins, NULL with an exception. */
static char *begin(Buffer *buffer)
{
    return reserve(buffer, SMALL) < 0 ? NULL : buffer->data + buffer->used;
}

static int end_at(Buffer *buffer, const char *end)
{
    buffer->used = (size_t)(end - buffer->data);
    return 1;
}

/* Write a number in network order. */
static char *write_number(char *at, uint64_t number, int size)
{
    for (int i = size - 1; i >= 0; i--, number >>= 8)
        at[i] = (char)(number & 0xff);
    return at + size;
}

/* Add a value of fixed size after its length. */
static int add_number(Buffer *buffer, uint64_t number, int size)
{
    char *at = begin(buffer);
    if (at == NULL)
        return -1;
    at = write_number(at, (uint64_t)size, 4);
    return end_at(buffer, write_number(at, number, size));
}

/* Add bytes after their length. */
static int add_sized(Buffer *buffer, const char *data, Py_ssize_t length)
{
    char *at = length > INT32_MAX ? NULL : begin(buffer);
    if (length > INT32_MAX)
        return 0;
    if (at == NULL)
        return -1;
    end_at(buffer, write_number(at, (uint64_t)length, 4));
    return append(buffer, data, (size_t)length) < 0 ? -1 : 1;
}

/* The letters after a backslash, of what has a meaning in text format. */
static const char letters[256] = {
    ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\v'] = 'v',
    ['\f'] = 'f', ['\r'] = 'r', ['\\'] = '\\'};

static int add_escaped(Buffer *buffer, const char *data, size_t length)
{
    if (length > SIZE_MAX / 4 || reserve(buffer, 2 * length) < 0)
        return -1;
    char *at = buffer->data + buffer->used;
    for (size_t i = 0; i < length; i++) {
        char letter = letters[(unsigned char)data[i]];
        if (letter)
            *at++ = '\\';
        *at++ = letter ? letter : data[i];
    }
    return end_at(buffer, at);
}

static int add_str_of(Buffer *buffer, PyObject *value)
{
    Py_ssize_t length;
    PyObject *text = PyObject_Str(value);
    const char *data = text == NULL ? NULL : PyUnicode_AsUTF8AndSize(text, &length);
    int added = data == NULL || append(buffer, data, (size_t)length) < 0 ? -1 : 1;
    Py_XDECREF(text);
    return added;
}

/* ---------------------------------------------------------------- strings and bytes */

static int add_string(Buffer *buffer, PyObject *value, int is_binary)
{
    Py_ssize_t length;
    const char *data = PyUnicode_AsUTF8AndSize(value, &length);
    if (data == NULL)
        return -1;
    if (memchr(data, '\0', (size_t)length) != NULL)
        return 0;
    return is_binary ? add_sized(buffer, data, length)
                     : add_escaped(buffer, data, (size_t)length);
}

static int add_bytes(Buffer *buffer, PyObject *value)
{
    char *data;
    Py_ssize_t length;
    if (PyBytes_AsStringAndSize(value, &data, &length) < 0)
        return -1;
    return add_sized(buffer, data, length);
}

int add_dumped(Buffer *buffer, PyObject *dump, PyObject *value, int is_binary)
{
    char *data;
    Py_ssize_t length;
    PyObject *dumped = PyObject_CallFunctionObjArgs(dump, value, NULL);
    if (dumped == NULL || dumped == Py_None) {
        Py_XDECREF(dumped);
        return dumped == NULL ? -1 : 0;
    }
    PyObject *bytes = PyBytes_FromObject(dumped); /* of any kind of buffer */
    Py_DECREF(dumped);
    if (bytes == NULL)
        return -1;
    int added = PyBytes_AsStringAndSize(bytes, &data, &length);
    if (added == 0)
        added = is_binary ? add_sized(buffer, data, length)
                          : add_escaped(buffer, data, (size_t)length);
    Py_DECREF(bytes);
    return added;
}

/* ---------------------------------------------------------------- numbers */

/* Write digits before `end`, at least `least` of them; return where they begin. */
static char *write_digits(char *end, uint64_t number, int least)
{
    for (; number > 0 || least > 0; number /= 10, least--)
        *--end = (char)('0' + number % 10);
    return end;
}

static int add_int_text(Buffer *buffer, PyObject *value)
{
    int overflow;
    char digits[24], *end = digits + sizeof digits;
    long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (overflow)
        return add_str_of(buffer, value);
    if (number == -1 && PyErr_Occurred())
        return -1;
    uint64_t size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    char *first = write_digits(end, size, 1);
    if (number < 0)
        *--first = '-';
    return append(buffer, first, (size_t)(end - first)) < 0 ? -1 : 1;
}

/* Add a number that has few digits after the point, as repr() writes it; return 0 for
 * others. A whole number below 10**15, divided once by a power of ten, is rounded as the
 * decimal number would be; two such numbers of 15 digits or fewer are never the same
 * double (DBL_DIG), so that if the quotient is the number these are its digits. */
static int add_short_float(Buffer *buffer, double number)
{
    static const double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
    double size = fabs(number);
    if (FLT_EVAL_METHOD != 0 || !(size >= 1e-3 && size < 1e15))
        return 0;
    for (int after = 0; after < (int)(sizeof powers / sizeof *powers); after++) {
        double shifted = size * powers[after];
        if (shifted >= 1e15)
            return 0;
        int64_t whole = (int64_t)(shifted + 0.5);
        if ((double)whole / powers[after] != size)
            continue;
        char digits[24], *end = digits + sizeof digits;
        char *first = write_digits(end, (uint64_t)whole, after + 1);
        char *at = begin(buffer);
        if (at == NULL)
            return -1;
        if (number < 0)
            *at++ = '-';
        size_t before = (size_t)(end - first - after);
        memcpy(at, first, before);
        at += before;
        *at++ = '.';
        if (after == 0)
            *at++ = '0';
        memcpy(at, end - after, (size_t)after);
        return end_at(buffer, at + after);
    }
    return 0;
}

/* Add what repr() gives. */
static int add_float_text(Buffer *buffer, PyObject *value)
{
    double number = PyFloat_AsDouble(value);
    int added = add_short_float(buffer, number);
    if (added != 0)
        return added;
    char *text = PyOS_double_to_string(number, 'r', 0, Py_DTSF_ADD_DOT_0, NULL);
    if (text == NULL)
        return -1;
    added = append(buffer, text, strlen(text)) < 0 ? -1 : 1;
    PyMem_Free(text);
    return added;
}

static int add_integer(Buffer *buffer, PyObject *value, int size, int is_signed)
{
    int overflow;
    long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (number == -1 && PyErr_Occurred())
        return -1;
    long long most = is_signed ? INT64_MAX >> (64 - 8 * size) : UINT32_MAX;
    if (overflow || number > most || number < (is_signed ? -most - 1 : 0))
        return 0;
    return add_number(buffer, (uint64_t)number, size);
}

static int add_float4(Buffer *buffer, PyObject *value)
{
    double number = PyFloat_AsDouble(value), size = fabs(number);
    /* What becomes zero or infinity, or nearly. */
    if ((number != 0 && size < FLT_MIN) || (size > FLT_MAX && size <= DBL_MAX))
        return 0;
    float small = (float)number;
    uint32_t bits;
    memcpy(&bits, &small, sizeof bits);
    return add_number(buffer, bits, 4);
}

static int add_float8(Buffer *buffer, PyObject *value)
{
    double number = PyFloat_AsDouble(value);
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return add_number(buffer, bits, 8);
}

/* ---------------------------------------------------------------- dates, UUIDs */

static char *write_two(char *at, int number)
{
    *at++ = (char)('0' + number / 10);
    *at++ = (char)('0' + number % 10);
    return at;
}

/* Write YYYY-MM-DD. */
static char *write_date(char *at, const DateTimeFields *fields)
{
    const unsigned char *data = fields->data;
    int year = data[0] << 8 | data[1];
    at = write_two(write_two(at, year / 100), year % 100);
    *at++ = '-';
    at = write_two(at, data[2]);
    *at++ = '-';
    return write_two(at, data[3]);
}

static int micros_of(const DateTimeFields *fields)
{
    return fields->data[7] << 16 | fields->data[8] << 8 | fields->data[9];
}

static int is_utc(const Makers *makers, const DateTimeFields *fields)
{
    return fields->has_timezone && fields->timezone == makers->dates->TimeZone_UTC;
}

/* Add YYYY-MM-DD HH:MM:SS[.ffffff][+00:00]. */
static int add_timestamp_text(
    Buffer *buffer, const Makers *makers, PyObject *value, int is_naive)
{
    const DateTimeFields *fields = (DateTimeFields *)value;
    if (fields->has_timezone && (is_naive || !is_utc(makers, fields)))
        return is_naive ? 0 : add_str_of(buffer, value);
    char *at = begin(buffer);
    if (at == NULL)
        return -1;
    at = write_date(at, fields);
    *at++ = ' ';
    at = write_two(at, fields->data[4]);
    *at++ = ':';
    at = write_two(at, fields->data[5]);
    *at++ = ':';
    at = write_two(at, fields->data[6]);
    int micros = micros_of(fields);
    if (micros > 0) {
        *at++ = '.';
        at = write_two(at, micros / 10000);
        at = write_two(write_two(at, micros / 100 % 100), micros % 100);
    }
    if (fields->has_timezone) {
        memcpy(at, "+00:00", 6);
        at += 6;
    }
    return end_at(buffer, at);
}

static int64_t days_since_2000(const DateTimeFields *fields)
{
    const unsigned char *data = fields->data;
    return days_of(data[0] << 8 | data[1], data[2], data[3]) - days_of(2000, 1, 1);
}

static int add_timestamp(
    Buffer *buffer, const Makers *makers, PyObject *value, int is_naive)
{
    const DateTimeFields *fields = (DateTimeFields *)value;
    if (is_naive ? fields->has_timezone : !is_utc(makers, fields))
        return 0;
    int seconds = (fields->data[4] * 60 + fields->data[5]) * 60 + fields->data[6];
    int64_t moment = days_since_2000(fields) * 86400 + seconds;
    return add_number(buffer, (uint64_t)(moment * 1000000 + micros_of(fields)), 8);
}

static int add_uuid(Buffer *buffer, const Makers *makers, PyObject *value, int is_binary)
{
    char bytes[16];
    PyObject *number = PyObject_GetAttr(value, makers->name_int);
    PyObject *bits = number == NULL ? NULL : PyLong_FromLong(64);
    PyObject *high = bits == NULL ? NULL : PyNumber_Rshift(number, bits);
    unsigned long long first = high == NULL ? 0 : PyLong_AsUnsignedLongLong(high);
    unsigned long long second = high == NULL ? 0 : PyLong_AsUnsignedLongLongMask(number);
    Py_XDECREF(number);
    Py_XDECREF(bits);
    Py_XDECREF(high);
    if (PyErr_Occurred())
        return -1;
    write_number(write_number(bytes, first, 8), second, 8);
    if (is_binary)
        return add_sized(buffer, bytes, sizeof bytes);
    char *at = begin(buffer);
    if (at == NULL)
        return -1;
    for (size_t i = 0; i < sizeof bytes; i++) {
        *at++ = "0123456789abcdef"[(unsigned char)bytes[i] >> 4];
        *at++ = "0123456789abcdef"[bytes[i] & 15];
    }
    return end_at(buffer, at);
}

/* ---------------------------------------------------------------- any value */

int add_text_value(Buffer *buffer, const Makers *makers, Code code, PyObject *value)
{
    switch (code) {
    case CODE_NONE:
        return append(buffer, "\\N", 2) < 0 ? -1 : 1;
    case CODE_INT:
        return add_int_text(buffer, value);
    case CODE_FLOAT:
        return add_float_text(buffer, value);
    case CODE_BOOL:
        return append(buffer, value == Py_True ? "t" : "f", 1) < 0 ? -1 : 1;
    case CODE_STRING:
        return add_string(buffer, value, 0);
    case CODE_DATE: {
        char *at = begin(buffer);
        return at == NULL ? -1 : end_at(buffer, write_date(at, (DateTimeFields *)value));
    }
    case CODE_TIMESTAMP:
        return add_timestamp_text(buffer, makers, value, 1);
    case CODE_TIMESTAMPTZ:
        return add_timestamp_text(buffer, makers, value, 0);
    case CODE_UUID:
        return add_uuid(buffer, makers, value, 0);
    default:
        return 0;
    }
}

int add_binary_value(Buffer *buffer, const Makers *makers, Code code, PyObject *value)
{
    switch (code) {
    case CODE_NONE:
        return append(buffer, "\xff\xff\xff\xff", 4) < 0 ? -1 : 1;
    case CODE_INT2:
        return add_integer(buffer, value, 2, 1);
    case CODE_INT4:
        return add_integer(buffer, value, 4, 1);
    case CODE_INT8:
        return add_integer(buffer, value, 8, 1);
    case CODE_OID:
        return add_integer(buffer, value, 4, 0);
    case CODE_FLOAT4:
        return add_float4(buffer, value);
    case CODE_FLOAT8:
        return add_float8(buffer, value);
    case CODE_BOOL:
        return add_number(buffer, value == Py_True, 1);
    case CODE_STRING:
        return add_string(buffer, value, 1);
    case CODE_BYTES:
        return add_bytes(buffer, value);
    case CODE_DATE:
        return add_number(
            buffer, (uint64_t)days_since_2000((DateTimeFields *)value), 4);
    case CODE_TIMESTAMP:
        return add_timestamp(buffer, makers, value, 1);
    case CODE_TIMESTAMPTZ:
        return add_timestamp(buffer, makers, value, 0);
    case CODE_UUID:
        return add_uuid(buffer, makers, value, 1);
    default:
        return 0;
    }
}
