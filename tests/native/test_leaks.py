"""What the native core leaves behind: nothing, whatever way an operation goes.

Memory is what `tracemalloc` counts; a debug build of Python also counts references.
"""

from __future__ import annotations

import ctypes
import gc
import sys
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from psycopg.adapt import Transformer

import pgtwin
from tests.native.test_rows import VALUES, outcome

pytest.importorskip("pgtwin_native", reason="the native core is not installed")
core: Any = pytest.importorskip("pgtwin.core.engine.native_engine")
rows: Any = pytest.importorskip("tests.fuzz.rows")
native = core.pgtwin_native

TEXT = rows.pq.Format.TEXT
INT4, UUID = rows.TYPES["int4"].oid, rows.TYPES["uuid"].oid
ROUNDS = 500
# Of more than one try the best counts: an allocation of somebody else's is no leak.
TRIES = 4
# Bytes of which each object that is left takes more.
SMALLEST = 16


def growth_of(operation: Callable[[], Any], rounds: int) -> tuple[int, int]:
    """Return how many bytes and references a number of rounds leave, at best."""
    count = getattr(sys, "gettotalrefcount", int)

    def measured() -> tuple[int, int]:
        gc.collect()
        return tracemalloc.get_traced_memory()[0], count()

    def run() -> None:
        for _ in range(rounds):
            with suppress(Exception):
                operation()

    run()
    gc.collect()
    # What was there before is not searched again by each of the collections below.
    gc.freeze()
    tracemalloc.start()
    try:
        found = []
        for _ in range(TRIES):
            before = measured()
            run()
            after = measured()
            found.append((after[0] - before[0], after[1] - before[1]))
            if max(found[-1]) < rounds:
                break
    finally:
        tracemalloc.stop()
        gc.unfreeze()
    memory, references = zip(*found, strict=True)
    return min(memory), min(references)


def test_what_is_left_is_seen() -> None:
    kept: list[object] = []
    memory, _ = growth_of(lambda: kept.append(object()), ROUNDS)
    assert memory >= ROUNDS


@pytest.mark.parametrize("array", [False, True], ids=["", "array"])
@pytest.mark.parametrize("form", rows.pq.Format)
@pytest.mark.parametrize("name", rows.NAMES)
def test_reading_values_leaks_nothing(name: str, form: Any, array: bool) -> None:
    """Values that are read in C, and such that their loader takes or refuses."""
    oid = rows.TYPES[name].array_oid if array else rows.TYPES[name].oid
    values = [bytes(size) for size in range(1, 30)]
    if form == TEXT:
        values = [text.encode() for text in VALUES.get(name, ("1",))]
        values = [b"{%s,NULL}" % value if array else value for value in values]
    result = rows.made_of([(oid, form)], [[value] for value in [*values, None]])

    def read_each() -> None:
        loader = core.NativeRowLoader(Transformer())
        loader.set_pgresult(result)
        for row in range(result.ntuples):
            outcome(lambda row=row: loader.load_row(row, tuple))  # type: ignore[misc]

    memory, references = growth_of(read_each, 50)
    assert memory < 50 * SMALLEST
    assert references < 50


# ------------------------------------------------------------------ what goes wrong


def fail(*args: Any) -> Any:
    raise ZeroDivisionError


def loader_of(kind: int, load: Any = bytes, detail: Any = ()) -> Any:
    return native.RowLoader(lambda oid, form: (kind, load, detail))


def read(loader: Any, make_row: Any = tuple) -> Any:
    loader.set_pgresult(RESULT)
    return loader.load_rows(0, RESULT.ntuples, make_row)


def clear_while_read(clear_in_row: bool) -> None:
    result = rows.made_of([(UUID, TEXT)], [[b"a"]])

    def clear(data: Any) -> Any:
        result.clear()

    loader = loader_of(0, bytes if clear_in_row else clear)
    loader.set_pgresult(result)
    loader.load_rows(0, 1, clear if clear_in_row else tuple)


def format_rows(code: str, dump: Any, *table: Any) -> None:
    """Write rows of which a part is dumped, then such that cannot be."""
    for is_binary in (False, True):
        for dump_row in (lambda row: b"dumped", fail):
            found = native.CopyFormatter(
                lambda place, kind: (native.CODES[code], dump), dump_row, is_binary
            )
            for row in table:
                with suppress(Exception):
                    found.add(row)
            found.set_width(1)
            with suppress(Exception):
                found.add_from(iter(table))
            found.add_data(b"x" * 100)
            found.take()


def read_arrow(*pieces: bytes) -> None:
    """Read pieces of data, each the rows that follow those before."""
    kinds = tuple((native.ARROW_KINDS[name], 0) for name in ("INT4", "TEXT", "OTHER"))
    reader = native.ArrowReader(kinds)
    reader.feed(b"PGCOPY\n\xff\r\n\0" + bytes(8))
    for piece in pieces:
        reader.feed(piece)
    reader.take()


_numbers = (ctypes.c_int32 * 2)(1, 2)
OF_NUMBERS = (
    *(native.ARROW_CODES["INT32_ARRAY"], native.ARROW_CODES["INT4"], 0, 0, 0),
    *(ctypes.addressof(_numbers), 0),
)
ARROW = (
    b"\0\3\0\0\0\4\0\0\0\1\0\0\0\4text\xff\xff\xff\xff"
    b"\0\3\xff\xff\xff\xff\0\0\0\0\0\0\0\1x"
)


def cycle() -> None:
    """Make objects that only the garbage collector can end."""
    loaders: list[Any] = []
    loaders.append(native.RowLoader(lambda oid, form: (0, loaders.append, ())))
    read(loaders[0])
    formatters: list[Any] = []
    formatters.append(
        native.CopyFormatter(
            lambda place, kind: (native.CODES["BY_DUMPER"], formatters.append),
            formatters.append,
            False,
        )
    )
    formatters[0].add((object(),))


RESULT = rows.made_of(
    [(INT4, TEXT), (UUID, TEXT)], [[b"1", b"a"], [None, b"b" * 2000], [b"x", b""]]
)
OPERATIONS: dict[str, Callable[[], Any]] = {
    "rows": lambda: read(loader_of(native.KINDS["INT_TEXT"])),
    "one row": lambda: loader_of(0).load_row(0, tuple),
    "loader that fails": lambda: read(loader_of(0, fail)),
    "row maker that fails": lambda: read(loader_of(0), fail),
    "column that is not found": lambda: read(native.RowLoader(fail)),
    "column that is no tuple": lambda: read(native.RowLoader(lambda *args: [1])),
    "column that is too short": lambda: read(native.RowLoader(lambda *args: (1, 2))),
    "kind that there is not": lambda: read(loader_of(10**6)),
    "detail that is none": lambda: read(loader_of(native.KINDS["TIMESTAMPTZ"])),
    "elements that are none": lambda: read(
        loader_of(native.KINDS["ARRAY"], bytes, (1, 2))
    ),
    "result that a loader clears": lambda: clear_while_read(False),
    "result that a row maker clears": lambda: clear_while_read(True),
    "no result": lambda: loader_of(0).set_pgresult(None),
    "what is no result": lambda: loader_of(0).set_pgresult(object()),
    "no such rows": lambda: loader_of(0).load_rows(3, 1, tuple),
    "loader of nothing": lambda: native.RowLoader(),
    "keyword arguments": lambda: native.RowLoader(column_of=1),
    "no addresses": lambda: native.bind_libpq({}),
    "addresses that are none": lambda: native.bind_libpq({native.FUNCTIONS[0]: "x"}),
    "copied rows": lambda: format_rows(
        "STRING", None, ("a\t", "\xe9" * 900), ("b", "")
    ),
    "dumped rows": lambda: format_rows("BY_DUMPER", bytes, (b"a", b"b" * 900)),
    "dumper that fails": lambda: format_rows("BY_DUMPER", fail, (1,)),
    "dumper of nothing": lambda: format_rows("BY_DUMPER", lambda value: None, (1,)),
    "dumper of text": lambda: format_rows("BY_DUMPER", str, (1,)),
    "value that is another": lambda: format_rows("INT", None, ("x", "y")),
    "text that is none": lambda: format_rows("STRING", None, ("\ud800",)),
    "rows of all widths": lambda: format_rows("NONE", None, (1,), (1, 2), (), (1,) * 9),
    "rows that are none": lambda: format_rows("NONE", None, (1,), [1], 3),
    "columns of Arrow": lambda: read_arrow(ARROW, ARROW + b"\xff\xff"),
    "Arrow that is not complete": lambda: read_arrow(ARROW[:-3], ARROW[:1]),
    "Arrow that is wrong": lambda: read_arrow(ARROW[:-1] + b"\xff", b"\0\1"),
    "no kinds of Arrow": lambda: native.ArrowReader(((10**6, 0),)),
    "rows of Arrow": lambda: native.write_arrow((OF_NUMBERS,), 0, 2),
    "no rows of Arrow": lambda: native.write_arrow(((2, 20, 0),), 0, 2),
    "garbage": cycle,
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_operation(operation: str) -> None:
    memory, references = growth_of(OPERATIONS[operation], ROUNDS)
    assert memory < ROUNDS
    assert references < ROUNDS


# ------------------------------------------------------------------ a session


QUERIES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "rows": ("SELECT i, i::text FROM generate_series(1, %s) AS i", (20,)),
    "no rows": ("SELECT %s WHERE false", ("x",)),
    "an error": ("SELECT 1 / %s::int4", (0,)),
    "no result": ("SET application_name = 'a'", ()),
    "notifications": ("NOTIFY leaks, 'payload'", ()),
    "a value that is not dumped": ("SELECT %s", (object(),)),
}


@pytest.mark.parametrize("query", QUERIES)
def test_query(query: str, dsn: str) -> None:
    asked: Any = QUERIES[query]  # of any text

    with pgtwin.Connection.connect(dsn, autocommit=True) as conn:
        conn.execute("LISTEN leaks")
        cursor = conn.cursor()

        def ask() -> None:
            list(conn.notifies(timeout=0))
            cursor.execute(*asked)
            cursor.fetchall()

        memory, references = growth_of(ask, 100)
    assert memory < 100 * SMALLEST
    assert references < 100


def failing_rows() -> Any:
    yield from [(1, "a")] * 3
    fail()


MANY: dict[str, Callable[[], Any]] = {
    "tuples": lambda: [(1, "a")] * 120,
    "lists": lambda: [[1, "a"]] * 3,
    "an iterator that fails": failing_rows,
    "other types": lambda: [(1, "a"), (2**20, "a"), (None, b"b"), (1, "x" * 3000)],
    "a value that is not dumped": lambda: [(1, "a"), (object(), "a")],
    "an error": lambda: [(1, "a"), (0, "a"), (1, "a")],
}


@pytest.mark.skipif(
    sys.version_info < (3, 11),
    reason="Python 3.10 keeps frames and blocks of deques for later, now and then more",
)
@pytest.mark.parametrize("pipelined", [False, True])
@pytest.mark.parametrize("many", MANY)
def test_executemany_leaks_nothing(many: str, pipelined: bool, dsn: str) -> None:
    query = "SELECT 1 / %s::int8, %s::text"
    with pgtwin.Connection.connect(dsn, autocommit=True) as conn:

        def execute_many() -> None:
            for returning in (False, True):
                with suppress(Exception):
                    conn.cursor().executemany(query, MANY[many](), returning=returning)
            # What an interruption has left prepared is closed by a statement after it.
            with conn.pipeline():
                conn.execute("SELECT 1")

        def execute_in_pipeline() -> None:
            with conn.pipeline():
                cursors = [conn.cursor() for _ in range(3)]
                for cursor in (*cursors, *cursors):
                    cursor.execute("SELECT %s::int4", (1,))
                execute_many()
                cursors[0].fetchone()

        memory, references = growth_of(
            execute_in_pipeline if pipelined else execute_many, 50
        )
    assert memory < 50 * SMALLEST
    assert references < 50
