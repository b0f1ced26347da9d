/* What a cursor and the owners of a pipeline's statements have in common. */
#ifndef PGTWIN_NATIVE_OWNERS_H
#define PGTWIN_NATIVE_OWNERS_H

#include "engine.h"

#define RESULT_FIELDS(X)                                                              \
    X(pgresult) X(_connection) X(_session) X(_row_factory) X(_adapters) X(_results)   \
    X(_loaded) X(_values) X(_loader) X(_bound) X(_encoding) X(_make_row) X(_ended)    \
    X(_pending) X(_large) X(_given_format) X(_asked_format) X(_asked) X(_closed)

typedef struct {
    PyObject_HEAD
    State *state;
    PyObject *module; /* holds the state */
#define X(name) PyObject *name;
    RESULT_FIELDS(X)
#undef X
    Py_ssize_t _index;
    Py_ssize_t _position;
    Py_ssize_t _rowcount;
} ResultState;

#define OWNER_FIELDS(X) X(_session) X(_cursor) X(_kept) X(_seen)

typedef struct {
    PyObject_HEAD
#define X(name) PyObject *name;
    OWNER_FIELDS(X)
#undef X
    char done; /* whether the results have come, or never will */
} OwnerState;

/* libpq keeps no more of a command's tag, and what ends it. */
enum { TAG_ROOM = 64 };

typedef struct {
    PyObject_HEAD
    PyObject *_results;
    PyObject *_last; /* that Python has taken, NULL if another was counted since */
    Py_ssize_t _expected;
    Py_ssize_t _received;
    long long _rowcount;
    char tag[TAG_ROOM]; /* of the result that was counted last, */
    long long tag_rows; /* and the rows that it tells of */
    char _returning;
    char done;
} BatchState;

typedef struct {
    PyObject_HEAD
    PyObject *owners;           /* a deque, */
    PyObject *append, *popleft; /* and methods of it */
    PyObject *_execution;       /* the class of a cursor's owners */
    Py_ssize_t level;
    Py_ssize_t unseen;
    char begun;
} PipelineState;

/* result_state.c */
/* Take results that have come just now, and move to the first; -1 on error. `pointer` is
 * libpq's if there is only one, and that is asked for already; `generation` that of the
 * adapters, or UNASKED. */
enum { UNASKED = -1 };
int keep_results(
    ResultState *self, PyObject *results, const PGresult *pointer, PyObject *kept,
    int usual, long generation);
/* Begin to hold no result any more: what `_forget()` leaves to the next ones; -1 on
 * error. */
int drop_results(ResultState *self);
/* Hold no result any more; -1 on error. */
int forget_results(ResultState *self);

/* pipeline_state.c: what has been done with a result; 0 if `receive()` must do it, -1 on error */
enum { TAKEN = 1, CALLED = 2 /* and others may have been called */ };
/* Give a list with one result of rows to the cursor that has executed a statement. */
int give_rows(
    State *state, OwnerState *self, PyObject *results, const PGresult *pointer);
/* Keep a result that is no error among those of a batch. */
int keep_result(const State *state, BatchState *self, PyObject *result);
/* Count the rows of such a result, of which nothing is kept. */
int count_result(const State *state, BatchState *self, const PGresult *pointer);
/* Return a new owner for a cursor, which is not queued. */
OwnerState *make_owner(
    const State *state, const PipelineState *pipelining, SessionState *session,
    ResultState *cursor);
/* Note that a cursor is owed the results of a statement; -1 on error. */
int owe_results(PipelineState *self, OwnerState *owner, PyObject *kept);

#endif
