/* Numbers from bytes.
 *
 * What load_values.c says of its functions holds here, too.
 */
#include "core.h"

#include <float.h>

PyObject *load_int_text(const char *data, int length)
{
    int negative = length > 0 && *data == '-';
    int digits = length - negative;
    if (digits < 1 || digits > 18)
        return NULL;
    int64_t number = read_digits(data + negative, digits);
    if (number < 0)
        return NULL;
    return PyLong_FromLongLong(negative ? -number : number);
}

/* Up to 15 digits and 10**22 are exact as doubles, so that one division of the two is
 * rounded once, as the decimal number would be (Clinger 1990); return 0 for others. */
static int read_short_float(const char *data, int length, double *number)
{
    static const double powers[] = {
        1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10,
        1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    int negative = *data == '-', digits = 0, after = -1;
    int64_t whole = 0;
    if (length > 17) /* a sign, a point and the digits */
        return 0;
    for (int i = negative; i < length; i++) {
        if (data[i] == '.' && after < 0 && digits > 0) {
            after = 0;
            continue;
        }
        if (data[i] < '0' || data[i] > '9' || ++digits > 15)
            return 0;
        whole = whole * 10 + (data[i] - '0');
        after += after >= 0;
    }
    if (digits == 0 || after == 0)
        return 0;
    *number = (double)whole / powers[after < 0 ? 0 : after];
    if (negative)
        *number = -*number;
    return 1;
}

PyObject *load_float_text(const char *data, int length)
{
    char *end;
    double number;
    if (length < 1 || *data <= ' ')
        return NULL;
    if (FLT_EVAL_METHOD == 0 && read_short_float(data, length, &number))
        return PyFloat_FromDouble(number);
    number = PyOS_string_to_double(data, &end, PyExc_OverflowError);
    if (end != data + length || (number == -1.0 && PyErr_Occurred()))
        return NULL;
    return PyFloat_FromDouble(number);
}

PyObject *load_numeric_text(const Column *column, const char *digits, int length)
{
    PyObject *text = PyUnicode_DecodeUTF8(digits, length, NULL);
    PyObject *arguments = text == NULL ? NULL : PyTuple_New(1);
    if (arguments == NULL) {
        Py_XDECREF(text);
        return NULL;
    }
    PyTuple_SetItem(arguments, 0, text);
    PyObject *value = PyObject_Call(column->make_decimal, arguments, NULL);
    Py_DECREF(arguments);
    return value;
}

/* Write the four digits of a group of a numeric; return 0 if it has more. */
static int write_group(char *text, const char *data, int groups, int group)
{
    unsigned value = group >= 0 && group < groups ? read16(data + 8 + 2 * group) : 0;
    if (value > 9999)
        return 0;
    text[0] = (char)('0' + value / 1000);
    text[1] = (char)('0' + value / 100 % 10);
    text[2] = (char)('0' + value / 10 % 10);
    text[3] = (char)('0' + value % 10);
    return 1;
}

/* Of the groups of a numeric in binary format, which have four digits each, make the
 * text that the server would send. */
PyObject *load_numeric(const Column *column, const char *data, int length)
{
    enum { POSITIVE = 0, NEGATIVE = 0x4000, LONGEST = 400 };
    char text[LONGEST + 1], *end = text;
    if (length < 8)
        return NULL;
    int groups = read16(data), weight = (int16_t)read16(data + 2);
    int sign = read16(data + 4), scale = read16(data + 6);
    if ((sign != POSITIVE && sign != NEGATIVE) || length != 8 + 2 * groups)
        return NULL;
    /* A sign, the groups before the point, the point, and up to a group too much. */
    if (1 + 4 * (weight < 0 ? 1 : weight + 1) + 1 + scale + 4 > LONGEST)
        return NULL;
    if (sign == NEGATIVE)
        *end++ = '-';
    if (weight < 0)
        *end++ = '0';
    for (int group = 0; group <= weight; group++, end += 4)
        if (!write_group(end, data, groups, group))
            return NULL;
    if (scale > 0) {
        *end++ = '.';
        char *stop = end + scale;
        for (int group = weight + 1; end < stop; group++, end += 4)
            if (!write_group(end, data, groups, group))
                return NULL;
        end = stop;
    }
    *end = '\0';
    /* The server has no negative zero. */
    if (sign == NEGATIVE && strspn(text, "-0.") >= (size_t)(end - text))
        return NULL;
    return load_numeric_text(column, text, (int)(end - text)); /* which ignores zeros in front */
}
