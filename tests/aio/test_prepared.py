"""Prepared statements: when they are made, and when they are forgotten."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import pytest

import pgtwin
from pgtwin import errors as e

if TYPE_CHECKING:
    from typing_extensions import LiteralString


async def prepared(conn: pgtwin.AsyncConnection[Any]) -> list[str]:
    """Return the statements that the server has prepared, oldest first."""
    cur = await conn.execute(
        "SELECT statement FROM pg_prepared_statements ORDER BY prepare_time, name",
        prepare=False,
    )
    return [text async for (text,) in cur]


async def test_threshold(conn: pgtwin.AsyncConnection[Any]) -> None:
    assert conn.prepare_threshold == 5
    for number in range(5):
        await conn.execute("SELECT %s::int", (number,))
        assert await prepared(conn) == []
    cur = await conn.execute("SELECT %s::int", (5,))
    assert await cur.fetchone() == (5,)
    assert await prepared(conn) == ["SELECT $1::int"]
    cur = await conn.execute("SELECT %s::int", (6,))
    assert await cur.fetchone() == (6,)
    assert await prepared(conn) == ["SELECT $1::int"]


async def test_own_threshold(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, prepare_threshold=1) as conn:
        await conn.execute("SELECT 1")
        assert await prepared(conn) == []
        await conn.execute("SELECT 1")
        assert await prepared(conn) == ["SELECT 1"]


async def test_threshold_of_zero(conn: pgtwin.AsyncConnection[Any]) -> None:
    conn.prepare_threshold = 0
    await conn.execute("SELECT 1")
    assert await prepared(conn) == ["SELECT 1"]


async def test_no_threshold(conn: pgtwin.AsyncConnection[Any]) -> None:
    conn.prepare_threshold = None
    for _ in range(10):
        await conn.execute("SELECT 1")
    assert await prepared(conn) == []


async def test_prepare_at_once(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = await conn.execute("SELECT %s::text", ("x",), prepare=True)
    assert await cur.fetchone() == ("x",)
    assert await prepared(conn) == ["SELECT $1::text"]


async def test_never_prepare(conn: pgtwin.AsyncConnection[Any]) -> None:
    for _ in range(10):
        await conn.execute("SELECT 1", prepare=False)
    assert await prepared(conn) == []


async def test_types_make_another_statement(conn: pgtwin.AsyncConnection[Any]) -> None:
    for value in ("x", None, 1.5, True, "y"):
        await conn.execute("SELECT %s", (value,), prepare=True)
    assert len(await prepared(conn)) == 3


async def test_several_statements_are_not_prepared(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    for _ in range(10):
        cur = await conn.execute("SELECT 1; SELECT 2")
        assert cur.nextset() is True
    assert await prepared(conn) == []


async def test_prepared_max_drops_the_oldest_statements(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    conn.prepared_max = 3
    for number in range(5):
        await conn.execute(b"SELECT %d" % number, prepare=True)
    assert await prepared(conn) == ["SELECT 2", "SELECT 3", "SELECT 4"]


async def test_longest_unused_goes(conn: pgtwin.AsyncConnection[Any]) -> None:
    conn.prepared_max = 2
    await conn.execute("SELECT 1", prepare=True)
    await conn.execute("SELECT 2", prepare=True)
    await conn.execute("SELECT 1")
    await conn.execute("SELECT 3", prepare=True)
    assert sorted(await prepared(conn)) == ["SELECT 1", "SELECT 3"]


async def test_forgotten_statement_comes_back(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    conn.prepared_max = 1
    for _ in range(3):
        for number in range(3):
            cur = await conn.execute(b"SELECT %d" % number, prepare=True)
            assert await cur.fetchone() == (number,)
    assert await prepared(conn) == ["SELECT 2"]


@pytest.mark.parametrize("command", ["DISCARD ALL", "DEALLOCATE ALL"])
async def test_discarded(
    other: pgtwin.AsyncConnection[Any], command: LiteralString
) -> None:
    await other.execute("SELECT 1", prepare=True)
    assert await prepared(other) == ["SELECT 1"]
    await other.execute(command)
    assert await prepared(other) == []
    cur = await other.execute("SELECT 1", prepare=True)
    assert await cur.fetchone() == (1,)
    assert await prepared(other) == ["SELECT 1"]


async def test_table_changed_here(other: pgtwin.AsyncConnection[Any]) -> None:
    await other.execute("CREATE TEMP TABLE things (id int)")
    await other.execute("INSERT INTO things VALUES (1)")
    for _ in range(2):
        cur = await other.execute("SELECT * FROM things", prepare=True)
        assert await cur.fetchone() == (1,)
    await other.execute("ALTER TABLE things ADD name text DEFAULT 'x'")
    cur = await other.execute("SELECT * FROM things", prepare=True)
    assert await cur.fetchone() == (1, "x")


async def test_table_changed_elsewhere(
    dsn: str, other: pgtwin.AsyncConnection[Any]
) -> None:
    await other.execute("CREATE TABLE things AS SELECT 1 AS id")
    try:
        async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
            await conn.execute("SELECT * FROM things", prepare=True)
            await other.execute("ALTER TABLE things ADD name text DEFAULT 'x'")
            cur = await conn.execute("SELECT * FROM things", prepare=True)
            assert await cur.fetchone() == (1, "x")
    finally:
        await other.execute("DROP TABLE things")


async def test_rolled_back(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.execute("CREATE TEMP TABLE things (id int)")
    await conn.execute("SELECT * FROM things", prepare=True)
    await conn.rollback()
    with pytest.raises(e.UndefinedTable):
        await conn.execute("SELECT * FROM things", prepare=True)
    await conn.rollback()
    await conn.execute("CREATE TEMP TABLE things (name text)")
    await conn.execute("INSERT INTO things VALUES ('x')")
    cur = await conn.execute("SELECT * FROM things", prepare=True)
    assert await cur.fetchone() == ("x",)


async def test_error_while_preparing(conn: pgtwin.AsyncConnection[Any]) -> None:
    for _ in range(2):
        with pytest.raises(e.UndefinedTable):
            await conn.execute("SELECT * FROM no_such_table", prepare=True)
        await conn.rollback()
    assert await prepared(conn) == []
    cur = await conn.execute("SELECT 1", prepare=True)
    assert await cur.fetchone() == (1,)


async def test_error_of_prepared(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = await conn.execute("SELECT 1 / %s::int", (1,), prepare=True)
    assert await cur.fetchone() == (1,)
    with pytest.raises(e.DivisionByZero):
        await conn.execute("SELECT 1 / %s::int", (0,), prepare=True)
    await conn.rollback()
    cur = await conn.execute("SELECT 1 / %s::int", (1,), prepare=True)
    assert await cur.fetchone() == (1,)


async def test_evicted_in_failed_transaction(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    conn.prepared_max = 1
    await conn.execute("SELECT 1", prepare=True)
    with pytest.raises(e.DivisionByZero):
        await conn.execute("SELECT 1 / %s::int", (0,), prepare=True)
    await conn.rollback()
    cur = await conn.execute("SELECT 2", prepare=True)
    assert await cur.fetchone() == (2,)
    assert await prepared(conn) == ["SELECT 2"]


@pytest.mark.parametrize("pipelined", [False, True])
async def test_number_of_parameters(
    other: pgtwin.AsyncConnection[Any], pipelined: bool
) -> None:
    query = "SELECT %s::int, %s::text"
    named = "SELECT %(a)s::int, %(b)s::text"
    other.prepare_threshold = 1
    async with AsyncExitStack() as stack:
        if pipelined:
            await stack.enter_async_context(other.pipeline())
        for _ in range(4):
            await other.execute(query, (1, "a"))
            await other.execute(named, {"a": 1, "b": "a"})
        for params in ((1,), (1, "a", 2)):
            with pytest.raises(e.ProgrammingError, match=f"{len(params)} parameter"):
                await other.execute(query, params)
        with pytest.raises(TypeError, match="named placeholders"):
            await other.execute(named, (1, "a"))
        cur = await other.execute(query, (1, "a"))
        assert await cur.fetchall() == [(1, "a")]


async def test_empty_query_is_not_prepared(conn: pgtwin.AsyncConnection[Any]) -> None:
    # It can be executed in a failed transaction, as long as it is not prepared.
    for _ in range(8):
        await conn.execute("")
    with pytest.raises(e.DivisionByZero):
        await conn.execute("SELECT 1 / 0")
    cur = await conn.execute("")
    assert cur.pgresult is not None
