# twingen: async-only
"""Connections that one event loop has opened and another uses."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any, TypeVar

import pytest

import pgtwin
from pgtwin import Notify, errors as e
from tests.aio.support import session_activity

Connection = pgtwin.AsyncConnection[Any]
T = TypeVar("T")


async def connect(dsn: str) -> Connection:
    return await pgtwin.AsyncConnection.connect(dsn, autocommit=True)


async def one(conn: Connection) -> Any:
    return await (await conn.execute("SELECT 1")).fetchone()


class Loop:
    """An event loop that runs in a thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine there, and wait for it."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(60)

    def close(self) -> None:
        """Stop it."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@contextmanager
def running_loop() -> Iterator[Loop]:
    loop = Loop()
    try:
        yield loop
    finally:
        loop.close()


def test_connection_at_rest_is_used_in_other_loops(dsn: str) -> None:
    loop = asyncio.new_event_loop()
    try:
        conn = loop.run_until_complete(connect(dsn))
        assert loop.run_until_complete(one(conn)) == (1,)
        for _ in range(3):
            assert asyncio.run(one(conn)) == (1,)
            assert loop.run_until_complete(one(conn)) == (1,)
        loop.run_until_complete(conn.close())
    finally:
        loop.close()


def test_closed_loop(dsn: str) -> None:
    conn = asyncio.run(connect(dsn))
    assert asyncio.run(one(conn)) == (1,)

    async def stream() -> list[Any]:
        return [row async for row in conn.cursor().stream("SELECT 1")]

    async def copy() -> Any:
        async with conn.cursor().copy("COPY (SELECT 1) TO STDOUT") as copy:
            return await copy.read_row()

    async def listen() -> list[str]:
        await conn.execute("LISTEN loops")
        await conn.execute("NOTIFY loops, 'a'")
        return [n.payload async for n in conn.notifies(timeout=60, stop_after=1)]

    async def in_transaction() -> None:
        async with conn.transaction():
            await conn.execute("SELECT 1")

    assert asyncio.run(stream()) == [(1,)]
    assert asyncio.run(copy()) == ("1",)
    assert asyncio.run(listen()) == ["a"]
    asyncio.run(in_transaction())
    assert asyncio.run(conn.wait_disconnected(0)) is False
    asyncio.run(conn.close())


def test_connection_at_rest_is_used_while_its_loop_runs(dsn: str) -> None:
    with running_loop() as other, running_loop() as third:
        conn = other.run(connect(dsn))
        for _ in range(10):
            assert asyncio.run(one(conn)) == (1,)
            assert third.run(one(conn)) == (1,)
            assert other.run(one(conn)) == (1,)
        other.run(conn.close())


async def stream(conn: Connection, stack: AsyncExitStack) -> None:
    rows = conn.cursor().stream("SELECT generate_series(1, 3)")
    assert await anext(rows) == (1,)
    stack.push_async_callback(rows.aclose)


async def copy(conn: Connection, stack: AsyncExitStack) -> None:
    block = conn.cursor().copy("COPY (SELECT 1) TO STDOUT")
    await stack.enter_async_context(block)


async def notifies(conn: Connection, stack: AsyncExitStack) -> None:
    await conn.execute("LISTEN loops")
    await conn.execute("NOTIFY loops")
    found = conn.notifies(timeout=60)
    await anext(found)
    stack.push_async_callback(found.aclose)


async def handler(conn: Connection, stack: AsyncExitStack) -> None:
    def ignore(_notification: Notify) -> None:
        pass

    conn.add_notify_handler(ignore)
    stack.callback(conn.remove_notify_handler, ignore)


async def watching(conn: Connection, stack: AsyncExitStack) -> None:
    task = asyncio.create_task(conn.wait_disconnected())

    async def end() -> None:
        task.cancel()
        await asyncio.wait([task])

    stack.push_async_callback(end)


Busy = Callable[[Connection, AsyncExitStack], Awaitable[None]]


@pytest.mark.parametrize("busy", [stream, copy, notifies, handler, watching])
@pytest.mark.parametrize("stopped", [False, True])
def test_connection_that_is_busy_in_another_loop(
    dsn: str, busy: Busy, stopped: bool
) -> None:
    stack = AsyncExitStack()

    async def begin(conn: Connection) -> None:
        await busy(conn, stack)

    async def use(conn: Connection) -> None:
        with pytest.raises(e.InterfaceError, match=r"another event loop.*under way"):
            await conn.execute("SELECT 1")
        with pytest.raises(e.InterfaceError, match="another event loop"):
            await conn.rollback()

    if stopped:
        loop = asyncio.new_event_loop()
        try:
            conn = loop.run_until_complete(connect(dsn))
            loop.run_until_complete(begin(conn))
            asyncio.run(use(conn))
            loop.run_until_complete(stack.aclose())
            assert asyncio.run(one(conn)) == (1,)
            asyncio.run(conn.close())
            loop.run_until_complete(asyncio.sleep(0))
        finally:
            loop.close()
        return
    with running_loop() as other:
        conn = other.run(connect(dsn))
        other.run(begin(conn))
        asyncio.run(use(conn))
        other.run(stack.aclose())
        assert other.run(one(conn)) == (1,)
        other.run(conn.close())


def test_operation_under_way_in_another_loop(dsn: str) -> None:
    async def use(conn: Connection) -> None:
        with pytest.raises(e.InterfaceError, match=r"another event loop.*under way"):
            await conn.execute("SELECT 1")

    with running_loop() as other:
        conn = other.run(connect(dsn))

        async def sleep() -> asyncio.Task[Any]:
            task = asyncio.create_task(conn.execute("SELECT pg_sleep(120)"))
            async with await connect(dsn) as observer:
                await session_activity.until_sleeping(observer, conn.info.backend_pid)
            return task

        async def end(task: asyncio.Task[Any]) -> None:
            await conn.cancel_safe()
            with pytest.raises(e.QueryCanceled):
                await task

        task = other.run(sleep())
        asyncio.run(use(conn))
        other.run(end(task))
        assert other.run(one(conn)) == (1,)
        other.run(conn.close())


def test_handlers_go_on(dsn: str) -> None:
    found: list[Notify] = []
    lost: list[e.Error] = []

    async def begin() -> Connection:
        conn = await connect(dsn)
        conn.add_notify_handler(found.append)
        conn.add_disconnect_handler(lost.append)
        await conn.execute("LISTEN loops")
        return conn

    async def go_on(conn: Connection) -> None:
        await conn.execute("SELECT 1")
        async with await connect(dsn) as other:
            await other.execute("NOTIFY loops, 'a'")
            while not found:
                await asyncio.sleep(0.01)
            query = "SELECT pg_terminate_backend(%s)"
            await other.execute(query, (conn.info.backend_pid,))
            while not lost:
                await asyncio.sleep(0.01)
        await conn.close()

    conn = asyncio.run(begin())
    asyncio.run(go_on(conn))
    assert [notification.payload for notification in found] == ["a"]
    assert len(lost) == 1


async def test_copy_belongs_to_its_loop(conn: Connection) -> None:
    def write() -> None:
        asyncio.run(block.write(b"1\n" * 100_000))

    await conn.execute("CREATE TEMP TABLE numbers (n int)")
    async with conn.cursor().copy("COPY numbers FROM STDIN") as block:
        with pytest.raises(e.InterfaceError, match="another event loop"):
            await asyncio.to_thread(write)
        await block.write(b"2\n")
    cur = await conn.execute("SELECT n FROM numbers")
    assert await cur.fetchall() == [(2,)]
