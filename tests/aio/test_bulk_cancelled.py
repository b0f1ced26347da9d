# twingen: async-only
"""A task is cancelled in a COPY, a pipeline or executemany(): nothing is left of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import pgtwin
from pgtwin.pq import PipelineStatus, TransactionStatus
from tests.aio.support.session_activity import until_sessions

DEADLINE = 60

Connection = pgtwin.AsyncConnection[Any]
Usable = Callable[[Connection], Awaitable[None]]
Work = Callable[[Connection], Awaitable[None]]


async def executemany(conn: Connection) -> None:
    rows = [(n, "x" * 1000) for n in range(300)]
    await conn.cursor().executemany("INSERT INTO things VALUES (%s, %s)", rows)


async def pipeline(conn: Connection) -> None:
    cur = conn.cursor()
    async with conn.pipeline():
        for n in range(150):
            await cur.execute("INSERT INTO things VALUES (%s, 'x')", (n,))
        await conn.execute("SELECT repeat('x', 100000)")
    assert cur.rowcount == 1


async def transactions(conn: Connection) -> None:
    async with conn.pipeline(), conn.transaction():
        await conn.execute("INSERT INTO things VALUES (1, 'x')")
        async with conn.pipeline():
            await conn.execute("INSERT INTO things VALUES (2, 'x')")


async def copy_in(conn: Connection) -> None:
    async with conn.cursor().copy("COPY things FROM STDIN") as copy:
        await copy.write_rows((n, "x" * 10_000) for n in range(300))


async def queued_copy_in(conn: Connection) -> None:
    cur = conn.cursor()
    writer = pgtwin.copy.AsyncQueuedLibpqWriter(cur)
    async with cur.copy("COPY things FROM STDIN", writer=writer) as copy:
        await copy.write_rows((n, "x" * 10_000) for n in range(300))


async def copy_out(conn: Connection) -> None:
    query = "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 2000)) TO STDOUT"
    async with conn.cursor().copy(query) as copy:
        async for _ in copy.rows():
            pass


async def records(conn: Connection) -> None:
    await conn.copy_records("things", ["id"], [(1,), (2,)])


@pytest.mark.parametrize(
    "work",
    [executemany, pipeline, transactions, copy_in, queued_copy_in, copy_out, records],
)
async def test_cancelled_at_every_step(
    conn: Connection, work: Work, usable: Usable
) -> None:
    await conn.execute("CREATE TEMP TABLE things (id int, name text)")
    await conn.commit()
    interrupted = 0
    for turns in range(30):
        task = asyncio.ensure_future(work(conn))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            interrupted += 1
        assert conn.info.transaction_status != TransactionStatus.ACTIVE
        assert conn.pgconn.pipeline_status == PipelineStatus.OFF
        await usable(conn)
    assert interrupted
    await work(conn)
    await usable(conn)


async def sleep_in_executemany(conn: Connection) -> None:
    await conn.cursor().executemany("SELECT pg_sleep(%s)", [(0,), (120,), (120,)])


async def sleep_in_pipeline(conn: Connection) -> None:
    async with conn.pipeline():
        await conn.execute("SELECT 1")
        cur = await conn.execute("SELECT pg_sleep(120)")
        await conn.execute("SELECT 2")
        await cur.fetchone()


async def sleep_in_copy(conn: Connection) -> None:
    async with conn.cursor().copy("COPY (SELECT pg_sleep(120)) TO STDOUT") as copy:
        await copy.read()


@pytest.mark.parametrize(
    "work", [sleep_in_executemany, sleep_in_pipeline, sleep_in_copy]
)
async def test_cancelled_while_the_server_works(
    conn: Connection,
    work: Work,
    until_sleeping: Callable[[int], Awaitable[None]],
    usable: Usable,
) -> None:
    task = asyncio.ensure_future(work(conn))
    await until_sleeping(conn.info.backend_pid)
    started = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - started < DEADLINE
    assert conn.info.transaction_status == TransactionStatus.INERROR
    await usable(conn)


async def test_cancelled_while_the_server_does_not_read(
    conn: Connection, other: Connection, usable: Usable
) -> None:
    await other.execute("DROP TABLE IF EXISTS unread; CREATE TABLE unread (n int)")

    async def fill() -> None:
        async with conn.cursor().copy("COPY unread FROM STDIN") as copy:
            while True:
                await copy.write(b"1\n" * 100_000)

    try:
        await other.execute("BEGIN; LOCK TABLE unread")
        task = asyncio.create_task(fill())
        waits = "pid = %s AND wait_event_type = 'Lock'"
        await until_sessions(other, 1, waits, conn.info.backend_pid)
        started = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - started < DEADLINE
        await usable(conn)
    finally:
        await other.execute("ROLLBACK; DROP TABLE unread")
