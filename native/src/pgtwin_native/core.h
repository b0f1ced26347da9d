/* What the parts of the extension share.
 *
 * Nothing here waits, opens or frees a handle of libpq's, and nothing is linked
 * with libpq: the functions are those of the library that psycopg.pq has loaded, whose
 * addresses are given at run time. Only Python's stable ABI (3.10) is used, and what of
 * libpq, datetime and int it leaves out, which is tried or looked up first; and the locks
 * of free-threaded Python, which has no stable ABI.
 *
 * Threads may share a RowLoader and a CopyFormatter: what a method reads or changes of its
 * object it takes or puts between LOCK and UNLOCK, with references of its own; a call of
 * Python in between lets other threads do the same, as it does where there is a GIL. All
 * else belongs to a session, and is used by who holds its lock.
 */
#ifndef PGTWIN_NATIVE_CORE_H
#define PGTWIN_NATIVE_CORE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

#ifdef Py_GIL_DISABLED
#define LOCK(object) Py_BEGIN_CRITICAL_SECTION(object)
#define UNLOCK() Py_END_CRITICAL_SECTION()
#else
#define LOCK(object) {
#define UNLOCK() }
#endif

typedef struct pg_conn PGconn;
typedef struct pgNotify {
    char *relname;
    int be_pid;
    char *extra;
    struct pgNotify *next; /* libpq's own */
} PGnotify;

/* The beginning of libpq's result, so that reading a value takes no calls. psycopg's C
 * modules rely on it, too; bind_libpq() tries it on a result that libpq has made. */
typedef struct {
    int length; /* -1: NULL */
    char *data; /* with a NUL byte after its end */
} Cell;

typedef struct pg_result {
    int row_count;
    int column_count;
    void *descriptions;
    Cell **rows;
} PGresult;

typedef struct {
    char *name;
    unsigned int table;
    int table_column;
    int format;
    unsigned int type;
    int type_size;
    int type_modifier;
} ColumnDescription;

/* The functions of libpq that are called: result type, name, parameters. */
#define LIBPQ_FUNCTIONS(X)                                                            \
    X(int, PQresultStatus, (const PGresult *))                                        \
    X(char *, PQcmdStatus, (PGresult *))                                              \
    X(char *, PQcmdTuples, (PGresult *))                                              \
    X(int, PQntuples, (const PGresult *))                                             \
    X(int, PQnfields, (const PGresult *))                                             \
    X(unsigned int, PQftype, (const PGresult *, int))                                 \
    X(int, PQfformat, (const PGresult *, int))                                        \
    X(char *, PQgetvalue, (const PGresult *, int, int))                               \
    X(int, PQgetlength, (const PGresult *, int, int))                                 \
    X(int, PQconsumeInput, (PGconn *))                                                \
    X(int, PQtransactionStatus, (const PGconn *))                                     \
    X(int, PQsendQueryPrepared,                                                       \
      (PGconn *, const char *, int, const char *const *, const int *, const int *, int)) \
    X(PGresult *, PQgetResult, (PGconn *))                                            \
    X(int, PQisBusy, (PGconn *))                                                      \
    X(int, PQflush, (PGconn *))                                                       \
    X(int, PQstatus, (const PGconn *))                                                \
    X(PGnotify *, PQnotifies, (PGconn *))                                             \
    X(void, PQfreemem, (void *))                                                      \
    X(const char *, PQparameterStatus, (const PGconn *, const char *))                \
    X(int, PQgetCopyData, (PGconn *, char **, int))                                   \
    X(PGresult *, PQmakeEmptyPGresult, (void *, int))                                 \
    X(int, PQsetResultAttrs, (PGresult *, int, ColumnDescription *))                  \
    X(int, PQsetvalue, (PGresult *, int, int, char *, int))                           \
    X(void, PQclear, (PGresult *))

/* The same of libpq 14, NULL in an older one. */
#define LATER_LIBPQ_FUNCTIONS(X) X(int, PQpipelineStatus, (const PGconn *))

typedef struct {
#define X(result, name, parameters) result(*name) parameters;
    LIBPQ_FUNCTIONS(X)
    LATER_LIBPQ_FUNCTIONS(X)
#undef X
} Libpq;

/* The part of `datetime.datetime_CAPI` that is used. Its header is not in the stable
 * ABI; its layout has not changed since Python 3.7, and import_values() tries it. */
typedef struct {
    PyTypeObject *DateType;
    PyTypeObject *DateTimeType;
    PyTypeObject *TimeType;
    PyTypeObject *DeltaType;
    PyTypeObject *TZInfoType;
    PyObject *TimeZone_UTC;
    PyObject *(*Date_FromDate)(int, int, int, PyTypeObject *);
    PyObject *(*DateTime_FromDateAndTime)(
        int, int, int, int, int, int, int, PyObject *, PyTypeObject *);
    PyObject *(*Time_FromTime)(int, int, int, int, PyObject *, PyTypeObject *);
    PyObject *(*Delta_FromDelta)(int, int, int, int, PyTypeObject *);
    PyObject *(*TimeZone_FromTimeZone)(PyObject *, PyObject *);
    PyObject *(*DateTime_FromTimestamp)(PyObject *, PyObject *, PyObject *);
    PyObject *(*Date_FromTimestamp)(PyObject *, PyObject *);
    PyObject *(*DateTime_FromDateAndTimeAndFold)(
        int, int, int, int, int, int, int, PyObject *, int, PyTypeObject *);
} DateTimeAPI;

/* A date, which has four bytes of data, or a datetime. Not in the stable ABI either;
 * unchanged since Python 3.6, and import_values() tries it. */
typedef struct {
    PyObject_HEAD
    Py_hash_t hash;
    char has_timezone;
    unsigned char data[10]; /* year in two bytes, month, day, time; microseconds in three */
    unsigned char fold;
    PyObject *timezone; /* if it has one */
} DateTimeFields;

/* What values are made with. */
typedef struct {
    DateTimeAPI *dates;
    PyObject *name_fromutc;
    PyObject *name_int;
} Makers;

/* What is asked of Python, by its names there (bind_python()). */
#define PYTHON(X)                                                                     \
    X(Error) X(Notify) X(OperationalError) X(PGconn) X(PGresult) X(UNOBSERVED) X(begin) \
    X(bind) X(bind_again) X(count_rows) X(deque) X(flushing_failed) X(give)            \
    X(has_usual_dumpers) X(is_plain_query) X(reading_failed) X(send_many) X(start)    \
    X(start_for) X(tuple_row)

typedef struct {
#define X(name) PyObject *name;
    PYTHON(X)
#undef X
} Python;

/* Names of attributes. */
#define NAMES(X)                                                                      \
    X(_bind) X(_bind_each) X(_bind_query) X(_finish) X(_forget) X(_load_row)          \
    X(_load_rows) X(_row_maker) X(append) X(extend) X(fail) X(find) X(format_for)     \
    X(_session) X(generation) X(get_result) X(pgconn_ptr) X(pgresult_ptr) X(popleft)  \
    X(receive) X(row_factory) X(set_pgresult) X(status) X(take) X(appendleft)         \
    X(command_status) X(make_empty_result)

typedef struct {
#define X(name) PyObject *name;
    NAMES(X)
#undef X
} Names;

/* How an attribute of a class is got that nobody can replace; no type if one could. */
typedef struct {
    PyTypeObject *type;
    PyObject *descriptor;
    descrgetfunc get;
} Getter;

/* The state of one module object, thus of one interpreter. */
typedef struct {
    Libpq libpq;
    Makers makers;
    Python python;
    Names names;
    PyTypeObject *EngineType;
    PyTypeObject *AdaptationStateType;
    PyTypeObject *SessionStateType;
    PyTypeObject *ResultStateType;
    PyTypeObject *OwnerStateType;
    PyTypeObject *BatchStateType;
    PyTypeObject *PipelineStateType;
    PyTypeObject *KeptStateType;
    PyTypeObject *PreparedStateType;
    PyTypeObject *ColumnsType;
    PyTypeObject *RowLoaderType;
    PyTypeObject *CopyFormatterType;
    PyTypeObject *CopyLoaderType;
    PyTypeObject *ArrowReaderType;
    Getter pgconn_ptr, pgresult_ptr;
    PyObject *utf_8; /* its name */
} State;

/* How the values of a column are read. BY_LOADER asks the loader, the others say what
 * psycopg's loader of that name does. The names are known to Python by `KINDS`. */
#define KINDS(X)                                                                      \
    X(BY_LOADER) X(TEXT) X(INT_TEXT) X(FLOAT_TEXT) X(BOOL_TEXT) X(NUMERIC_TEXT)       \
    X(BYTEA_TEXT) X(DATE_TEXT) X(TIMESTAMP_TEXT) X(TIMESTAMPTZ_TEXT) X(UUID_TEXT)     \
    X(ARRAY_TEXT) X(INT2) X(INT4) X(INT8) X(OID) X(FLOAT4) X(FLOAT8) X(BOOL)          \
    X(NUMERIC) X(BYTEA) X(DATE) X(TIMESTAMP) X(TIMESTAMPTZ) X(UUID) X(ARRAY)

typedef enum {
#define X(name) KIND_##name,
    KINDS(X)
#undef X
    KIND_COUNT
} Kind;

/* What the clocks of a time zone show from a moment on, in microseconds since 1970. */
typedef struct {
    int64_t start;
    int64_t offset; /* east of UTC, in microseconds */
    int64_t fold;   /* -1: the zone must be asked */
} Interval;

typedef struct Column {
    unsigned int oid;
    int format;
    Kind kind;
    PyObject *load; /* the `load` of psycopg's loader, or of the user's */
    /* What else the kind needs, which holds what the pointers below borrow. */
    PyObject *detail;
    /* of a TIMESTAMPTZ; the first interval has no beginning */
    PyObject *timezone;
    Interval *intervals;
    Py_ssize_t interval_count;
    /* of a NUMERIC: Decimal(text), or an error */
    PyObject *make_decimal;
    /* of a UUID */
    PyTypeObject *uuid_type;
    allocfunc allocate_uuid;
    descrsetfunc set_member;
    PyObject *uuid_number, *uuid_safety, *is_safe;
    PyObject *(*make_number)(const unsigned char *, size_t, int, int);
    /* of an ARRAY, whose elements it is */
    struct Column *element;
} Column;

/* How a value is written in a COPY (`core/copy_ways.py`). NOT_PLAIN leaves its row to
 * Python. The names are known to Python by `CODES`. */
#define CODES(X)                                                                      \
    X(NOT_PLAIN) X(NONE) X(BY_DUMPER) X(INT) X(FLOAT) X(BOOL) X(STRING) X(BYTES)      \
    X(DATE) X(TIMESTAMP) X(TIMESTAMPTZ) X(UUID) X(INT2) X(INT4) X(INT8) X(OID)        \
    X(FLOAT4) X(FLOAT8)

typedef enum {
#define X(name) CODE_##name,
    CODES(X)
#undef X
    CODE_COUNT
} Code;

/* Integers as the network has them, which compilers read in one step. */
static inline uint16_t read16(const char *data)
{
    const unsigned char *bytes = (const unsigned char *)data;
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static inline uint32_t read32(const char *data)
{
    const unsigned char *bytes = (const unsigned char *)data;
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8
        | bytes[3];
}

static inline uint64_t read64(const char *data)
{
    return (uint64_t)read32(data) << 32 | read32(data + 4);
}

/* Read digits, `count` of them; return -1 if there is anything else. */
static inline int64_t read_digits(const char *data, int count)
{
    int64_t number = 0;
    for (int i = 0; i < count; i++) {
        if (data[i] < '0' || data[i] > '9')
            return -1;
        number = number * 10 + (data[i] - '0');
    }
    return number;
}

/* python_attributes.c */
/* Find how an attribute of a class is got; -1 on error. */
int find_getter(Getter *getter, PyObject *type, PyObject *name);
/* Return an attribute, as PyObject_GetAttr() does. */
PyObject *get_by(const Getter *getter, PyObject *object, PyObject *name);

/* column_loaders.c */
int fill_column(Column *column, PyObject *found);
void clear_column(Column *column);
int visit_column(const Column *column, visitproc visit, void *arg);

/* load_values.c */
int import_values(Makers *makers);
void clear_values(Makers *makers);
/* Return a value that is not NULL in SQL; NULL, with or without an exception, if it is
 * not plain. The byte after its end can be read, and is no part of a number. */
PyObject *load_plain(
    const Makers *makers, const Column *column, const char *data, int length);
/* Return what the column's loader makes of it. */
PyObject *load_by_loader(const Column *column, const char *data, int length);

/* load_numbers.c, load_bytes.c, load_dates.c, load_arrays.c: as load_plain(). */
PyObject *load_int_text(const char *data, int length);
PyObject *load_float_text(const char *data, int length);
PyObject *load_numeric_text(const Column *column, const char *data, int length);
PyObject *load_numeric(const Column *column, const char *data, int length);
PyObject *load_bytea_text(const char *data, int length);
PyObject *load_uuid(const Column *column, const char *data, int length);
PyObject *load_uuid_text(const Column *column, const char *data, int length);
PyObject *load_date(const Makers *makers, const char *data, int length);
PyObject *load_date_text(const Makers *makers, const char *data, int length);
PyObject *load_timestamp(
    const Makers *makers, const Column *column, const char *data, int length);
PyObject *load_timestamp_text(
    const Makers *makers, const Column *column, const char *data, int length);
PyObject *load_array(
    const Makers *makers, const Column *column, const char *data, int length);
PyObject *load_array_text(
    const Makers *makers, const Column *column, const char *data, int length);

/* load_dates.c */
/* Return the days since 1970-01-01 of a date of the Gregorian calendar. */
int64_t days_of(int year, int month, int day);
int check_dates(const DateTimeAPI *dates);

/* rows.c */
/* Take what column_of() has returned for a column. */
int fill_column(Column *column, PyObject *found);
extern PyType_Spec columns_spec;
extern PyType_Spec row_loader_spec;
void free_object(PyObject *self);
/* Return the module that a class, or a base of it, is from: a borrowed reference. */
PyObject *module_of(PyTypeObject *type);
/* Return libpq's result of a `psycopg.pq.PGresult`, NULL with an exception if it was
 * cleared. */
const PGresult *pointer_of(const State *state, PyObject *result);
/* Return the values of all rows of a result, which is libpq's `pointer`, by the columns
 * of a RowLoader. */
PyObject *load_result(PyObject *row_loader, PyObject *result, const PGresult *pointer);

int check_results(const Libpq *libpq);

/* result_state.c */
extern PyType_Spec result_state_spec;

/* pipeline_state.c */
extern PyType_Spec owner_state_spec;
extern PyType_Spec batch_state_spec;
extern PyType_Spec pipeline_state_spec;

/* By what a session adapts values: a base of that class. */
#define ADAPTATION_FIELDS(X)                                                          \
    X(adapters) X(encoding) X(row_generation) X(row_loader) X(settings)

typedef struct {
    PyObject_HEAD
#define X(name) PyObject *name;
    ADAPTATION_FIELDS(X)
#undef X
} AdaptationState;

/* The state of a session that is looked at for each statement: a base of its class. */
#define SESSION_FIELDS(X)                                                             \
    X(adaptation) X(autocommit) X(automatic_binary) X(hooks) X(orphaned)              \
    X(pipelining) X(prepared)

typedef struct {
    PyObject_HEAD
#define X(name) PyObject *name;
    SESSION_FIELDS(X)
#undef X
} SessionState;

/* Return whether an object is a session that has its adaptation. */
int is_session(const State *state, PyObject *session);
/* Return the adaptation of what is a session: a borrowed reference. */
#define ADAPTATION(session) ((AdaptationState *)(session)->adaptation)

/* The same of a statement, and of all that are prepared. */
#define KEPT_FIELDS(X)                                                                \
    X(columns) X(generation) X(key) X(many) X(name) X(settings)

typedef struct {
    PyObject_HEAD
#define X(name) PyObject *name;
    KEPT_FIELDS(X)
#undef X
} KeptState;

#define PREPARED_FIELDS(X) X(latest) X(retired)

typedef struct {
    PyObject_HEAD
#define X(name) PyObject *name;
    PREPARED_FIELDS(X)
#undef X
} PreparedState;

/* state_fields.c */
extern PyType_Spec adaptation_state_spec;
extern PyType_Spec session_state_spec;
extern PyType_Spec kept_state_spec;
extern PyType_Spec prepared_state_spec;

/* engine.c */
extern PyType_Spec engine_spec;

/* copy_format.c */
extern PyType_Spec copy_formatter_spec;

/* copy_read.c */
extern PyType_Spec copy_loader_spec;
PyObject *copied_data(PyObject *module, PyObject *args);

/* arrow_read.c */
extern PyType_Spec arrow_reader_spec;
PyObject *numbers_of_arrow_kinds(void);

/* arrow_write.c */
PyObject *write_arrow(PyObject *module, PyObject *args);
PyObject *numbers_of_arrow_codes(void);

#endif
