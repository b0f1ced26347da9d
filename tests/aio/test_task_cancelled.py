# twingen: async-only
"""A task is cancelled while the connection talks: it stays usable, or says not."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import pgtwin
from pgtwin import errors as e
from pgtwin.pq import TransactionStatus
from tests.aio.support.session_activity import until_sessions

DEADLINE = 60


Usable = Callable[[pgtwin.AsyncConnection[Any]], Awaitable[None]]


async def test_task_cancelled(
    conn: pgtwin.AsyncConnection[Any],
    until_sleeping: Callable[[int], Awaitable[None]],
    usable: Usable,
) -> None:
    task = asyncio.create_task(conn.execute("SELECT pg_sleep(120)"))
    await until_sleeping(conn.info.backend_pid)
    started = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - started < DEADLINE
    assert conn.info.transaction_status == TransactionStatus.INERROR
    await usable(conn)


async def test_query_with_deadline(
    conn: pgtwin.AsyncConnection[Any], usable: Usable
) -> None:
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(conn.execute("SELECT pg_sleep(120)"), 0.3)
    await usable(conn)


async def test_cancelled_at_every_step(
    conn: pgtwin.AsyncConnection[Any], usable: Usable
) -> None:
    # The loop turns n times before the task is cancelled: so it is interrupted
    # before it starts, while it sends, while it waits, and after its end.
    conn.prepare_threshold = 2
    interrupted = 0
    for turns in range(40):
        task = asyncio.create_task(
            conn.execute("SELECT generate_series(1, 1000), %s::int", (turns,))
        )
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            interrupted += 1
        assert conn.info.transaction_status != TransactionStatus.ACTIVE
        await usable(conn)
    assert interrupted


async def test_transaction_cancelled_at_every_step(
    conn: pgtwin.AsyncConnection[Any], usable: Usable
) -> None:
    await conn.execute("CREATE TEMP TABLE things (id int)")
    await conn.commit()

    async def change(number: int) -> None:
        async with conn.transaction():
            await conn.execute("INSERT INTO things VALUES (%s)", (number,))
            async with conn.transaction():
                await conn.execute("INSERT INTO things VALUES (%s)", (number,))

    for turns in range(60):
        task = asyncio.create_task(change(turns))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        assert conn.info.transaction_status == TransactionStatus.IDLE
        cur = await conn.execute(
            "SELECT count(*) FROM things WHERE id = %s", (turns,), prepare=False
        )
        assert await cur.fetchone() in ((0,), (2,))
        await usable(conn)


async def test_cancelled_while_sending(
    conn: pgtwin.AsyncConnection[Any], usable: Usable
) -> None:
    text = "x" * (32 << 20)
    for turns in range(0, 12, 2):
        task = asyncio.create_task(conn.execute("SELECT length(%s)", (text,)))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await usable(conn)


async def test_cancelled_while_waiting_for_the_lock(
    conn: pgtwin.AsyncConnection[Any],
    other: pgtwin.AsyncConnection[Any],
    usable: Usable,
) -> None:
    await other.execute("SELECT pg_advisory_lock(4712)")
    first = asyncio.create_task(
        conn.execute("SELECT 'first' FROM pg_advisory_xact_lock(4712)")
    )
    waits = "pid = %s AND wait_event = 'advisory'"
    await until_sessions(other, 1, waits, conn.info.backend_pid)
    second = asyncio.create_task(conn.execute("SELECT 'second'"))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    assert not first.done()
    await other.execute("SELECT pg_advisory_unlock(4712)")
    cur = await first
    assert await cur.fetchone() == ("first",)
    await usable(conn)


async def test_cancelled_twice(
    dsn: str, until_sleeping: Callable[[int], Awaitable[None]], usable: Usable
) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn)
    task = asyncio.create_task(conn.execute("SELECT pg_sleep(120)"))
    await until_sleeping(conn.info.backend_pid)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    started = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - started < DEADLINE
    # Usable or plainly broken, nothing between.
    if conn.closed:
        assert conn.broken
        with pytest.raises(e.OperationalError):
            await conn.execute("SELECT 1")
    else:
        await usable(conn)
    await conn.close()


# The server sends when it has 8 KiB.
SLOW_ROWS = (
    "SELECT n, repeat('x', 10000), pg_sleep(n / 5 * 120)"
    " FROM generate_series(1, 300) AS n"
)


async def stream_slowly(conn: pgtwin.AsyncConnection[Any], found: list[int]) -> None:
    async for number, _, _ in conn.cursor().stream(SLOW_ROWS):
        found.append(number)


async def fetch_slowly(conn: pgtwin.AsyncConnection[Any], found: list[int]) -> None:
    async with conn.cursor("curs") as cur:
        cur.itersize = 1
        await cur.execute(SLOW_ROWS)
        async for number, _, _ in cur:
            found.append(number)


@pytest.mark.parametrize("read", [stream_slowly, fetch_slowly])
async def test_cancelled_between_rows(
    conn: pgtwin.AsyncConnection[Any],
    read: Any,
    until_sleeping: Callable[[int], Awaitable[None]],
    usable: Usable,
) -> None:
    found: list[int] = []
    task = asyncio.create_task(read(conn, found))
    await until_sleeping(conn.info.backend_pid)
    while len(found) < 2:
        await asyncio.sleep(0.01)
    started = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - started < DEADLINE
    assert found[:2] == [1, 2]
    await usable(conn)


@pytest.mark.parametrize("turns", range(0, 60, 3))
async def test_stream_cancelled_at_every_step(
    conn: pgtwin.AsyncConnection[Any], turns: int, usable: Usable
) -> None:
    async def read() -> None:
        query = "SELECT repeat('x', 10000) FROM generate_series(1, 10000)"
        async for _ in conn.cursor().stream(query):
            await asyncio.sleep(0)

    task = asyncio.create_task(read())
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await usable(conn)


async def test_declaring_cancelled_at_every_step(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    survived = 0
    for turns in range(30):
        async with conn.cursor("curs") as cur:
            await conn.execute("SELECT 1")
            task = asyncio.create_task(cur.execute("SELECT generate_series(1, 9)"))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            if conn.info.transaction_status == TransactionStatus.INTRANS:
                survived += 1
                await cur.execute("SELECT 2")
                assert await cur.fetchall() == [(2,)]
        await conn.rollback()
    assert survived


async def test_stream_left_by_a_task_that_ends(
    conn: pgtwin.AsyncConnection[Any], usable: Usable
) -> None:
    async def read() -> Any:
        async for row in conn.cursor().stream("SELECT generate_series(1, 100000)"):
            return row
        return None

    assert await asyncio.create_task(read()) == (1,)
    await usable(conn)


async def test_cancelled_while_connecting(
    silent_port: int,
) -> None:
    async def connect() -> None:
        await pgtwin.AsyncConnection.connect(f"host=127.0.0.1 port={silent_port}")

    task = asyncio.create_task(connect())
    await asyncio.sleep(0.1)
    started = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - started < DEADLINE


async def test_connect_with_deadline(
    silent_port: int,
) -> None:
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(
            pgtwin.AsyncConnection.connect(f"host=127.0.0.1 port={silent_port}"), 0.3
        )


async def test_cancelled_before_a_block_could_be_left(
    conn: pgtwin.AsyncConnection[Any],
    until_sleeping: Callable[[int], Awaitable[None]],
    usable: Usable,
) -> None:
    conn.prepare_threshold = 0
    look = "SELECT to_regclass(%s::text)"
    for _ in range(2):
        await conn.execute(look, ("things",))
    await conn.commit()
    entered = asyncio.Event()
    leaving = asyncio.Event()

    block = conn.transaction()

    async def change() -> None:
        async with block:
            await conn.execute("CREATE TEMP TABLE things (id int)")
            entered.set()
            await leaving.wait()

    task = asyncio.create_task(change())
    await entered.wait()
    sleeping = asyncio.create_task(conn.execute("SELECT pg_sleep(1)"))
    await until_sleeping(conn.info.backend_pid)
    leaving.set()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await sleeping
    # What the block has left open is rolled back by whatever comes next.
    cur = await conn.execute(look, ("things",))
    assert await cur.fetchone() == (None,)
    assert block.status.name == "FAILED"
    await usable(conn)


async def test_closed_by_another_task(
    conn: pgtwin.AsyncConnection[Any],
    other: pgtwin.AsyncConnection[Any],
    until_sleeping: Callable[[int], Awaitable[None]],
) -> None:
    pid = conn.info.backend_pid
    task = asyncio.create_task(conn.execute("SELECT pg_sleep(120)"))
    await until_sleeping(pid)
    closing = asyncio.create_task(conn.close())
    with pytest.raises(e.OperationalError, match="the connection is closed"):
        await task
    await closing
    assert conn.closed
    assert not conn.broken
    await other.execute("SELECT pg_terminate_backend(%s)", (pid,))
