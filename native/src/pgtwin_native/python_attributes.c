/* Attributes and methods of Python objects. */
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

int find_getter(Getter *getter, PyObject *type, PyObject *name)
{
    PyObject *descriptor = PyObject_GetAttr(type, name);
    getter->type = NULL;
    if (descriptor == NULL)
        return -1;
    if (Py_TYPE(descriptor) == &PyGetSetDescr_Type
        && !(PyType_GetFlags((PyTypeObject *)type) & Py_TPFLAGS_HEAPTYPE)) {
        getter->type = (PyTypeObject *)type;
        getter->get =
            (descrgetfunc)PyType_GetSlot(&PyGetSetDescr_Type, Py_tp_descr_get);
        replace_by(&getter->descriptor, descriptor);
    }
    Py_DECREF(descriptor);
    return 0;
}

PyObject *get_by(const Getter *getter, PyObject *object, PyObject *name)
{
    if (Py_TYPE(object) == getter->type)
        return getter->get(getter->descriptor, object, (PyObject *)getter->type);
    return PyObject_GetAttr(object, name);
}
