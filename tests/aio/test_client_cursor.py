"""Client-side binding: parameters written into the text of the query."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

import pgtwin
from pgtwin import errors as e, sql
from pgtwin.adapt import Dumper
from pgtwin.pq import Format
from pgtwin.rows import dict_row
from pgtwin.types.json import Jsonb


@pytest.fixture
async def conn(dsn: str) -> AsyncIterator[pgtwin.AsyncConnection[Any]]:
    """A connection whose cursors bind on the client's side."""
    async with pgtwin.AsyncConnection.connect(
        dsn, cursor_factory=pgtwin.AsyncClientCursor
    ) as conn:
        yield conn


@pytest.fixture
def cur(conn: pgtwin.AsyncConnection[Any]) -> pgtwin.AsyncClientCursor[Any]:
    return pgtwin.AsyncClientCursor(conn)


async def test_factory(conn: pgtwin.AsyncConnection[Any]) -> None:
    assert type(conn.cursor()) is pgtwin.AsyncClientCursor
    assert type(await conn.execute("SELECT %s", (1,))) is pgtwin.AsyncClientCursor


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -5,
        2**40,
        1.5,
        -1.5,
        float("inf"),
        Decimal("-3.14"),
        "",
        'it\'s a \\ "string" % \u20ac',
        b"\x00\xff'\\",
        dt.date(2025, 2, 28),
        dt.datetime(1999, 12, 31, 1, 2, 3, 4),
        dt.datetime(1999, 12, 31, 1, 2, 3, 4, tzinfo=dt.timezone.utc),
        dt.timedelta(days=-3, seconds=5),
        UUID("12345678-1234-5678-1234-567812345678"),
        [1, -2, 3],
    ],
)
async def test_values_come_back(cur: pgtwin.AsyncClientCursor[Any], value: Any) -> None:
    await cur.execute("SELECT %s", (value,))
    assert await cur.fetchone() == (value,)


async def test_array_of_text(cur: pgtwin.AsyncClientCursor[Any]) -> None:
    value = ["a", None, "it's", "comma, \\ brace}"]
    await cur.execute("SELECT %s::text[]", (value,))
    assert await cur.fetchone() == (value,)


async def test_json(cur: pgtwin.AsyncClientCursor[Any]) -> None:
    value = {"a": [1, "it's", None]}
    await cur.execute("SELECT %s", (Jsonb(value),))
    assert await cur.fetchone() == (value,)


@pytest.mark.parametrize(
    ("query", "params", "expected"),
    [
        ("SELECT %s, %s", (1, "a"), "SELECT 1, 'a'"),
        ("SELECT 1 -%s", (-1,), "SELECT 1 - -1"),
        ("SELECT %(a)s, %(b)s, %(a)s", {"a": 1, "b": "x"}, "SELECT 1, 'x', 1"),
        ("SELECT '%%', %s", (1,), "SELECT '%', 1"),
        ("SELECT '%'", None, "SELECT '%'"),
        ("SELECT '%%'", (), "SELECT '%'"),
        ("SELECT %s", ("%s",), "SELECT '%s'"),
        ("SELECT %s", (None,), "SELECT NULL"),
        (b"SELECT %s", ("\u20ac",), "SELECT '\u20ac'"),
        (
            sql.SQL("SELECT %s AS {}").format(sql.Identifier("x")),
            (1,),
            'SELECT 1 AS "x"',
        ),
        ("SELECT %t, %b", (1, 2), "SELECT 1, 2"),
    ],
)
async def test_mogrify(
    cur: pgtwin.AsyncClientCursor[Any], query: Any, params: Any, expected: str
) -> None:
    assert cur.mogrify(query, params) == expected


async def test_mogrify_sends_nothing(cur: pgtwin.AsyncClientCursor[Any]) -> None:
    await cur.execute("SELECT 'before'")
    cur.mogrify("SELECT %s", ("meanwhile",))
    assert await cur.fetchone() == ("before",)


async def test_mogrify_in_another_encoding(
    conn: pgtwin.AsyncConnection[Any], cur: pgtwin.AsyncClientCursor[Any]
) -> None:
    await conn.execute("SET client_encoding TO latin1")
    assert cur.mogrify("SELECT %s", ("\xe9",)) == "SELECT '\xe9'"
    with pytest.raises(UnicodeEncodeError):
        cur.mogrify("SELECT %s", ("\u20ac",))


@pytest.mark.parametrize(
    ("query", "params", "error"),
    [
        ("SELECT %s", (1, 2), e.ProgrammingError),
        ("SELECT %(a)s", {"b": 1}, e.ProgrammingError),
        ("SELECT %x", (1,), e.ProgrammingError),
        ("SELECT %s", (object(),), e.ProgrammingError),
        ("SELECT %s", 1, TypeError),
        ("SELECT %s", {"a": 1}, TypeError),
        (1, None, TypeError),
    ],
)
async def test_bad_parameters(
    cur: pgtwin.AsyncClientCursor[Any], query: Any, params: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        cur.mogrify(query, params)
    with pytest.raises(error):
        await cur.execute(query, params)
    assert cur.connection.info.transaction_status == pgtwin.pq.TransactionStatus.IDLE


async def test_data_definition(cur: pgtwin.AsyncClientCursor[Any]) -> None:
    await cur.execute(
        "CREATE TEMP TABLE things (id int DEFAULT %s, name text DEFAULT %s)",
        (42, "it's"),
    )
    await cur.execute("INSERT INTO things DEFAULT VALUES RETURNING *")
    assert await cur.fetchone() == (42, "it's")
    await cur.execute("SET TIME ZONE %s", ("Asia/Tokyo",))
    await cur.execute("SHOW TIME ZONE")
    assert await cur.fetchone() == ("Asia/Tokyo",)


async def test_several_statements(cur: pgtwin.AsyncClientCursor[Any]) -> None:
    await cur.execute("SELECT %s; SELECT %s", (1, "a"))
    assert [await each.fetchone() async for each in cur.results()] == [(1,), ("a",)]


async def test_executemany(
    conn: pgtwin.AsyncConnection[Any], cur: pgtwin.AsyncClientCursor[Any]
) -> None:
    await cur.execute("CREATE TEMP TABLE things (id int, name text)")
    await cur.executemany(
        "INSERT INTO things VALUES (%s, %s)", [(1, "a"), (2, None), (3, "c")]
    )
    assert cur.rowcount == 3
    await cur.executemany(
        "SELECT name FROM things WHERE id = %(id)s",
        [{"id": 1}, {"id": 2}],
        returning=True,
    )
    assert [await each.fetchone() async for each in cur.results()] == [("a",), (None,)]


async def test_never_prepared(
    conn: pgtwin.AsyncConnection[Any], cur: pgtwin.AsyncClientCursor[Any]
) -> None:
    conn.prepare_threshold = 0
    for number in range(3):
        await cur.execute("SELECT %s", (number,), prepare=True)
    await cur.executemany("SELECT %s", [(1,), (2,)])
    await cur.execute("SELECT count(*) FROM pg_prepared_statements")
    assert await cur.fetchone() == (0,)


async def test_no_binary_results(
    conn: pgtwin.AsyncConnection[Any], cur: pgtwin.AsyncClientCursor[Any]
) -> None:
    with pytest.raises(e.NotSupportedError, match="binary"):
        await cur.execute("SELECT 1", binary=True)
    with pytest.raises(e.NotSupportedError, match="binary"):
        async for _ in cur.stream("SELECT 1", binary=True):
            pass
    with pytest.raises(e.NotSupportedError, match="binary"):
        await conn.execute("SELECT 1", binary=True)
    await cur.execute("SELECT 1", binary=False)
    assert await cur.fetchone() == (1,)
    cur.format = Format.BINARY
    with pytest.raises(e.NotSupportedError, match="binary"):
        await cur.executemany("SELECT %s", [(1,)], returning=True)
    with pytest.raises(e.NotSupportedError, match="binary"):
        async with conn.pipeline():
            await cur.executemany("SELECT %s", [(1,)])


async def test_stream(cur: pgtwin.AsyncClientCursor[Any]) -> None:
    query = "SELECT n FROM generate_series(%s, %s) AS n"
    assert [row async for row in cur.stream(query, (1, 3))] == [(1,), (2,), (3,)]


async def test_row_factory(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = pgtwin.AsyncClientCursor(conn, row_factory=dict_row)
    await cur.execute("SELECT %s AS a", (1,))
    assert await cur.fetchone() == {"a": 1}


class Celsius(float):
    """A temperature."""


class CelsiusDumper(Dumper):
    """Dumps a temperature as text with its unit."""

    oid = 25

    def dump(self, obj: Any) -> bytes:
        return f"{obj:g} C".encode()


async def test_adapters(
    conn: pgtwin.AsyncConnection[Any], cur: pgtwin.AsyncClientCursor[Any]
) -> None:
    assert cur.mogrify("SELECT %s", (Celsius(20),)) == "SELECT 20.0"
    cur.adapters.register_dumper(Celsius, CelsiusDumper)
    assert cur.mogrify("SELECT %s", (Celsius(20),)) == "SELECT '20 C'"
    await cur.execute("SELECT %s", (Celsius(20),))
    assert await cur.fetchone() == ("20 C",)
    conn.adapters.register_dumper(Celsius, CelsiusDumper)
    fresh = pgtwin.AsyncClientCursor(conn)
    assert fresh.mogrify("SELECT %s", (Celsius(20),)) == "SELECT '20 C'"


async def test_server_side_cursor(conn: pgtwin.AsyncConnection[Any]) -> None:
    async with conn.cursor("curs") as cur:
        assert type(cur) is pgtwin.AsyncServerCursor
        await cur.execute("SELECT %s", ("a",))
        assert await cur.fetchone() == ("a",)
