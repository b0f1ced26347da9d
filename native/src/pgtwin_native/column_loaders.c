/* How the values of one column are read: what `column_of()` says, checked.
 *
 * What a column refers to is complete and of the right types before a value is
 * read, and is not changed afterwards, so that threads may read with it at once.
 */
#include "core.h"

/* A time zone, and the intervals of what its clocks show. */
static int fill_zone(Column *column, PyObject *zone, PyObject *table)
{
    char *intervals;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(table, &intervals, &size) < 0)
        return -1;
    column->timezone = zone;
    column->interval_count = size / (Py_ssize_t)sizeof(Interval);
    if (column->interval_count == 0 || size % (Py_ssize_t)sizeof(Interval) != 0) {
        PyErr_Format(PyExc_ValueError, "%zd bytes are no intervals", size);
        return -1;
    }
    column->intervals = PyMem_Malloc((size_t)size);
    if (column->intervals == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    memcpy(column->intervals, intervals, (size_t)size);
    return 0;
}

/* The class UUID, its two members, the value of the second, and the address of
 * _PyLong_FromByteArray(), which is not in the stable ABI: there, an integer of 128 bits
 * takes three others and twice the time. */
static int fill_uuid(Column *column, PyObject *detail)
{
    PyObject *type, *number, *safety, *is_safe, *address;
    if (!PyArg_ParseTuple(detail, "OOOOO", &type, &number, &safety, &is_safe, &address))
        return -1;
    column->set_member = (descrsetfunc)PyType_GetSlot(Py_TYPE(number), Py_tp_descr_set);
    if (!PyType_Check(type) || column->set_member == NULL
        || Py_TYPE(number) != Py_TYPE(safety)) {
        PyErr_SetString(PyExc_TypeError, "a class and two of its members are needed");
        return -1;
    }
    column->uuid_type = (PyTypeObject *)type;
    column->allocate_uuid = (allocfunc)PyType_GetSlot(column->uuid_type, Py_tp_alloc);
    column->uuid_number = number;
    column->uuid_safety = safety;
    column->is_safe = is_safe;
    *(void **)&column->make_number = PyLong_AsVoidPtr(address);
    if (column->make_number == NULL && !PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "the address is 0");
    return column->make_number == NULL ? -1 : 0;
}

/* The type of the elements, and how they are read. */
static int fill_element(Column *column, unsigned int oid, PyObject *found)
{
    column->element = PyMem_Calloc(1, sizeof(Column));
    if (column->element == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    column->element->oid = oid;
    column->element->format = column->format;
    return fill_column(column->element, found);
}

static int fill_detail(Column *column, PyObject *detail)
{
    PyObject *first, *second;
    unsigned int oid;
    switch (column->kind) {
    case KIND_TIMESTAMPTZ:
    case KIND_TIMESTAMPTZ_TEXT:
        return PyArg_ParseTuple(detail, "OO", &first, &second)
            ? fill_zone(column, first, second)
            : -1;
    case KIND_NUMERIC:
    case KIND_NUMERIC_TEXT:
        return PyArg_ParseTuple(detail, "O", &column->make_decimal) ? 0 : -1;
    case KIND_UUID:
    case KIND_UUID_TEXT:
        return fill_uuid(column, detail);
    case KIND_ARRAY:
    case KIND_ARRAY_TEXT:
        return PyArg_ParseTuple(detail, "IO", &oid, &first)
            ? fill_element(column, oid, first)
            : -1;
    default:
        return 0;
    }
}

int fill_column(Column *column, PyObject *found)
{
    int kind;
    PyObject *load, *detail;
    if (!PyTuple_Check(found)) {
        PyErr_SetString(PyExc_TypeError, "column_of() must return a tuple");
        return -1;
    }
    if (!PyArg_ParseTuple(found, "iOO!", &kind, &load, &PyTuple_Type, &detail))
        return -1;
    if (kind < 0 || kind >= KIND_COUNT) {
        PyErr_Format(PyExc_ValueError, "there is no kind %d", kind);
        return -1;
    }
    column->kind = (Kind)kind;
    Py_INCREF(load);
    column->load = load;
    Py_INCREF(detail);
    column->detail = detail;
    return fill_detail(column, detail);
}

int visit_column(const Column *column, visitproc visit, void *arg)
{
    Py_VISIT(column->load);
    Py_VISIT(column->detail);
    return column->element == NULL ? 0 : visit_column(column->element, visit, arg);
}

void clear_column(Column *column)
{
    Py_CLEAR(column->load);
    Py_CLEAR(column->detail);
    PyMem_Free(column->intervals);
    column->intervals = NULL;
    if (column->element != NULL) {
        clear_column(column->element);
        PyMem_Free(column->element);
        column->element = NULL;
    }
}
