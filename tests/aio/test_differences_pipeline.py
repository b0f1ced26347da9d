"""Differences from psycopg, on purpose: pipelines. See docs/compatibility.md.

Each test asks both, so that it tells when psycopg changes too.
"""

from __future__ import annotations

import contextlib
import logging
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


async def test_copy_executed_in_a_pipeline(conn: Ours, theirs: Theirs) -> None:
    for each in theirs, conn:
        with pytest.raises(e.ProgrammingError):
            async with each.pipeline():
                cur = await each.execute("COPY (SELECT 1) TO STDOUT")
                await cur.fetchall()
    assert theirs.info.transaction_status == TransactionStatus.ACTIVE
    assert conn.closed
    await theirs.close()


async def test_result_chosen_in_a_pipeline(conn: Ours, theirs: Theirs) -> None:
    async with theirs.pipeline():
        their_cursor = await theirs.execute("SELECT 1")
        with pytest.raises(IndexError):
            await their_cursor.set_result(0)
    async with conn.pipeline():
        cursor = await conn.execute("SELECT 1")
        await cursor.set_result(-1)
        assert await cursor.fetchone() == (1,)


async def test_results_in_a_pipeline(conn: Ours, theirs: Theirs) -> None:
    async def counted(conn: Ours | Theirs) -> list[int]:
        async with conn.pipeline():
            cursor = await conn.execute("SELECT 1")
            return [each.rowcount async for each in cursor.results()]

    assert await counted(theirs) == []
    assert await counted(conn) == [1]


async def test_nothing_to_commit_in_a_pipeline(conn: Ours, theirs: Theirs) -> None:
    async def warned(conn: Ours | Theirs) -> list[str | None]:
        notices: list[str | None] = []
        conn.add_notice_handler(lambda notice: notices.append(notice.sqlstate))
        await conn.set_autocommit(True)
        async with conn.pipeline():
            await conn.execute("SELECT 1")
            await conn.commit()
        return notices

    assert await warned(theirs) == ["25P01"]
    assert await warned(conn) == []


async def test_block_after_statements_of_a_pipeline(conn: Ours, theirs: Theirs) -> None:
    async def stored(conn: Ours | Theirs) -> list[Any]:
        await conn.set_autocommit(True)
        await conn.execute("CREATE TEMP TABLE numbers (n int)")
        async with conn.pipeline():
            cur = await conn.execute("INSERT INTO numbers VALUES (1) RETURNING n")
            await cur.fetchall()
            async with conn.transaction(force_rollback=True):
                await conn.execute("INSERT INTO numbers VALUES (2)")
        return await (await conn.execute("SELECT n FROM numbers")).fetchall()

    assert await stored(theirs) == []
    assert await stored(conn) == [(1,)]


async def test_rollback_of_an_error_in_a_pipeline(
    conn: Ours, theirs: Theirs, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(e.DivisionByZero):
        async with theirs.pipeline():
            await theirs.execute("SELECT 1 / 0")
            await theirs.rollback()
    caplog.set_level(logging.INFO, "pgtwin")
    async with conn.pipeline():
        await conn.execute("SELECT 1 / 0")
        await conn.rollback()
    assert "division by zero" in caplog.text
    assert conn.info.transaction_status == TransactionStatus.IDLE


async def test_connection_left_in_a_pipeline(dsn: str, other: Ours) -> None:
    await other.set_autocommit(True)
    await other.execute("DROP TABLE IF EXISTS kept; CREATE TABLE kept (who text)")

    async def store(conn: Ours | Theirs, who: str) -> None:
        await conn.set_autocommit(True)
        async with conn.pipeline():
            query = "INSERT INTO kept VALUES (%s) RETURNING who"
            await conn.cursor().executemany(query, [(who,)], returning=True)
            async with conn:
                pass

    with contextlib.suppress(e.OperationalError):
        await store(await psycopg.AsyncConnection.connect(dsn), "theirs")
    with contextlib.suppress(e.OperationalError):
        await store(await pgtwin.AsyncConnection.connect(dsn), "ours")
    cur = await other.execute("SELECT who FROM kept")
    assert await cur.fetchall() == [("ours",)]
    await other.execute("DROP TABLE kept")


async def test_server_cursor_in_a_pipeline(conn: Ours, theirs: Theirs) -> None:
    for each in theirs, conn:
        async with each.cursor("curs") as cursor, each.pipeline():
            with pytest.raises(e.NotSupportedError, match="pipeline"):
                await cursor.execute("SELECT 1")
