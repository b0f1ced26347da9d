/* Attributes of Python objects, as numbers and as truth. */
#include "engine.h"

PyObject *call_method(PyObject *object, PyObject *name)
{
    return PyObject_CallMethodObjArgs(object, name, NULL);
}

/* Return an attribute as a number; -1 with an exception. */
long number_of(PyObject *object, PyObject *name)
{
    PyObject *value = PyObject_GetAttr(object, name);
    long number = value == NULL ? -1 : PyLong_AsLong(value);
    Py_XDECREF(value);
    return number;
}

void replace(PyObject **place, PyObject *value)
{
    PyObject *before = *place;
    *place = value;
    Py_XDECREF(before);
}

void replace_by(PyObject **place, PyObject *value)
{
    Py_INCREF(value);
    replace(place, value);
}

int is_none(PyObject *value)
{
    return value == NULL || value == Py_None;
}
