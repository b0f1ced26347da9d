# twingen: async-only
"""Tasks that wait for a connection of a pool are cancelled: none is lost."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

from psycopg_pool import AsyncConnectionPool, AsyncNullConnectionPool

import pgtwin
from pgtwin.pq import TransactionStatus
from tests.aio.support.session_activity import until_sessions

CONNECTION: Any = pgtwin.AsyncConnection


async def cancel(task: asyncio.Task[Any]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_waiters_cancelled(dsn: str) -> None:
    for kind in (AsyncConnectionPool, AsyncNullConnectionPool):
        async with kind(
            dsn, connection_class=CONNECTION, open=False, max_size=2, min_size=0
        ) as pool:
            held = [await pool.getconn(), await pool.getconn()]
            waiting = [asyncio.create_task(pool.getconn()) for _ in range(20)]
            deadline = time.monotonic() + 60
            while pool.get_stats()["requests_waiting"] < 20:
                assert time.monotonic() < deadline, pool.get_stats()
                await asyncio.sleep(0.01)
            for task in waiting[:-1]:
                await cancel(task)
            for conn in held:
                await pool.putconn(conn)
            await pool.putconn(await asyncio.wait_for(waiting[-1], 60))
            async with pool.connection(timeout=60) as conn:
                cur = await conn.execute("SELECT 1")
                assert await cur.fetchone() == (1,)


async def test_cancelled_while_executing(
    dsn: str, other: pgtwin.AsyncConnection[Any]
) -> None:
    name = "pgtwin_pool_cancelled"
    async with AsyncConnectionPool(
        dsn,
        kwargs={"application_name": name},
        connection_class=CONNECTION,
        open=False,
        min_size=1,
        max_size=3,
    ) as pool:

        async def sleep() -> None:
            async with pool.connection() as conn:
                await conn.execute("SELECT pg_sleep(120)")

        sleeping = [asyncio.create_task(sleep()) for _ in range(10)]
        asleep = "application_name = %s AND wait_event = 'PgSleep'"
        await until_sessions(other, 3, asleep, name)
        for task in sleeping:
            await cancel(task)
        held = [await pool.getconn(timeout=60) for _ in range(3)]
        for conn in held:
            assert conn.info.transaction_status == TransactionStatus.IDLE
            await conn.execute("SELECT 1")
            await pool.putconn(conn)
