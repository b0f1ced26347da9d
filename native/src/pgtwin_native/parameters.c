/* Parameters of statements: values of Python's plainest types, as psycopg dumps them.
 *
 * What is written here was compared with the dumpers' own bytes, for each query when
 * it becomes known (prepared_statements.c).
 */
#include "engine.h"

#include <string.h>

enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23,
       OID_FLOAT8 = 701 };

static void put_number(Parameters *parameters, int place, uint64_t bits, int size)
{
    char *number = parameters->numbers[place];
    for (int i = 0; i < size; i++)
        number[i] = (char)(bits >> (8 * (size - 1 - i)));
    parameters->values[place] = number;
    parameters->lengths[place] = size;
    parameters->formats[place] = 1;
}

/* Dump a value as psycopg's dumper of its exact type does; 0 if it is left to that. */
static int put_parameter(Parameters *parameters, int place, PyObject *value)
{
    PyTypeObject *type = Py_TYPE(value);
    unsigned int *oid = &parameters->types[place];
    *oid = 0;
    parameters->formats[place] = 0;
    if (value == Py_None) {
        parameters->values[place] = NULL;
        parameters->lengths[place] = 0;
        return 1;
    }
    if (type == &PyLong_Type) {
        int overflow;
        long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
        if (overflow)
            return 0;
        int size = number == (int16_t)number ? 2 : number == (int32_t)number ? 4 : 8;
        *oid = size == 2 ? OID_INT2 : size == 4 ? OID_INT4 : OID_INT8;
        put_number(parameters, place, (uint64_t)number, size);
        return 1;
    }
    if (type == &PyFloat_Type) {
        double number = PyFloat_AsDouble(value);
        uint64_t bits;
        memcpy(&bits, &number, sizeof bits);
        *oid = OID_FLOAT8;
        put_number(parameters, place, bits, 8);
        return 1;
    }
    if (type == &PyBool_Type) {
        *oid = OID_BOOL;
        put_number(parameters, place, value == Py_True, 1);
        return 1;
    }
    const char *data = NULL;
    Py_ssize_t length = 0;
    if (type == &PyUnicode_Type) {
        data = PyUnicode_AsUTF8AndSize(value, &length);
        if (data == NULL || memchr(data, '\0', (size_t)length) != NULL) {
            PyErr_Clear(); /* the dumper says what is wrong with it */
            return 0;
        }
    }
    else if (type == &PyBytes_Type) {
        char *bytes;
        if (PyBytes_AsStringAndSize(value, &bytes, &length) < 0) {
            PyErr_Clear();
            return 0;
        }
        data = bytes;
        *oid = OID_BYTEA;
        parameters->formats[place] = 1;
    }
    parameters->values[place] = data;
    parameters->lengths[place] = (int)length;
    return data != NULL && length <= LONGEST_VALUE;
}

int put_parameters(Parameters *parameters, PyObject *params)
{
    Py_ssize_t number = PyTuple_Size(params);
    if (number > MOST_PARAMETERS)
        return 0;
    parameters->number = (int)number;
    for (int i = 0; i < (int)number; i++)
        if (!put_parameter(parameters, i, PyTuple_GetItem(params, i)))
            return 0;
    return 1;
}
