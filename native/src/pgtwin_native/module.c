/* The module `pgtwin_native._core`: its state, and where libpq's functions are. */
#include "core.h"

#include <stdlib.h>

/* The classes, and what they are made of. */
#define TYPES(X)                                                                      \
    X(EngineType, engine_spec)                                                        \
    X(AdaptationStateType, adaptation_state_spec)                                     \
    X(SessionStateType, session_state_spec)                                           \
    X(ResultStateType, result_state_spec)                                             \
    X(OwnerStateType, owner_state_spec)                                               \
    X(BatchStateType, batch_state_spec)                                               \
    X(PipelineStateType, pipeline_state_spec)                                         \
    X(KeptStateType, kept_state_spec)                                                 \
    X(PreparedStateType, prepared_state_spec)                                         \
    X(ColumnsType, columns_spec)                                                      \
    X(RowLoaderType, row_loader_spec)                                                 \
    X(CopyFormatterType, copy_formatter_spec)                                         \
    X(CopyLoaderType, copy_loader_spec)                                               \
    X(ArrowReaderType, arrow_reader_spec)

/* bind_libpq(addresses): take the address of each function, by its name. */
static PyObject *bind_libpq(PyObject *module, PyObject *addresses)
{
    State *state = PyModule_GetState(module);
    Libpq libpq;
    PyObject *address;
    if (!PyDict_Check(addresses)) {
        PyErr_SetString(PyExc_TypeError, "the addresses must be a dict");
        return NULL;
    }
#define X(result, name, parameters)                                                   \
    address = PyDict_GetItemString(addresses, #name);                                 \
    if (address == NULL) {                                                            \
        PyErr_SetString(PyExc_LookupError, "no address of " #name);                   \
        return NULL;                                                                  \
    }                                                                                 \
    *(void **)&libpq.name = PyLong_AsVoidPtr(address);                                \
    if (libpq.name == NULL) {                                                         \
        if (!PyErr_Occurred())                                                        \
            PyErr_SetString(PyExc_ValueError, "the address of " #name " is 0");       \
        return NULL;                                                                  \
    }
    LIBPQ_FUNCTIONS(X)
#undef X
#define X(result, name, parameters)                                                   \
    address = PyDict_GetItemString(addresses, #name);                                 \
    *(void **)&libpq.name = address == NULL ? NULL : PyLong_AsVoidPtr(address);       \
    if (libpq.name == NULL && PyErr_Occurred())                                       \
        return NULL;
    LATER_LIBPQ_FUNCTIONS(X)
#undef X
    if (check_results(&libpq) < 0)
        return NULL;
    state->libpq = libpq;
    Py_RETURN_NONE;
}

/* bind_python(objects): take what is asked of Python, by its names. */
static PyObject *bind_python(PyObject *module, PyObject *objects)
{
    Python *python = &((State *)PyModule_GetState(module))->python;
    if (!PyDict_Check(objects)) {
        PyErr_SetString(PyExc_TypeError, "the objects must be in a dict");
        return NULL;
    }
#define X(name)                                                                       \
    if (PyDict_GetItemString(objects, #name) == NULL) {                               \
        PyErr_SetString(PyExc_LookupError, "no " #name);                              \
        return NULL;                                                                  \
    }
    PYTHON(X)
#undef X
#define X(name)                                                                       \
    {                                                                                 \
        PyObject *before = python->name;                                              \
        python->name = PyDict_GetItemString(objects, #name);                          \
        Py_INCREF(python->name);                                                      \
        Py_XDECREF(before);                                                           \
    }
    PYTHON(X)
#undef X
    State *state = PyModule_GetState(module);
    if (find_getter(&state->pgconn_ptr, python->PGconn, state->names.pgconn_ptr) < 0
        || find_getter(&state->pgresult_ptr, python->PGresult, state->names.pgresult_ptr)
            < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *names_of_functions(void)
{
    PyObject *names = PyList_New(0);
#define X(result, name, parameters)                                                   \
    if (names != NULL) {                                                              \
        PyObject *text = PyUnicode_FromString(#name);                                 \
        if (text == NULL || PyList_Append(names, text) < 0)                           \
            Py_CLEAR(names);                                                          \
        Py_XDECREF(text);                                                             \
    }
    LIBPQ_FUNCTIONS(X)
    LATER_LIBPQ_FUNCTIONS(X)
#undef X
    return names;
}

/* Define a function that returns a dict from the names of a list to its numbers. */
#define NUMBERS_OF(function, LIST, ITEM)                                              \
    static PyObject *function(void)                                                   \
    {                                                                                 \
        PyObject *numbers = PyDict_New();                                             \
        LIST(ITEM)                                                                    \
        return numbers;                                                               \
    }
#define ADD_NUMBER(name, value)                                                       \
    if (numbers != NULL) {                                                            \
        PyObject *number = PyLong_FromLong(value);                                    \
        if (number == NULL || PyDict_SetItemString(numbers, #name, number) < 0)       \
            Py_CLEAR(numbers);                                                        \
        Py_XDECREF(number);                                                           \
    }
#define ADD_KIND(name) ADD_NUMBER(name, KIND_##name)
#define ADD_CODE(name) ADD_NUMBER(name, CODE_##name)
NUMBERS_OF(numbers_of_kinds, KINDS, ADD_KIND)
NUMBERS_OF(numbers_of_codes, CODES, ADD_CODE)

static int add_object(PyObject *module, const char *name, PyObject *value)
{
    int failed = value == NULL || PyModule_AddObjectRef(module, name, value) < 0;
    Py_XDECREF(value);
    return failed ? -1 : 0;
}

static int module_exec(PyObject *module)
{
    State *state = PyModule_GetState(module);
    if (import_values(&state->makers) < 0)
        return -1;
#define X(name)                                                                       \
    state->names.name = PyUnicode_InternFromString(#name);                            \
    if (state->names.name == NULL)                                                    \
        return -1;
    NAMES(X)
#undef X
#define X(Type, spec)                                                                 \
    state->Type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);      \
    if (state->Type == NULL)                                                          \
        return -1;
    TYPES(X)
#undef X
    state->utf_8 = PyUnicode_InternFromString("utf-8");
    if (state->utf_8 == NULL || PyModule_AddType(module, state->EngineType) < 0
        || PyModule_AddType(module, state->ResultStateType) < 0
        || PyModule_AddType(module, state->OwnerStateType) < 0
        || PyModule_AddType(module, state->BatchStateType) < 0
        || PyModule_AddType(module, state->PipelineStateType) < 0
        || PyModule_AddType(module, state->AdaptationStateType) < 0
        || PyModule_AddType(module, state->SessionStateType) < 0
        || PyModule_AddType(module, state->KeptStateType) < 0
        || PyModule_AddType(module, state->PreparedStateType) < 0
        || PyModule_AddType(module, state->RowLoaderType) < 0
        || PyModule_AddType(module, state->CopyFormatterType) < 0
        || PyModule_AddType(module, state->CopyLoaderType) < 0
        || PyModule_AddType(module, state->ArrowReaderType) < 0
        || add_object(module, "ARROW_KINDS", numbers_of_arrow_kinds()) < 0
        || add_object(module, "ARROW_CODES", numbers_of_arrow_codes()) < 0
        || add_object(module, "FUNCTIONS", names_of_functions()) < 0
        || add_object(module, "KINDS", numbers_of_kinds()) < 0)
        return -1;
    return add_object(module, "CODES", numbers_of_codes());
}

static int module_traverse(PyObject *module, visitproc visit, void *arg)
{
    State *state = PyModule_GetState(module);
    Py_VISIT(state->pgconn_ptr.descriptor);
    Py_VISIT(state->pgresult_ptr.descriptor);
#define X(name) Py_VISIT(state->python.name);
    PYTHON(X)
#undef X
#define X(Type, spec) Py_VISIT(state->Type);
    TYPES(X)
#undef X
    return 0;
}

static int module_clear(PyObject *module)
{
    State *state = PyModule_GetState(module);
#define X(name) Py_CLEAR(state->python.name);
    PYTHON(X)
#undef X
#define X(name) Py_CLEAR(state->names.name);
    NAMES(X)
#undef X
#define X(Type, spec) Py_CLEAR(state->Type);
    TYPES(X)
#undef X
    Py_CLEAR(state->utf_8);
    Py_CLEAR(state->pgconn_ptr.descriptor);
    Py_CLEAR(state->pgresult_ptr.descriptor);
    clear_values(&state->makers);
    return 0;
}

static void module_free(void *module)
{
    module_clear((PyObject *)module);
}

static PyMethodDef module_methods[] = {
    {"bind_libpq", bind_libpq, METH_O,
     "Take the addresses of libpq's functions, a dict by their names (FUNCTIONS)."},
    {"bind_python", bind_python, METH_O,
     "Take what is asked of Python, a dict by names."},
    {"copied_data", copied_data, METH_VARARGS,
     "Return the data of a COPY that libpq has, and what it returned last."},
    {"write_arrow", write_arrow, METH_VARARGS,
     "Return rows of columns of Arrow as COPY's binary format has them, and how many."},
    {NULL, NULL, 0, NULL},
};
/* Its second line is for Pythons that know it. */
static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, module_exec},
    {0, NULL},
#ifdef Py_mod_gil
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};
static PyModuleDef module_def = {
    PyModuleDef_HEAD_INIT,
    .m_name = "pgtwin_native._core",
    .m_doc = "What never waits in pgtwin, in C.",
    .m_size = sizeof(State),
    .m_methods = module_methods,
    .m_slots = module_slots,
    .m_traverse = module_traverse,
    .m_clear = module_clear,
    .m_free = module_free,
};

/* What the headers of Python 3.12 call Py_mod_multiple_interpreters and
 * Py_MOD_PER_INTERPRETER_GIL_SUPPORTED; the stable ABI of 3.10 has no names for them. */
#define MULTIPLE_INTERPRETERS 3
#define PER_INTERPRETER_GIL_SUPPORTED ((void *)2)

/* Return whether this Python is 3.12 or later, which knows of interpreters' own GILs. */
static int has_interpreters(void)
{
    char *end;
    long major = strtol(Py_GetVersion(), &end, 10);
    return major > 3 || (major == 3 && strtol(end + 1, NULL, 10) >= 12);
}

PyMODINIT_FUNC PyInit__core(void)
{
    if (has_interpreters()) {
        module_slots[1].slot = MULTIPLE_INTERPRETERS;
        module_slots[1].value = PER_INTERPRETER_GIL_SUPPORTED;
    }
    return PyModuleDef_Init(&module_def);
}
