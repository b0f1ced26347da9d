/* Strings of bytes, and uuid, from what the server sends.
 *
 * What load_values.c says of its functions holds here, too.
 */
#include "core.h"

/* The value of a hexadecimal digit as the server writes it, plus one; 0 for others. */
static const unsigned char hex_values[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,
    ['6'] = 7,  ['7'] = 8,  ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
    ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16};

static int hex_digit(char digit)
{
    return hex_values[(unsigned char)digit] - 1;
}

/* Read bytes, two digits each; return 0 if there is anything else. */
static int read_hex(const char *data, char *bytes, int count)
{
    int all = 0;
    for (int i = 0; i < count; i++) {
        int high = hex_digit(data[2 * i]), low = hex_digit(data[2 * i + 1]);
        bytes[i] = (char)((unsigned)high << 4 | (unsigned)low);
        all |= high | low;
    }
    return all >= 0;
}

PyObject *load_bytea_text(const char *data, int length)
{
    if (length < 2 || length % 2 || data[0] != '\\' || data[1] != 'x')
        return NULL;
    int count = length / 2 - 1;
    PyObject *value = PyBytes_FromStringAndSize(NULL, count);
    if (value != NULL && !read_hex(data + 2, PyBytes_AsString(value), count))
        Py_CLEAR(value);
    return value;
}

/* ---------------------------------------------------------------- uuid */

/* Make what UUID(bytes=...) makes. */
PyObject *load_uuid(const Column *column, const char *data, int length)
{
    enum { BIG = 0, UNSIGNED = 0 };
    if (length != 16)
        return NULL;
    PyObject *number =
        column->make_number((const unsigned char *)data, 16, BIG, UNSIGNED);
    PyObject *value = number == NULL ? NULL : column->allocate_uuid(column->uuid_type, 0);
    if (value != NULL
        && (column->set_member(column->uuid_number, value, number) < 0
            || column->set_member(column->uuid_safety, value, column->is_safe) < 0))
        Py_CLEAR(value);
    Py_XDECREF(number);
    return value;
}

/* Read 8-4-4-4-12 digits, as the server writes them. */
PyObject *load_uuid_text(const Column *column, const char *data, int length)
{
    char bytes[16];
    if (length != 36 || data[8] != '-' || data[13] != '-' || data[18] != '-'
        || data[23] != '-' || !read_hex(data, bytes, 4) || !read_hex(data + 9, bytes + 4, 2)
        || !read_hex(data + 14, bytes + 6, 2) || !read_hex(data + 19, bytes + 8, 2)
        || !read_hex(data + 24, bytes + 10, 6))
        return NULL;
    return load_uuid(column, bytes, 16);
}
