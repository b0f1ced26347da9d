"""Why pgtwin differs from psycopg, where it does: a sentence for each difference.

Each pattern matches public names of psycopg that are absent from pgtwin or differ;
each sentence about behaviour has a test in tests/aio/test_differences_*.py.
"""

INSIDE = "how psycopg works inside; what users need of it is in the package itself"
MADE = "not called by users: connections make cursors, and these make all else"
HANDED_OUT = "the connection's own, to be used, not to be replaced"
FORMAT = "a format that is not asked for is the faster one, if no value differs"
WORKINGS = "how psycopg's module works inside; nothing documented needs it"
TYPE_VARIABLE = "a type variable of psycopg's own functions"

REASONS = {
    "psycopg.connection": INSIDE,
    "psycopg.connection_async": INSIDE,
    "psycopg.cursor": INSIDE,
    "psycopg.cursor_async": INSIDE,
    "psycopg.dbapi20": "the names of PEP 249 are in the package itself",
    "psycopg.generators": "a conversation with libpq is an `async def` here",
    "psycopg.transaction": INSIDE,
    "psycopg.version": "the version is `pgtwin.__version__`",
    "psycopg.waiting": "there are no generators to be driven while they wait",
    "psycopg.crdb": "PostgreSQL only: nothing here is tested against CockroachDB",
    "psycopg.*CursorMixin.*": "a member of the cursor class that it is mixed into",
    "psycopg.BaseConnection.*": "its members are those of the two that derive from it",
    "psycopg.AsyncConnection.connect": "what it returns can be entered too",
    "psycopg.*Connection.wait": "there are no generators to be driven while they wait",
    "psycopg.*Connection.cursor": FORMAT,
    "psycopg.*Connection.execute": FORMAT,
    "psycopg.*Connection.lock": HANDED_OUT,
    "psycopg.*.pgconn": HANDED_OUT,
    "psycopg.*Connection.__init__": "not called by users: `connect()` makes them",
    "psycopg.*Pipeline.__init__": MADE,
    "psycopg.*Pipeline.*_queue": WORKINGS,
    "psycopg.*Pipeline.level": WORKINGS,
    "psycopg.*Copy.formatter": WORKINGS,
    "psycopg.copy.*Writer.worker": WORKINGS,
    "psycopg.Column.__init__": MADE,
    "psycopg.pq.import_from_libpq": "psycopg has chosen its wrapper of libpq before",
    "psycopg.*.logger": "where psycopg's own module logs",
    "psycopg.pq.pq_ctypes": "one of the wrappers of libpq, which psycopg chooses",
    "psycopg.*.T": TYPE_VARIABLE,
    "psycopg.types.enum.E": TYPE_VARIABLE,
    "psycopg.types.enum.Enum*Map": WORKINGS,
    "psycopg.types.range.RANGE_*": WORKINGS,
    "psycopg.types.range.*_range_*": WORKINGS,
    "psycopg.types.range.fail_dump": WORKINGS,
    "psycopg.types.range.make_bound_dump": WORKINGS,
}

BEHAVIOUR = [
    "A statement that is refused before it is sent begins no transaction.",
    "`execute()` of a COPY raises the same error and leaves the connection usable.",
    "`scroll()` of a closed server-side cursor raises `InterfaceError`.",
    (
        "`execute()` of a closed server-side cursor raises `InterfaceError`, and "
        "leaves the transaction as it is: psycopg closes the server's cursor again, "
        "which fails."
    ),
    (
        "A server-side cursor that the server has closed, as a commit or a rollback to "
        "a savepoint does, can be executed and closed: psycopg's CLOSE fails, and with "
        "it the transaction."
    ),
    (
        "Any row factory builds rows without columns of a server-side cursor, as it "
        "does for other cursors: psycopg's `namedtuple_row` and `dict_row` refuse them."
    ),
    '`stream("")` raises `ProgrammingError`, not `InternalError`.',
    "Adapters that a connection is given count for the cursors that it has made too.",
    "A `bytearray` or `memoryview` is refused as parameters, as `bytes` are.",
    (
        "A result is read by the settings and adapters that held when it came, also in "
        "`nextset()`: psycopg reads what it has not looked at by those that hold then."
    ),
    (
        "Another encoding can be set after one that Python does not have: psycopg's "
        "connection cannot be used any more."
    ),
    (
        "In a pipeline, a statement that sets the encoding, the zone or a style is "
        "followed by a synchronization: psycopg reads and writes by the old settings."
    ),
    (
        "A transaction block whose connection is lost raises `OperationalError`, since "
        "nothing was committed: psycopg's is left without an error."
    ),
    (
        "A dumper that is registered on a cursor counts from the next execution on: "
        "psycopg's cursor goes on with what it has if the query is the same object."
    ),
    "`EnumInfo.fetch()` returns `None` for a type that is no enumeration.",
    "The name of a server-side cursor may hold a `%`.",
    "A row factory is called when the first row is fetched, not by `execute()`.",
    (
        "An async connection that is busy in one event loop is refused in another: "
        "libpq's handle is for one thread at a time."
    ),
    "Inside an own `copy()` block other operations fail: they would wait for ever.",
    "A connection can be used while `notifies()` waits: that may be for ever.",
    "`notifies(stop_after=)` yields no more than that: the next call has the rest.",
    "The text of a connection that ended tells whether it was closed or broken.",
    "`notifies()` does not warn of notify handlers: both get what arrives.",
    "A notice or notify handler that raises is logged, and the operation goes on.",
    "`executemany()` refuses `None` as a set of parameters.",
    (
        "After an `executemany()` that failed, `rowcount` is -1 and no rows are left: "
        "nobody takes a part for the whole."
    ),
    (
        "After an `executemany()`, also of nothing, a cursor has no results of its "
        "statements before it, in a pipeline too: they are not its own."
    ),
    "COPY refuses what psycopg changes (`'f'` to true): wrong values are worse.",
    (
        "COPY rows are right in SJIS, BIG5, GBK, GB18030, JOHAB and UHC: psycopg "
        "escapes the bytes of a character that are a backslash's, and reads so."
    ),
    (
        "`read_row()` and `rows()` refuse what is no number where `set_types()` has "
        "said `float8`: psycopg's compiled loader reads `1 day` as 1."
    ),
    (
        "`write()` of a COPY takes text when the encoding is SQL_ASCII, as UTF-8: "
        "`write_row()` does so, in psycopg too."
    ),
    "A client cursor too refuses a name with two formats, as in `%(x)s, %(x)t`.",
    "The `connection` of a dumper or loader is a weak reference's proxy.",
    (
        "`rowcount` is -1, not 0, while a pipeline owes the results of "
        "`executemany()`: nobody knows it yet."
    ),
    (
        "A cursor used again in a pipeline has the `rowcount` of the last statement: "
        "psycopg adds up what it was owed for those before."
    ),
    (
        "`rowcount` after `executemany()` counts the rows of all sets also where the "
        "cursor is closed in a pipeline: psycopg counts those of one."
    ),
    (
        "A `transaction()` block inside one whose transaction SQL has ended is "
        "refused, as by psycopg, whose connection refuses all blocks after it too."
    ),
    (
        "A `transaction()` block that cannot be entered rolls back nothing: psycopg "
        "rolls back to its savepoint, which is another block's if that has its name."
    ),
    (
        "`set_result()` and `results()` in a pipeline wait for the results, as the "
        "fetch methods do: psycopg's have none to choose from."
    ),
    (
        "The name of a two-phase transaction is quoted without dumpers of users: "
        "psycopg asks them, and the server takes no cast there."
    ),
    (
        "`tpc_prepare()` raises `ProgrammingError` after a statement that has failed: "
        "the server has rolled back, and psycopg says so at `tpc_commit()` only."
    ),
    (
        "Iteration of a server-side cursor misses no row when `itersize` changes on "
        "the way, and `fetch*()` begin with what it has fetched ahead: psycopg skips "
        "these rows."
    ),
    (
        "`scroll()` of a server-side cursor counts from `rownumber`, the row that is "
        "fetched next: psycopg's from where the server is, which iteration has moved "
        "ahead, and which is one row further after the last one."
    ),
    (
        "`fetchmany()` of a server-side cursor refuses a negative size: the server "
        "would go back, and `rownumber` forward."
    ),
    (
        "Nothing can be executed after `tpc_prepare()`, nor when SQL has ended a "
        "two-phase transaction: psycopg begins another transaction, in which the one "
        "that is prepared cannot be ended, or which is prepared in its place."
    ),
    (
        "What was begun on `pgconn` itself and not ended is cancelled by the next "
        "operation: psycopg's fails, and a rollback that fails leaves it so."
    ),
    (
        "A nested `transaction()` block that cannot be released is rolled back to its "
        "savepoint, so that the outer block can go on: psycopg's transaction has "
        "failed."
    ),
    (
        "`commit()` in a pipeline sends nothing when no transaction is open: there is "
        "nothing to warn of."
    ),
    (
        "`rollback()` in a pipeline logs the error of a statement before it, and does "
        "not raise it: whoever rolls back has given that statement up."
    ),
    (
        "A `transaction()` block in a pipeline does not roll back what was executed in "
        "autocommit mode before it: psycopg's may become a part of the same implicit "
        "transaction."
    ),
    (
        "What new transactions are like cannot be set in a `transaction()` block, nor "
        "a two-phase transaction begun, also after a `ROLLBACK` in SQL: the block does "
        "not know of that."
    ),
    (
        "With `prepared_max` 0 no statement is prepared: psycopg prepares each with "
        "`prepare_threshold` 0."
    ),
    (
        "Each FETCH of a server-side cursor is read by the settings with which it "
        "came, and so is each result of a cursor that is used again: psycopg goes on "
        "with those of the first one."
    ),
    (
        "`executemany()` and pipelines may follow `stream()`: psycopg leaves libpq in "
        "single-row mode, which they cannot have."
    ),
    (
        "A connection's block that is left in a pipeline commits what autocommit mode "
        "has sent there: psycopg loses it."
    ),
    (
        "`executemany()` of a client cursor refuses binary results before it looks at "
        "the parameters: psycopg does so at the first ones."
    ),
    (
        "What a closed connection was asked to execute leaves no results: those before "
        "it are not its own."
    ),
    (
        "`execute()` of a COPY in a pipeline closes the connection: libpq cannot leave "
        "it, and psycopg's stays busy for ever."
    ),
    "After `copy()`, `statusmessage` is the server's: it tells how many rows.",
    (
        "A block of `copy()` that is left before anything was read leaves the "
        "connection usable: psycopg's stays busy."
    ),
    (
        "A connection's block that is left inside a `transaction()` block closes the "
        "connection: nobody else would."
    ),
    (
        "A server-side cursor is refused in a pipeline, whatever it is asked: its "
        "FETCH is sent with the results of others still to come."
    ),
    (
        "`fetchmany()` of a negative size raises `InterfaceError` anywhere in a "
        "result: psycopg raises `SystemError` after the first row."
    ),
    "A wrong password ends `connect()`: tried on more hosts it would count twice.",
    "A refusal by the server has its SQLSTATE and class, so that programs can tell.",
    "What a service file says of `connect_timeout` and hosts counts, as for libpq.",
    "A walsender and PgBouncer's console are asked to prepare nothing: they cannot.",
]
