"""Why pgtwin differs from psycopg, where it does: a sentence for each difference.

Law: each pattern matches public names of psycopg that are absent from pgtwin or differ;
each sentence about behaviour has a test in tests/aio/test_differences.py.
"""

INSIDE = "how psycopg works inside; what users need of it is in the package itself"
MADE = "not called by users: connections make cursors, and these make all else"
HANDED_OUT = "the connection's own, to be used, not to be replaced"
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
    '`stream("")` raises `ProgrammingError`, not `InternalError`.',
    "Adapters that a connection is given count for the cursors that it has made too.",
    "A `bytearray` or `memoryview` is refused as parameters, as `bytes` are.",
    "`EnumInfo.fetch()` returns `None` for a type that is no enumeration.",
    "The name of a server-side cursor may hold a `%`.",
    "A row factory is called when the first row is fetched, not by `execute()`.",
    "An async connection is for the event loop that opened it; others are refused.",
    "A notice or notify handler that raises is logged, and the operation goes on.",
    "`executemany()` refuses `None` as a set of parameters.",
    "After an `executemany()` that failed, `rowcount` is -1.",
    "A client cursor too refuses a name with two formats, as in `%(x)s, %(x)t`.",
    "The `connection` of a dumper or loader is a weak reference's proxy.",
]
