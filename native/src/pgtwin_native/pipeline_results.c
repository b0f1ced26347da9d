/* The results of a pipeline: Engine.collect().
 *
 * Results are handed out in the order in which the statements were sent, and each
 * owner has left the queue before it is called.
 */
#include "pipeline_state.h"

/* Of libpq's PGpipelineStatus and ConnStatusType. */
enum { PIPELINE_ON = 1, CONNECTION_OK = 0 };
/* Of libpq's ExecStatusType. */
enum { NO_RESULT = -2, COMMAND_OK = 1, TUPLES_OK = 2, COPY_OUT = 3, COPY_IN = 4,
       COPY_BOTH = 8, PIPELINE_SYNC = 10 };

static int is_unowned(int status)
{
    return status == PIPELINE_SYNC || status == COPY_OUT || status == COPY_IN
        || status == COPY_BOTH;
}

/* The results of a statement. */
typedef struct {
    PyObject *list;          /* NULL if they are `only` one */
    PyObject *only;
    PGresult *counted;       /* the only one, if it is not psycopg's */
    const PGresult *pointer; /* of the last one that is */
    int status;
} Taken;

/* Return the results as a list, a borrowed reference. */
static PyObject *as_list(Taken *taken)
{
    if (taken->list == NULL) {
        taken->list = PyList_New(0);
        if (taken->only != NULL && taken->list != NULL
            && PyList_Append(taken->list, taken->only) < 0)
            Py_CLEAR(taken->list);
    }
    return taken->list;
}

/* Take what ends the results of a statement after one of a command or with rows: in a
 * pipeline libpq has no other then. -1 on error. */
static int take_end(const Libpq *libpq, PGconn *handle)
{
    PGresult *end = libpq->PQgetResult(handle);
    if (end == NULL)
        return 0;
    libpq->PQclear(end);
    PyErr_SetString(PyExc_SystemError, "libpq has two results of one statement");
    return -1;
}

/* Take the results of a statement; -1 on error. */
static int take_results(Engine *self, PGconn *handle, Taken *taken)
{
    const Libpq *libpq = &self->state->libpq;
    while (!is_unowned(taken->status)) {
        PyObject *result = next_result(self);
        if (result == NULL)
            return -1;
        if (result == Py_None) {
            Py_DECREF(result);
            return 0;
        }
        int added = 0;
        taken->pointer = pointer_of(self->state, result);
        if (taken->only == NULL)
            taken->only = result;
        else {
            added = as_list(taken) == NULL ? -1 : PyList_Append(taken->list, result);
            Py_DECREF(result);
        }
        if (taken->pointer == NULL || added < 0)
            return -1;
        taken->status = libpq->PQresultStatus(taken->pointer);
        if (taken->status == TUPLES_OK || taken->status == COMMAND_OK)
            return take_end(libpq, handle);
    }
    return 0;
}

/* Return whether the next result is no error: the one that has come was read by libpq. */
static int goes_well(const Libpq *libpq, PGconn *handle)
{
    return libpq->PQpipelineStatus != NULL
        && libpq->PQpipelineStatus(handle) == PIPELINE_ON
        && libpq->PQstatus(handle) == CONNECTION_OK;
}

/* Take the result of a statement whose rows are counted, and nothing else of it: psycopg
 * makes no object of it. -1 on error. */
static int take_counted(Engine *self, PGconn *handle, Taken *taken)
{
    const Libpq *libpq = &self->state->libpq;
    PGresult *pointer = libpq->PQgetResult(handle);
    if (pointer == NULL)
        return 0;
    taken->status = libpq->PQresultStatus(pointer);
    if (taken->status == TUPLES_OK || taken->status == COMMAND_OK) {
        taken->counted = pointer;
        return take_end(libpq, handle);
    }
    libpq->PQclear(pointer);
    /* Its status tells all, and if libpq has made it of an error of its own, the message
     * that the handle still has. */
    PyObject *status = PyLong_FromLong(taken->status);
    if (status == NULL)
        return -1;
    taken->only = PyObject_CallMethodObjArgs(
        self->pgconn, self->state->names.make_empty_result, status, NULL);
    Py_DECREF(status);
    taken->pointer = taken->only == NULL ? NULL : pointer_of(self->state, taken->only);
    return taken->pointer == NULL ? -1 : take_results(self, handle, taken);
}
/* Return whether an owner keeps nothing of a result but the rows that it tells of. */
static int is_counting(const State *state, PyObject *owner)
{
    return PyObject_TypeCheck(owner, state->BatchStateType)
        && !((BatchState *)owner)->_returning;
}

/* Let an owner have the results of its statement; as hand_out(). */
static int hand_over(Engine *self, PyObject *owner, Taken *taken)
{
    State *state = self->state;
    int done = 0, rows = taken->status == TUPLES_OK;
    int good = taken->list == NULL && (rows || taken->status == COMMAND_OK);
    if (taken->counted != NULL)
        return count_result(state, (BatchState *)owner, taken->counted);
    if (good && is_counting(state, owner))
        done = count_result(state, (BatchState *)owner, taken->pointer);
    else if (good && PyObject_TypeCheck(owner, state->BatchStateType))
        done = keep_result(state, (BatchState *)owner, taken->only);
    else if (good && rows && PyObject_TypeCheck(owner, state->OwnerStateType))
        done = as_list(taken) == NULL
            ? -1
            : give_rows(state, (OwnerState *)owner, taken->list, taken->pointer);
    if (done)
        return done;
    PyObject *results = as_list(taken), *received = NULL;
    if (results != NULL)
        received = PyObject_CallMethodObjArgs(owner, state->names.receive, results, NULL);
    Py_XDECREF(received);
    return received == NULL ? -1 : CALLED;
}

/* Tell a pipeline of the error that an owner has raised; -1 if it is none of those. */
static int tell_failure(const State *state, PyObject *pipelining)
{
    PyObject *type, *value, *traceback;
    if (!PyErr_ExceptionMatches(state->python.Error))
        return -1;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    if (traceback != NULL)
        PyException_SetTraceback(value, traceback);
    PyObject *told =
        PyObject_CallMethodObjArgs(pipelining, state->names.fail, value, NULL);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    Py_XDECREF(told);
    return told == NULL ? -1 : CALLED;
}

/* Let an owner have the next results again, which are none or not its; -1 on error, also
 * if there was one before, which stays. */
static int put_back(const State *state, PipelineState *pipelining, PyObject *owner)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *added = PyObject_CallMethodObjArgs(
        pipelining->owners, state->names.appendleft, owner, NULL);
    Py_XDECREF(added);
    if (type != NULL)
        PyErr_Restore(type, value, traceback);
    return added == NULL || type != NULL ? -1 : 0;
}

/* Hand out the results of one statement, which have come. Return CALLED if that may
 * have called somebody, who may have finished the handle; -1 on error. */
static int hand_out(Engine *self, PGconn *handle, PipelineState *pipelining)
{
    const State *state = self->state;
    Taken taken = {NULL, NULL, NULL, NULL, NO_RESULT};
    PyObject *owner = PyObject_CallNoArgs(pipelining->popleft);
    int done = owner == NULL ? -1
        : is_counting(state, owner) && goes_well(&state->libpq, handle)
        ? take_counted(self, handle, &taken)
        : take_results(self, handle, &taken);
    int is_owned = done == 0 && !is_unowned(taken.status);
    if (owner != NULL && !is_owned && put_back(state, pipelining, owner) < 0)
        done = -1;
    if (done == 0 && is_owned && owner != Py_None) {
        done = hand_over(self, owner, &taken);
        if (done < 0)
            done = tell_failure(state, (PyObject *)pipelining);
    }
    else if (done == 0) {
        PyObject *results = as_list(&taken), *told = NULL;
        if (results != NULL)
            told = PyObject_CallMethodObjArgs(
                (PyObject *)pipelining, state->names.take, results, NULL);
        Py_XDECREF(told);
        done = told == NULL ? -1 : CALLED;
    }
    if (taken.counted != NULL)
        state->libpq.PQclear(taken.counted);
    Py_XDECREF(owner);
    Py_XDECREF(taken.list);
    Py_XDECREF(taken.only);
    return done;
}

/* collect(pipelining) */
PyObject *engine_collect(Engine *self, PyObject *pipelining)
{
    const State *state = self->state;
    if (!PyObject_TypeCheck(pipelining, state->PipelineStateType)) {
        PyErr_SetString(PyExc_TypeError, "collect() takes what keeps a pipeline");
        return NULL;
    }
    PyObject *owners = ((PipelineState *)pipelining)->owners;
    PGconn *handle = NULL;
    int done = CALLED;
    while (done > 0) {
        Py_ssize_t number = PyObject_Size(owners);
        if (number == 0)
            break;
        if (done == CALLED)
            handle = number < 0 ? NULL : handle_of(self);
        if (handle == NULL)
            done = -1;
        else if (state->libpq.PQisBusy(handle))
            break;
        else
            done = hand_out(self, handle, (PipelineState *)pipelining);
    }
    if (done < 0)
        return NULL;
    Py_RETURN_NONE;
}
