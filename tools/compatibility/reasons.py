"""The reasons for each difference between pgtwin and psycopg.

Each pattern of `REASONS` matches public names of psycopg that are absent from pgtwin or
differ. `BEHAVIOR` lists what pgtwin does, and what psycopg does in its place; each row
has a test in tests/aio/test_differences_*.py.
"""

INSIDE = "internal to psycopg; the package itself has what users need of it"
MADE = "not called by users: connections create cursors, and these create the rest"
HANDED_OUT = "belongs to the connection; users may use it, but not replace it"
FORMAT = "without this argument the faster format is used, if no value differs"
WORKINGS = "internal to psycopg's module; nothing documented needs it"
TYPE_VARIABLE = "a type variable of psycopg's own functions"

REASONS = {
    "psycopg.connection": INSIDE,
    "psycopg.connection_async": INSIDE,
    "psycopg.cursor": INSIDE,
    "psycopg.cursor_async": INSIDE,
    "psycopg.dbapi20": "the names of PEP 249 are in the package itself",
    "psycopg.generators": "pgtwin communicates with libpq in `async def` functions",
    "psycopg.transaction": INSIDE,
    "psycopg.version": "the version is `pgtwin.__version__`",
    "psycopg.waiting": "pgtwin has no generators that wait",
    "psycopg.crdb": "PostgreSQL only: pgtwin is not tested with CockroachDB",
    "psycopg.*CursorMixin.*": "a member of the cursor class that has the mixin",
    "psycopg.BaseConnection.*": "the two classes that derive from it have its members",
    "psycopg.AsyncConnection.connect": "its result can also be used in `async with`",
    "psycopg.*Connection.wait": "pgtwin has no generators that wait",
    "psycopg.*Connection.cursor": FORMAT,
    "psycopg.*Connection.execute": FORMAT,
    "psycopg.*Connection.lock": HANDED_OUT,
    "psycopg.*.pgconn": HANDED_OUT,
    "psycopg.*Connection.__init__": "not called by users: `connect()` creates them",
    "psycopg.*Pipeline.__init__": MADE,
    "psycopg.*Pipeline.*_queue": WORKINGS,
    "psycopg.*Pipeline.level": WORKINGS,
    "psycopg.*Copy.formatter": WORKINGS,
    "psycopg.copy.*Writer.worker": WORKINGS,
    "psycopg.Column.__init__": MADE,
    "psycopg.pq.import_from_libpq": "psycopg has already chosen its wrapper of libpq",
    "psycopg.*.logger": "the logger of psycopg's own module",
    "psycopg.pq.pq_ctypes": "one of the wrappers of libpq; psycopg chooses among them",
    "psycopg.*.T": TYPE_VARIABLE,
    "psycopg.types.enum.E": TYPE_VARIABLE,
    "psycopg.types.enum.Enum*Map": WORKINGS,
    "psycopg.types.range.RANGE_*": WORKINGS,
    "psycopg.types.range.*_range_*": WORKINGS,
    "psycopg.types.range.fail_dump": WORKINGS,
    "psycopg.types.range.make_bound_dump": WORKINGS,
}

# By topic: what pgtwin does, and what psycopg does.
BEHAVIOR: dict[str, list[tuple[str, str]]] = {
    "Connecting": [
        (
            (
                "A wrong password ends `connect()`, because it would be counted again "
                "on other hosts"
            ),
            "tries the other hosts",
        ),
        (
            (
                "The exception for a refused connection has the SQLSTATE and class of "
                "the server's error"
            ),
            "has no SQLSTATE",
        ),
        (
            "`connect_timeout` and the hosts of a service file are used, as libpq does",
            "does not read them there",
        ),
        (
            (
                "Nothing is prepared on a replication connection or on PgBouncer's "
                "console, which cannot"
            ),
            "prepares, and fails",
        ),
        (
            (
                "`repr()` of a closed connection contains `CLOSED`, and of a broken "
                "one `BROKEN`"
            ),
            "contains `BAD` in both cases",
        ),
        (
            (
                "An async connection that is busy in one event loop is refused in "
                "another, because a libpq connection may be used by one thread at a "
                "time"
            ),
            "",
        ),
    ],
    "Statements": [
        (
            "A statement that is refused before it is sent begins no transaction",
            "has begun a transaction",
        ),
        (
            (
                "`execute()` of a COPY raises the same error and leaves the "
                "connection usable"
            ),
            "leaves the connection in the COPY",
        ),
        (
            "With `prepared_max` 0 no statement is prepared",
            "prepares each if `prepare_threshold` is 0",
        ),
        (
            (
                "A `bytearray` or `memoryview` is refused as the parameters, as "
                "`bytes` are"
            ),
            "takes its bytes as numbers",
        ),
        (
            (
                "A client cursor, too, refuses a name with two formats, such as "
                "`%(x)s, %(x)t`"
            ),
            "accepts it",
        ),
        (
            (
                "Adapters that are registered on a connection also apply to its "
                "existing cursors"
            ),
            "applies them to new cursors only",
        ),
        (
            (
                "A dumper that is registered on a cursor is used from the next "
                "execution on"
            ),
            "uses the old one while the query is the same object",
        ),
        (
            "The `connection` of a dumper or loader is a proxy with a weak reference",
            "is the connection itself",
        ),
        (
            "`EnumInfo.fetch()` returns `None` for a type that is not an enumeration",
            "returns an object without labels",
        ),
    ],
    "Results": [
        (
            (
                "A result is read with the settings and adapters of the moment at "
                "which it arrived, also in `nextset()`"
            ),
            "reads with the current ones, if it has not looked at the result before",
        ),
        (
            "Each result of a cursor that is used again is read with its own settings",
            "keeps the settings of the first result",
        ),
        (
            "A row factory is called when the first row is fetched",
            "calls it in `execute()`",
        ),
        (
            "`fetchmany()` with a negative size always raises `InterfaceError`",
            "raises `SystemError` after the first row",
        ),
        (
            '`stream("")` raises `ProgrammingError`',
            "raises `InternalError`",
        ),
        (
            "`executemany()` and pipelines may follow `stream()`",
            "leaves libpq in single-row mode, which they refuse",
        ),
        (
            "After `execute()` on a closed connection, a cursor has no results",
            "keeps those of the statement before",
        ),
        (
            (
                "After the encoding was set to one that Python does not have, another "
                "one can be set"
            ),
            "the connection cannot be used any more",
        ),
    ],
    "executemany()": [
        (
            "`executemany()` refuses `None` as a set of parameters",
            "accepts it",
        ),
        (
            (
                "After an `executemany()` that failed, `rowcount` is -1 and there are "
                "no rows"
            ),
            "has those of the sets before the error",
        ),
        (
            (
                "After an `executemany()` without parameters, a cursor has no "
                "results, also in a pipeline"
            ),
            "keeps those of earlier statements",
        ),
        (
            "`executemany()` of a client cursor refuses binary results first",
            "refuses them at the first set of parameters",
        ),
    ],
    "Pipelines": [
        (
            "`rowcount` is -1 while the results of `executemany()` have not arrived",
            "is 0",
        ),
        (
            (
                "The `rowcount` of a cursor that is used again is that of the last "
                "statement"
            ),
            "adds the rows of the statements before",
        ),
        (
            (
                "`rowcount` after `executemany()` counts the rows of all sets, even "
                "if the cursor is closed in the pipeline"
            ),
            "counts the rows of one set",
        ),
        (
            (
                "`set_result()` and `results()` wait for the results, as the fetch "
                "methods do"
            ),
            "have no results yet",
        ),
        (
            (
                "After a statement that sets the encoding, the time zone or a style, "
                "the driver synchronizes"
            ),
            "writes and reads with the old settings",
        ),
        (
            (
                "`execute()` of a COPY closes the connection, because libpq cannot "
                "leave the COPY"
            ),
            "stays busy forever",
        ),
        (
            "A server-side cursor is refused for every operation",
            "refuses `execute()` only",
        ),
        (
            "`commit()` sends nothing if no transaction is open",
            "sends it, and the server warns",
        ),
        (
            (
                "`rollback()` logs the error of a statement before it, and does not "
                "raise it"
            ),
            "raises it",
        ),
        (
            (
                "A `transaction()` block does not roll back statements that were "
                "executed in autocommit mode before it"
            ),
            "may roll them back, as a part of the same implicit transaction",
        ),
        (
            (
                "A connection's block that ends in a pipeline commits what was sent "
                "in autocommit mode"
            ),
            "loses it",
        ),
    ],
    "Server-side cursors": [
        (
            "`scroll()` of a closed cursor raises `InterfaceError`",
            "raises `InvalidCursorName`",
        ),
        (
            (
                "`execute()` of a closed cursor raises `InterfaceError`, and the "
                "transaction goes on"
            ),
            "closes the cursor again, which fails, and the transaction with it",
        ),
        (
            (
                "A cursor that the server has closed, at a commit or a rollback to a "
                "savepoint, can be executed and closed"
            ),
            "its CLOSE fails, and the transaction with it",
        ),
        (
            "Each row factory builds rows without columns, as for other cursors",
            "`namedtuple_row`, `dict_row` and `kwargs_row` refuse them",
        ),
        (
            "The name may contain a `%`",
            "refuses parameters then",
        ),
        (
            (
                "Iteration yields every row if `itersize` is changed meanwhile, and "
                "`fetch*()` begin with the rows that were fetched ahead"
            ),
            "skips these rows",
        ),
        (
            "`scroll()` counts from `rownumber`, the row that is fetched next",
            (
                "counts from the position in the server, which iteration moves ahead, "
                "and which is one row further after the last row"
            ),
        ),
        (
            "`fetchmany()` refuses a negative size",
            "the server moves back, and `rownumber` forward",
        ),
        (
            "Each FETCH is read with the settings of the moment at which it arrived",
            "keeps the settings of the first one",
        ),
    ],
    "Transactions": [
        (
            (
                "A `transaction()` block whose connection is lost raises "
                "`OperationalError`, because nothing was committed"
            ),
            "ends without an error",
        ),
        (
            (
                "A `transaction()` block is refused if SQL has ended the transaction "
                "around it"
            ),
            "the same, but refuses all later blocks as well",
        ),
        (
            "A `transaction()` block that cannot begin rolls back nothing",
            (
                "rolls back to the savepoint of its name, which may belong to another "
                "block"
            ),
        ),
        (
            (
                "A nested block that cannot be released is rolled back to its "
                "savepoint, so that the outer block can go on"
            ),
            "the whole transaction has failed",
        ),
        (
            (
                "In a `transaction()` block, also after a `ROLLBACK` in SQL, "
                "`isolation_level`, `read_only` and `deferrable` cannot be set, and "
                "no two-phase transaction can begin"
            ),
            "allows both",
        ),
        (
            (
                "A connection's block that ends inside a `transaction()` block closes "
                "the connection"
            ),
            "leaves it open",
        ),
        (
            (
                "A command that was started on `pgconn` and not ended is canceled by "
                "the next operation"
            ),
            "the operation fails, and so does a rollback",
        ),
    ],
    "Two-phase commit": [
        (
            (
                "The names of transactions are quoted without users' dumpers, because "
                "the server accepts no cast there"
            ),
            "uses the dumpers",
        ),
        (
            (
                "`tpc_prepare()` raises `ProgrammingError` after a statement that "
                "failed, because the server has rolled back"
            ),
            "raises at `tpc_commit()`",
        ),
        (
            (
                "After `tpc_prepare()`, or if SQL has ended the transaction, no "
                "statement can be executed"
            ),
            (
                "begins another transaction, in which the prepared one cannot be "
                "ended, or which is prepared in its place"
            ),
        ),
    ],
    "COPY": [
        (
            "A value that would be changed is refused (`'f'` for a boolean)",
            "stores another value (true)",
        ),
        (
            "Rows are correct in SJIS, BIG5, GBK, GB18030, JOHAB and UHC",
            (
                "escapes bytes of characters that are equal to a backslash, and reads "
                "them in this way"
            ),
        ),
        (
            (
                "`read_row()` and `rows()` refuse text that is not a number, after "
                "`set_types()` with `float8`"
            ),
            "its compiled loader reads `1 day` as 1",
        ),
        (
            (
                "`write()` accepts text with SQL_ASCII, and sends it in UTF-8, as "
                "`write_row()` does"
            ),
            "raises `UnicodeEncodeError`, but `write_row()` accepts it",
        ),
        (
            "In the `copy()` block, other operations of the same caller are refused",
            "wait forever",
        ),
        (
            (
                "After `copy()`, `statusmessage` has the server's status, with the "
                "number of rows"
            ),
            "is `None`",
        ),
        (
            (
                "If a `copy()` block ends before anything was read, the connection "
                "remains usable"
            ),
            "stays busy",
        ),
    ],
    "Notifications and handlers": [
        (
            "The connection can be used while `notifies()` waits",
            "waits for the end of `notifies()`",
        ),
        (
            (
                "`notifies(stop_after=)` yields no more than that, and the next call "
                "has the rest"
            ),
            "may yield more",
        ),
        (
            "`notifies()` works together with notify handlers: both get what arrives",
            "warns if there are handlers",
        ),
        (
            (
                "An exception in a notice or notify handler is logged, and the "
                "operation goes on"
            ),
            "raises the exception of a notify handler",
        ),
    ],
}
