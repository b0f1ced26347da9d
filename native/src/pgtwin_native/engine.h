/* What engine.c and prepared_statements.c share: an engine, and what it knows of statements. */
#ifndef PGTWIN_NATIVE_ENGINE_H
#define PGTWIN_NATIVE_ENGINE_H

#include "core.h"

/* What is known of a query that is prepared for parameters of some types. */
typedef struct Known {
    struct Known *next; /* of the same query, for other types */
    PyObject *kept, *key, *name, *adapters, *encoding;
    long generation;
    int format;  /* of the results; -1: it is to be asked for */
    int lasting; /* whether of the settings only the encoding matters; -1: not known */
    int usual;   /* whether its loaders are psycopg's, if `lasting` is known */
    int number;
    unsigned int types[]; /* of the parameters */
} Known;

typedef struct {
    PyObject_HEAD
    PyObject *module; /* holds the state */
    State *state;
    PyObject *pgconn, *get_result; /* the handle, and its method */
    PyObject *statement; /* that Python has bound last, or NULL */
    PyObject *asked;     /* query and parameters that were bound here, or NULL */
    PyObject *known;     /* capsules with Known, by queries */
    Known *started;
    PGnotify **noted; /* that are not decoded yet, */
    Py_ssize_t noted_number, noted_room;
    PyObject *arrived; /* and that are */
    PyObject *results;
    PyObject *failure;
    PyObject *settled; /* a bool, as Python finds objects faster */
    Py_ssize_t sent;    /* by send_many() */
    PyObject *usual_cursors; /* a class of cursors that bind as usual */
    PyObject *adapters; /* that were looked at last, */
    long generation;    /* in this generation, */
    char usual;         /* and whether C writes what their dumpers do */
    char copying;
} Engine;

/* Parameters that are sent at most without a look whether they fit into a message, and
 * the bytes of a value. */
enum { MOST_PARAMETERS = 64, LONGEST_VALUE = 2000 };

/* Parameters as they are sent. */
typedef struct {
    int number;
    unsigned int types[MOST_PARAMETERS];
    int lengths[MOST_PARAMETERS];
    int formats[MOST_PARAMETERS];
    const char *values[MOST_PARAMETERS];
    char numbers[MOST_PARAMETERS][8];
} Parameters;

/* python_attributes.c: -1, and NULL, with an exception */
PyObject *call_method(PyObject *object, PyObject *name);
long number_of(PyObject *object, PyObject *name);

static inline int is_none(PyObject *value) /* or NULL */
{
    return value == NULL || value == Py_None;
}

/* Put another object into a place; takes the reference. */
static inline void replace(PyObject **place, PyObject *value)
{
    PyObject *before = *place;
    *place = value;
    Py_XDECREF(before);
}

static inline void replace_by(PyObject **place, PyObject *value)
{
    Py_INCREF(value);
    replace(place, value);
}

/* parameters.c */
/* Dump the values of a tuple as psycopg's dumpers of their exact types do; 0 if one is
 * left to its dumper. */
int put_parameters(Parameters *parameters, PyObject *params);

/* engine.c */
/* Return libpq's handle; NULL with an exception if it was finished. */
PGconn *handle_of(const Engine *self);
/* Return the next result, as psycopg has it. */
PyObject *next_result(Engine *self);

/* prepared_statements.c */
/* Return whether adapters are still those with which a query became known. */
int is_current(Engine *self, const SessionState *session, const Known *known);
/* Return whether C writes what the dumpers of some adapters do; -1 on error. */
int has_usual_dumpers(Engine *self, PyObject *adapters);
/* Return whether the values of a statement are those that are written here. */
int are_same(const Parameters *parameters, PyObject *statement);
PyObject *engine_start(Engine *self, PyObject *const *args, Py_ssize_t number);
PyObject *engine_start_for(Engine *self, PyObject *const *args, Py_ssize_t number);

/* send_many.c, pipeline_results.c */
PyObject *engine_send_many(Engine *self, PyObject *const *args, Py_ssize_t count);
PyObject *engine_collect(Engine *self, PyObject *pipelining);

#endif
