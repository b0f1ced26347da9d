"""A query that was executed often is executed as it was the first time.

The engine knows such queries: whatever changes what they mean must be noticed.
"""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING, Any

import pytest
from psycopg.adapt import Dumper, Loader

import pgtwin
from pgtwin import errors as e

if TYPE_CHECKING:
    from typing_extensions import LiteralString

OFTEN = 8
ECHO = "SELECT %s, pg_typeof(%s)::text"


async def repeat(
    conn: pgtwin.AsyncConnection[Any],
    query: LiteralString,
    *values: Any,
) -> Any:
    """Execute a query until it is known; return its last row."""
    cur = conn.cursor()
    row = None
    for _ in range(OFTEN):
        await cur.execute(query, values)
        row = await cur.fetchone()
    return row


@pytest.mark.parametrize("autocommit", [True, False])
async def test_types_of_parameters(
    conn: pgtwin.AsyncConnection[Any], autocommit: bool
) -> None:
    await conn.set_autocommit(autocommit)
    values: dict[Any, str] = {
        **dict.fromkeys((1, -(2**15), 2**15 - 1), "smallint"),
        **dict.fromkeys((2**15, -(2**31), 2**31 - 1), "integer"),
        **dict.fromkeys((2**31, -(2**63), 2**63 - 1), "bigint"),
        **dict.fromkeys((2**63, -(2**63) - 1), "numeric"),
        **dict.fromkeys((0.5, -0.0, float("inf"), 5e-324), "double precision"),
        b"": "bytea",
        bytes(range(256)): "bytea",
    }
    for _ in range(OFTEN):
        for value, name in values.items():
            cur = await conn.execute(ECHO, (value, value))
            assert await cur.fetchone() == (value, name)
        for flag in (True, False):
            cur = await conn.execute(ECHO, (flag, flag))
            assert await cur.fetchone() == (flag, "boolean")
        for text in ("", "a", "\N{EURO SIGN}\N{PILE OF POO}", "x" * 3000, None):
            cur = await conn.execute("SELECT %s::text", (text,))
            assert await cur.fetchone() == (text,)


async def test_values_that_cannot_be_sent(conn: pgtwin.AsyncConnection[Any]) -> None:
    assert await repeat(conn, "SELECT %s::text", "a") == ("a",)
    with pytest.raises(e.DataError):
        await conn.execute("SELECT %s::text", ("a\0b",))
    with pytest.raises(UnicodeEncodeError):
        await conn.execute("SELECT %s::text", ("\ud800",))
    with pytest.raises(e.ProgrammingError):
        await conn.execute("SELECT %s::text", (object(),))
    with pytest.raises(e.ProgrammingError):
        await conn.execute("SELECT %s::text", ("a", "b"))
    assert await repeat(conn, "SELECT %s::text", "b") == ("b",)


class Loud(Dumper):
    """Dumps strings as others."""

    def dump(self, obj: Any) -> bytes:
        return f"{obj}!".encode()


class Quiet(Loader):
    """Loads text in another way."""

    def load(self, data: Any) -> Any:
        return bytes(data).decode().lower()


async def test_adapters_that_are_registered_later(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    assert await repeat(conn, "SELECT %s::text", "A") == ("A",)
    conn.adapters.register_dumper(str, Loud)
    assert await repeat(conn, "SELECT %s::text", "A") == ("A!",)
    conn.adapters.register_loader("text", Quiet)
    assert await repeat(conn, "SELECT %s::text", "A") == ("a!",)


async def test_dumper_of_strings_and_nulls(conn: pgtwin.AsyncConnection[Any]) -> None:
    conn.adapters.register_dumper(str, Loud)
    # Both have no type of their own.
    assert await repeat(conn, "SELECT %s::text", None) == (None,)
    assert await repeat(conn, "SELECT %s::text", "A") == ("A!",)


async def test_subclasses_of_plain_types(conn: pgtwin.AsyncConnection[Any]) -> None:
    class Name(str):
        """A string of another class."""

    class NameDumper(Loud):
        """Dumps it."""

    conn.adapters.register_dumper(Name, NameDumper)
    assert await repeat(conn, "SELECT %s::text", "a") == ("a",)
    assert await repeat(conn, "SELECT %s::text", Name("a")) == ("a!",)
    assert await repeat(conn, "SELECT %s::text", "a") == ("a",)


async def test_placeholders_with_formats(conn: pgtwin.AsyncConnection[Any]) -> None:
    assert await repeat(conn, "SELECT %t::int + 1", 5) == (6,)
    assert await repeat(conn, "SELECT %b + 1", 5) == (6,)
    assert await repeat(conn, "SELECT %b::text, %t::text", "a", "b") == ("a", "b")


async def test_raw_queries_of_the_same_text(conn: pgtwin.AsyncConnection[Any]) -> None:
    raw = pgtwin.AsyncRawCursor(conn)
    for _ in range(OFTEN):
        await raw.execute("SELECT $1::int", (5,))
        assert await raw.fetchone() == (5,)
        with pytest.raises(e.ProgrammingError, match="0 placeholders"):
            await conn.execute("SELECT $1::int", (5,))


async def test_encoding_that_changes(conn: pgtwin.AsyncConnection[Any]) -> None:
    query = "SELECT %s::text, octet_length(convert_to(%s, 'UTF8'))"
    assert await repeat(conn, query, "\xe9", "\xe9") == ("\xe9", 2)
    await conn.execute("SET client_encoding TO latin1")
    assert await repeat(conn, query, "\xe9", "\xe9") == ("\xe9", 2)
    await conn.execute("SELECT set_config('client_encoding', 'utf8', false)")
    assert await repeat(conn, query, "\xe9", "\xe9") == ("\xe9", 2)


async def test_dates_in_another_style(conn: pgtwin.AsyncConnection[Any]) -> None:
    query = "SELECT '2001-02-03'::date + %s, now() > 'epoch'"
    before = await repeat(conn, query, 1)
    await conn.execute("SET DateStyle TO 'German'")
    assert await repeat(conn, query, 1) == before
    await conn.execute("SELECT set_config('DateStyle', 'SQL, DMY', false)")
    assert await repeat(conn, query, 1) == before


async def test_statements_that_are_gone(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.set_autocommit(True)
    assert await repeat(conn, "SELECT %s::int", 1) == (1,)
    await conn.execute("DISCARD ALL")
    assert await repeat(conn, "SELECT %s::int", 2) == (2,)
    await conn.execute("DEALLOCATE ALL")
    assert await repeat(conn, "SELECT %s::int", 3) == (3,)
    # Nobody tells of that.
    block = "DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$"
    await conn.execute(block, prepare=False)
    assert await repeat(conn, "SELECT %s::int", 4) == (4,)


async def test_columns_that_change(
    conn: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    await conn.set_autocommit(True)
    await conn.execute("CREATE TABLE repeated AS SELECT 1 AS a")
    try:
        assert await repeat(conn, "SELECT * FROM repeated WHERE %s", True) == (1,)
        await other.execute("ALTER TABLE repeated ALTER a TYPE text")
        assert await repeat(conn, "SELECT * FROM repeated WHERE %s", True) == ("1",)
        await other.execute("ALTER TABLE repeated ADD b date DEFAULT '2001-02-03'")
        row = await repeat(conn, "SELECT * FROM repeated WHERE %s", True)
        assert row is not None
        assert len(row) == 2
    finally:
        await other.execute("DROP TABLE repeated")


async def test_threshold_that_changes(conn: pgtwin.AsyncConnection[Any]) -> None:
    assert await repeat(conn, "SELECT %s::int", 1) == (1,)
    conn.prepare_threshold = None
    assert await repeat(conn, "SELECT %s::int", 2) == (2,)
    await conn.execute("DEALLOCATE ALL", prepare=False)
    conn.prepare_threshold = 0
    assert await repeat(conn, "SELECT %s::int", 3) == (3,)


async def test_more_queries_than_stay_prepared(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    conn.prepared_max = 2
    conn.prepare_threshold = 0
    for _ in range(3):
        for number in range(5):
            query: LiteralString = "SELECT %s::int" + " + 1" * number
            assert await repeat(conn, query, 1) == (1 + number,)
            cur = await conn.execute(
                "SELECT count(*) FROM pg_prepared_statements", prepare=False
            )
            assert await cur.fetchone() in ((1,), (2,))


async def test_results_that_grow(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = conn.cursor()
    query = "SELECT x, x::text FROM generate_series(1, %s) AS x"
    for number in (1, 1, 1, 1, 1, 1, 1, 20, 21, 99, 100, 101, 5000, 5000, 1, 0, 1):
        await cur.execute(query, (number,))
        assert cur.rowcount == number
        rows = await cur.fetchall()
        assert rows == [(x, str(x)) for x in range(1, number + 1)]


async def test_commands(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.execute("CREATE TEMP TABLE t (a int, b text)")
    cur = conn.cursor()
    for number in range(2 * OFTEN):
        await cur.execute("INSERT INTO t VALUES (%s, %s)", (number, "x"))
        assert cur.rowcount == 1
        assert cur.statusmessage == "INSERT 0 1"
        assert cur.description is None
    await cur.execute("UPDATE t SET b = %s", ("y",))
    assert cur.rowcount == 2 * OFTEN


async def test_errors(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.set_autocommit(True)
    assert await repeat(conn, "SELECT 1 / %s", 1) == (1,)
    cur = conn.cursor()
    for _ in range(3):
        with pytest.raises(e.DivisionByZero):
            await cur.execute("SELECT 1 / %s", (0,))
        assert cur.description is None
        assert cur.rowcount == -1
        await cur.execute("SELECT 1 / %s", (1,))
        assert await cur.fetchone() == (1,)


async def test_transactions(conn: pgtwin.AsyncConnection[Any]) -> None:
    assert await repeat(conn, "SELECT %s::int", 1) == (1,)
    await conn.rollback()
    cur = await conn.execute("SELECT %s::int", (1,))
    assert conn.info.transaction_status == pgtwin.pq.TransactionStatus.INTRANS
    with pytest.raises(e.UndefinedTable):
        await conn.execute("SELECT * FROM nowhere")
    with pytest.raises(e.InFailedSqlTransaction):
        await cur.execute("SELECT %s::int", (1,))
    await conn.rollback()
    assert await repeat(conn, "SELECT %s::int", 2) == (2,)


async def test_hooks_are_told(conn: pgtwin.AsyncConnection[Any]) -> None:
    told: list[str] = []
    assert await repeat(conn, "SELECT %s::int", 1) == (1,)
    conn.add_query_hook(lambda event: told.append(event.query))
    assert await repeat(conn, "SELECT %s::int", 1) == (1,)
    assert told == ["SELECT %s::int"] * OFTEN


async def test_notifications_on_the_way(
    conn: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    await conn.set_autocommit(True)
    await conn.execute("LISTEN repeated")
    assert await repeat(conn, "SELECT %s::int", 1) == (1,)
    for number in range(5):
        await other.execute("SELECT pg_notify('repeated', %s)", (str(number),))
    assert await repeat(conn, "SELECT %s::int", 1) == (1,)
    payloads = [n.payload async for n in conn.notifies(timeout=30, stop_after=5)]
    assert payloads == ["0", "1", "2", "3", "4"]


async def test_handle_that_its_user_has_finished(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
        assert await repeat(conn, "SELECT %s::int", 1) == (1,)
        conn.pgconn.finish()
        with pytest.raises(e.OperationalError):
            await conn.execute("SELECT %s::int", (1,))


async def test_row_factories(conn: pgtwin.AsyncConnection[Any]) -> None:
    for factory in (pgtwin.rows.dict_row, pgtwin.rows.namedtuple_row):
        cur = conn.cursor(row_factory=factory)
        for number in range(OFTEN):
            await cur.execute("SELECT %s::int AS a", (number,))
            row: Any = await cur.fetchone()
            assert (row["a"] if isinstance(row, dict) else row.a) == number
            assert await cur.fetchone() is None
            await cur.scroll(0, "absolute")
            assert await cur.fetchall() == [row]


async def test_repeated_query_in_a_pipeline(conn: pgtwin.AsyncConnection[Any]) -> None:
    assert await repeat(conn, "SELECT %s::int", 1) == (1,)
    cursors = [conn.cursor() for _ in range(60)]
    async with conn.pipeline():
        for number, cur in enumerate(cursors):
            await cur.execute("SELECT %s::int", (number,))
            assert cur.rowcount == -1
    for number, cur in enumerate(cursors):
        assert await cur.fetchone() == (number,)


async def test_session_that_is_forgotten(dsn: str) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn, autocommit=True)
    assert await repeat(conn, "SELECT %s::int", 1) == (1,)
    session = weakref.ref(conn._session)
    gc.disable()
    try:
        with pytest.warns(ResourceWarning):
            del conn
        assert session() is None, "nothing but its connection holds it"
    finally:
        gc.enable()
