"""Differences from psycopg, on purpose: cursors. See docs/compatibility.md.

Each test asks both, so that it tells when psycopg changes too.
"""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

import pgtwin
from pgtwin import errors as e
from pgtwin.pq import TransactionStatus

# psycopg's own connections call add_reader().
pytestmark = pytest.mark.needs_readers

Ours = pgtwin.AsyncConnection[Any]
Theirs = psycopg.AsyncConnection[Any]


async def test_nothing_sent(conn: Ours, theirs: Theirs) -> None:
    with pytest.raises(e.ProgrammingError):
        await theirs.execute("SELECT %s", (1, 2))
    assert theirs.info.transaction_status == TransactionStatus.INTRANS
    with pytest.raises(e.ProgrammingError):
        await conn.execute("SELECT %s", (1, 2))
    assert conn.info.transaction_status == TransactionStatus.IDLE


async def test_stream_of_nothing(conn: Ours, theirs: Theirs) -> None:
    with pytest.raises(e.InternalError):
        async for _ in theirs.cursor().stream(""):
            pass
    with pytest.raises(e.ProgrammingError):
        async for _ in conn.cursor().stream(""):
            pass


async def test_rowcount_that_is_not_known(conn: Ours, theirs: Theirs) -> None:
    query = "SELECT %s::int"
    async with theirs.pipeline():
        their_cursor = theirs.cursor()
        await their_cursor.executemany(query, [])
        assert their_cursor.rowcount == 0
    async with conn.pipeline():
        cursor = conn.cursor()
        await cursor.executemany(query, [(1,), (2,)])
        assert cursor.rowcount == -1
    assert cursor.rowcount == 2


async def test_rowcount_of_the_last_statement(conn: Ours, theirs: Theirs) -> None:
    query = "SELECT %s::int"
    async with theirs.pipeline():
        their_cursor = theirs.cursor()
        await their_cursor.execute("SELECT generate_series(1, 10)")
        await their_cursor.executemany(query, [(1,), (2,)])
    assert their_cursor.rowcount > 2
    async with conn.pipeline():
        cursor = conn.cursor()
        await cursor.execute("SELECT generate_series(1, 10)")
        await cursor.executemany(query, [(1,), (2,)])
    assert cursor.rowcount == 2


async def test_rowcount_of_a_closed_cursor(conn: Ours, theirs: Theirs) -> None:
    query = "SELECT generate_series(1, %s)"
    async with theirs.pipeline(), theirs.cursor() as their_cursor:
        await their_cursor.executemany(query, [(2,), (5,)])
    assert their_cursor.rowcount in (2, 5)
    async with conn.pipeline(), conn.cursor() as cursor:
        await cursor.executemany(query, [(2,), (5,)])
    assert cursor.rowcount == 7


async def test_many_of_nothing(conn: Ours, theirs: Theirs) -> None:
    async def left(conn: Ours | Theirs) -> Any:
        cur = conn.cursor()
        async with conn.pipeline():
            await cur.execute("SELECT 1")
            await cur.executemany("SELECT %s", [], returning=True)
        return cur.pgresult

    assert await left(theirs) is not None
    assert await left(conn) is None


async def test_many_that_failed(conn: Ours, theirs: Theirs) -> None:
    their_cursor = theirs.cursor()
    with pytest.raises(e.DivisionByZero):
        await their_cursor.executemany("SELECT 10 / %s", [(2,), (0,)], returning=True)
    assert [each.rowcount async for each in their_cursor.results()] == [1]
    assert await their_cursor.fetchall() == [(5,)]
    cursor = conn.cursor()
    with pytest.raises(e.DivisionByZero):
        await cursor.executemany("SELECT 10 / %s", [(2,), (0,)], returning=True)
    assert cursor.rowcount == -1
    assert [each.rowcount async for each in cursor.results()] == []
    with pytest.raises(e.ProgrammingError, match="no result"):
        await cursor.fetchall()


async def test_many_after_a_stream(conn: Ours, theirs: Theirs) -> None:
    async def store(conn: Ours | Theirs) -> int:
        conn.prepare_threshold = None
        cur = conn.cursor()
        assert [row async for row in cur.stream("SELECT 1")] == [(1,)]
        await cur.executemany("SELECT %s", [(1,), (2,)])
        return cur.rowcount

    with pytest.raises(e.InternalError, match="SINGLE_TUPLE"):
        await store(theirs)
    assert await store(conn) == 2


async def test_executed_when_closed(conn: Ours, theirs: Theirs) -> None:
    for each in theirs, conn:
        cur = await each.execute("SELECT 1")
        await each.close()
        with pytest.raises(e.OperationalError, match="closed"):
            await cur.execute("SELECT 2")
        if each is theirs:
            assert await cur.fetchall() == [(1,)]
        else:
            with pytest.raises(e.ProgrammingError, match="no result"):
                await cur.fetchall()


async def test_negative_size_of_a_result(conn: Ours, theirs: Theirs) -> None:
    their_cursor = await theirs.execute("SELECT generate_series(1, 3)")
    await their_cursor.fetchone()
    with pytest.raises((SystemError, e.InterfaceError)):
        await their_cursor.fetchmany(-1)
    cursor = await conn.execute("SELECT generate_series(1, 3)")
    await cursor.fetchone()
    with pytest.raises(e.InterfaceError, match="-1"):
        await cursor.fetchmany(-1)
    assert await cursor.fetchall() == [(2,), (3,)]
