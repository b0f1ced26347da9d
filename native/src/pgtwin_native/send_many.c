/* A prepared statement for many sets of parameters: Engine.send_many().
 *
 * Parameters are written here if the first ones, which Python has bound, are
 * written to the same bytes, and the dumpers are psycopg's own; whatever else comes, the
 * reference in Python sends.
 */
#include "engine.h"

#include <string.h>

/* Write parameters that are a tuple or a list; 0 if they are left to the dumpers. `held`
 * is what their values are in: a tuple, which nobody changes. */
static int write_params(Parameters *parameters, PyObject *params, PyObject **held)
{
    PyObject *values = NULL;
    if (Py_TYPE(params) == &PyTuple_Type) {
        values = params;
        Py_INCREF(values);
    }
    else if (Py_TYPE(params) == &PyList_Type)
        values = PyList_AsTuple(params);
    replace(held, values);
    return values != NULL && put_parameters(parameters, values);
}

/* What is sent. */
typedef struct {
    PyObject *bind_one, *bound, *names, *params_seq, *result_format, *adapters;
    PyObject *name; /* of the first parameters' types, or NULL */
    Py_ssize_t most;
} Many;

/* Let Python send the rest, which begins with what was bound. */
static PyObject *leave_to_python(Engine *self, const Many *many, PyObject *bound)
{
    return PyObject_CallFunction(
        self->state->python.send_many, "OOOOOOnO", (PyObject *)self, many->bind_one, bound,
        many->names, many->params_seq, many->result_format, many->most - self->sent,
        many->adapters);
}

/* Return parameters with what Python makes of them. */
static PyObject *bind_params(const Many *many, PyObject *params)
{
    PyObject *made = PyObject_CallFunctionObjArgs(many->bind_one, params, NULL);
    PyObject *bound = made == NULL ? NULL : PyTuple_Pack(2, params, made);
    Py_XDECREF(made);
    return bound;
}

/* Return the name of the statement for the types of parameters, a borrowed reference;
 * NULL if it is not prepared for them, or with an exception. */
static PyObject *name_for(const Many *many, const Parameters *parameters)
{
    PyObject *types = PyTuple_New(parameters->number), *name = NULL;
    for (int i = 0; types != NULL && i < parameters->number; i++) {
        PyObject *type = PyLong_FromUnsignedLong(parameters->types[i]);
        if (type == NULL || PyTuple_SetItem(types, i, type) < 0)
            Py_CLEAR(types);
    }
    if (types != NULL)
        name = PyDict_GetItemWithError(many->names, types);
    Py_XDECREF(types);
    return name != NULL && PyBytes_Check(name) ? name : NULL;
}

/* Return whether the next parameters come without any code of the user's. */
static int is_quiet(const Many *many, PyObject *params)
{
    PyTypeObject *type = Py_TYPE(many->params_seq);
    return (type == &PyListIter_Type || type == &PyTupleIter_Type)
        && Py_TYPE(params) == &PyTuple_Type;
}

/* Send what is written here, as long as the statement is prepared for its types. `params`
 * are those that were not sent in the end, or NULL. Return whether sending has failed;
 * -1 with an exception. */
static int send_written(
    Engine *self, const Many *many, PyObject **params, PyObject **held,
    Parameters *parameters)
{
    PGconn *handle = NULL;
    unsigned int types[MOST_PARAMETERS];
    int number = parameters->number;
    size_t size = sizeof(unsigned int) * (size_t)number;
    int format = (int)PyLong_AsLong(many->result_format);
    const char *name = PyBytes_AsString(many->name);
    if (PyErr_Occurred())
        return -1;
    memcpy(types, parameters->types, size);
    for (;;) {
        if (handle == NULL)
            handle = handle_of(self);
        if (handle == NULL) {
            PyErr_Clear(); /* Python raises it */
            return 1;
        }
        if (!self->state->libpq.PQsendQueryPrepared(
                handle, name, number, parameters->values, parameters->lengths,
                parameters->formats, format))
            return 1;
        self->sent++;
        replace(params, self->sent == many->most ? NULL : PyIter_Next(many->params_seq));
        if (*params == NULL)
            return PyErr_Occurred() ? -1 : 0;
        if (!is_quiet(many, *params)) {
            /* The adapters may be others, and the handle may have been finished. */
            int usual = has_usual_dumpers(self, many->adapters);
            if (usual <= 0)
                return usual;
            handle = NULL;
        }
        if (!write_params(parameters, *params, held) || parameters->number != number)
            return PyErr_Occurred() ? -1 : 0;
        if (memcmp(parameters->types, types, size) != 0) {
            PyObject *other = name_for(many, parameters);
            if (other == NULL)
                return PyErr_Occurred() ? -1 : 0;
            name = PyBytes_AsString(other);
            memcpy(types, parameters->types, size);
            handle = NULL; /* a tuple was made, which may have called a finalizer */
        }
    }
}

/* send_many(bind_one, bound, names, params_seq, result_format, most, adapters) */
PyObject *engine_send_many(Engine *self, PyObject *const *args, Py_ssize_t count)
{
    if (count != 7 || !PyTuple_Check(args[1]) || PyTuple_Size(args[1]) != 2
        || !PyTuple_Check(PyTuple_GetItem(args[1], 1))
        || PyTuple_Size(PyTuple_GetItem(args[1], 1)) != 4) {
        PyErr_SetString(PyExc_TypeError, "send_many() takes seven arguments");
        return NULL;
    }
    Many many = {args[0], args[1], args[2], args[3], args[4], args[6], NULL,
                 PyLong_AsSsize_t(args[5])};
    if (many.most == -1 && PyErr_Occurred())
        return NULL;
    PyObject *params = PyTuple_GetItem(many.bound, 0), *held = NULL;
    PyObject *statement = PyTuple_GetItem(many.bound, 1);
    Parameters parameters;
    many.name = PyDict_GetItemWithError(many.names, PyTuple_GetItem(statement, 2));
    int usual = many.name != NULL && PyBytes_Check(many.name) && many.adapters != Py_None
        ? has_usual_dumpers(self, many.adapters)
        : 0;
    if (usual > 0)
        usual = write_params(&parameters, params, &held)
            && are_same(&parameters, statement);
    if (usual <= 0) {
        Py_XDECREF(held);
        if (usual < 0)
            return NULL;
        PyErr_Clear();
        return leave_to_python(self, &many, many.bound);
    }
    Py_INCREF(params);
    int failed = send_written(self, &many, &params, &held, &parameters);
    Py_XDECREF(held);
    PyObject *left = NULL;
    if (failed >= 0 && params != NULL)
        left = bind_params(&many, params);
    else if (failed >= 0) {
        left = Py_None;
        Py_INCREF(left);
    }
    Py_XDECREF(params);
    if (failed > 0 && left != NULL)
        /* Python tries the same, and raises the error. */
        replace(&left, leave_to_python(self, &many, left));
    return left;
}
