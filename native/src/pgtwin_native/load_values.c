/* Values from bytes, as psycopg's loaders of built-in types make them.
 *
 * A function returns NULL, with or without an exception, for all that is not
 * plain (a length that is wrong, infinity, a year after 9999, another style); then the
 * loader itself decides, so that values, types and errors are the loader's.
 */
#include "core.h"

static PyObject *load_float4(const char *data)
{
    uint32_t bits = read32(data);
    float number;
    memcpy(&number, &bits, sizeof number);
    return PyFloat_FromDouble(number);
}

static PyObject *load_float8(const char *data)
{
    uint64_t bits = read64(data);
    double number;
    memcpy(&number, &bits, sizeof number);
    return PyFloat_FromDouble(number);
}

static PyObject *load_bool(int value)
{
    PyObject *found = value ? Py_True : Py_False;
    Py_INCREF(found);
    return found;
}

PyObject *load_plain(
    const Makers *makers, const Column *column, const char *data, int length)
{
    switch (column->kind) {
    case KIND_TEXT:
        return PyUnicode_DecodeUTF8(data, length, NULL);
    case KIND_INT_TEXT:
        return load_int_text(data, length);
    case KIND_FLOAT_TEXT:
        return load_float_text(data, length);
    case KIND_BOOL_TEXT:
        return length == 1 ? load_bool(*data == 't') : NULL;
    case KIND_NUMERIC_TEXT:
        return load_numeric_text(column, data, length);
    case KIND_BYTEA_TEXT:
        return load_bytea_text(data, length);
    case KIND_DATE_TEXT:
        return load_date_text(makers, data, length);
    case KIND_TIMESTAMP_TEXT:
    case KIND_TIMESTAMPTZ_TEXT:
        return load_timestamp_text(makers, column, data, length);
    case KIND_UUID_TEXT:
        return load_uuid_text(column, data, length);
    case KIND_ARRAY_TEXT:
        return load_array_text(makers, column, data, length);
    case KIND_INT2:
        return length == 2 ? PyLong_FromLong((int16_t)read16(data)) : NULL;
    case KIND_INT4:
        return length == 4 ? PyLong_FromLong((int32_t)read32(data)) : NULL;
    case KIND_INT8:
        return length == 8 ? PyLong_FromLongLong((int64_t)read64(data)) : NULL;
    case KIND_OID:
        return length == 4 ? PyLong_FromUnsignedLong(read32(data)) : NULL;
    case KIND_FLOAT4:
        return length == 4 ? load_float4(data) : NULL;
    case KIND_FLOAT8:
        return length == 8 ? load_float8(data) : NULL;
    case KIND_BOOL:
        return length == 1 ? load_bool(*data != 0) : NULL;
    case KIND_NUMERIC:
        return load_numeric(column, data, length);
    case KIND_BYTEA:
        return PyBytes_FromStringAndSize(data, length);
    case KIND_DATE:
        return load_date(makers, data, length);
    case KIND_TIMESTAMP:
    case KIND_TIMESTAMPTZ:
        return load_timestamp(makers, column, data, length);
    case KIND_UUID:
        return load_uuid(column, data, length);
    case KIND_ARRAY:
        return load_array(makers, column, data, length);
    default:
        return NULL;
    }
}

PyObject *load_by_loader(const Column *column, const char *data, int length)
{
    PyObject *bytes = PyBytes_FromStringAndSize(data, length);
    if (bytes == NULL)
        return NULL;
    PyObject *value = PyObject_CallFunctionObjArgs(column->load, bytes, NULL);
    Py_DECREF(bytes);
    return value;
}

int import_values(Makers *makers)
{
    makers->dates = PyCapsule_Import("datetime.datetime_CAPI", 0);
    if (makers->dates == NULL || check_dates(makers->dates) < 0)
        return -1;
    makers->name_fromutc = PyUnicode_InternFromString("fromutc");
    makers->name_int = PyUnicode_InternFromString("int");
    return makers->name_fromutc == NULL || makers->name_int == NULL ? -1 : 0;
}

void clear_values(Makers *makers)
{
    Py_CLEAR(makers->name_fromutc);
    Py_CLEAR(makers->name_int);
}
