"""Raw queries: the server's own placeholders, `$1`, `$2` ..."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import pgtwin
from pgtwin import errors as e, sql
from pgtwin.rows import dict_row

if TYPE_CHECKING:
    from typing_extensions import LiteralString


@pytest.fixture
def cur(conn: pgtwin.AsyncConnection[Any]) -> pgtwin.AsyncRawCursor[Any]:
    return pgtwin.AsyncRawCursor(conn)


async def test_factory(conn: pgtwin.AsyncConnection[Any]) -> None:
    conn.cursor_factory = pgtwin.AsyncRawCursor
    cur = await conn.execute("SELECT $1::int", [1])
    assert type(cur) is pgtwin.AsyncRawCursor
    assert await cur.fetchone() == (1,)


@pytest.mark.parametrize(
    ("query", "params", "expected"),
    [
        ("SELECT $1, $2", (1, "a"), (1, "a")),
        ("SELECT $1, $2", [1, "a"], (1, "a")),
        ("SELECT $2::text, $1::int, $2", (1, "a"), ("a", 1, "a")),
        ("SELECT $1::int % 4, '%s', '%%'", (10,), (2, "%s", "%%")),
        ("SELECT 10 % 4", None, (2,)),
        ("SELECT 10 % 4", (), (2,)),
        ("SELECT $1::text", (None,), (None,)),
    ],
)
async def test_placeholders(
    cur: pgtwin.AsyncRawCursor[Any], query: LiteralString, params: Any, expected: Any
) -> None:
    await cur.execute(query, params)
    assert await cur.fetchone() == expected


async def test_kinds_of_query(cur: pgtwin.AsyncRawCursor[Any]) -> None:
    for query in (
        b"SELECT $1::int AS one",
        sql.SQL("SELECT $1::int AS {}").format(sql.Identifier("one")),
    ):
        await cur.execute(query, (1,))
        assert await cur.fetchone() == (1,)


@pytest.mark.parametrize("params", [{"a": 1}, "a", 1])
async def test_parameters_of_a_wrong_kind(
    cur: pgtwin.AsyncRawCursor[Any], params: Any
) -> None:
    with pytest.raises(TypeError, match="sequence"):
        await cur.execute("SELECT $1", params)
    await cur.execute("SELECT 1")
    assert await cur.fetchone() == (1,)


async def test_too_few_parameters(cur: pgtwin.AsyncRawCursor[Any]) -> None:
    with pytest.raises(e.Error):
        await cur.execute("SELECT $1::int, $2::int", (1,))


@pytest.mark.parametrize("binary", [False, True])
async def test_format(cur: pgtwin.AsyncRawCursor[Any], binary: bool) -> None:
    await cur.execute("SELECT $1::int4", (1,), binary=binary)
    assert cur.pgresult is not None
    assert cur.pgresult.fformat(0) == binary
    assert await cur.fetchone() == (1,)


async def test_prepared(
    conn: pgtwin.AsyncConnection[Any], cur: pgtwin.AsyncRawCursor[Any]
) -> None:
    for number in range(3):
        await cur.execute("SELECT $1::int", (number,), prepare=True)
    await cur.execute("SELECT statement FROM pg_prepared_statements")
    assert await cur.fetchall() == [("SELECT $1::int",)]


async def test_executemany(cur: pgtwin.AsyncRawCursor[Any]) -> None:
    await cur.execute("CREATE TEMP TABLE things (id int, name text)")
    await cur.executemany("INSERT INTO things VALUES ($1, $2)", [(1, "a"), (2, None)])
    assert cur.rowcount == 2
    await cur.execute("SELECT * FROM things ORDER BY id")
    assert await cur.fetchall() == [(1, "a"), (2, None)]


async def test_stream(cur: pgtwin.AsyncRawCursor[Any]) -> None:
    query = "SELECT n FROM generate_series(1, $1::int) AS n"
    assert [row async for row in cur.stream(query, (3,))] == [(1,), (2,), (3,)]


async def test_row_factory(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = pgtwin.AsyncRawCursor(conn, row_factory=dict_row)
    await cur.execute("SELECT $1::int AS a", (1,))
    assert await cur.fetchone() == {"a": 1}
