"""Lost connections are told of by the socket, without a query."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

import pgtwin
from pgtwin import errors as e
from tests.aio.support.session_activity import until_sessions

pytestmark = pytest.mark.every_loop

# A watcher is much quicker; a machine that stands still is not.
DEADLINE = 60


async def terminate(
    other: pgtwin.AsyncConnection[Any], conn: pgtwin.AsyncConnection[Any]
) -> None:
    await other.execute(
        "SELECT pg_terminate_backend(%s, 60000)", (conn.info.backend_pid,)
    )


async def wait_for_one(found: list[Any]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not found:
        assert time.monotonic() < deadline, "nobody was told"
        await asyncio.sleep(0.01)


async def test_wait_disconnected_of_a_lost_session(
    dsn: str, other: pgtwin.AsyncConnection[Any]
) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn)
    task = asyncio.create_task(conn.wait_disconnected())
    await asyncio.sleep(0.1)
    await terminate(other, conn)
    started = time.monotonic()
    assert await task is True
    assert time.monotonic() - started < DEADLINE
    assert conn.broken
    assert await conn.wait_disconnected() is True
    await conn.close()


async def test_timeout(conn: pgtwin.AsyncConnection[Any]) -> None:
    started = time.monotonic()
    assert await conn.wait_disconnected(0.3) is False
    assert 0.25 < time.monotonic() - started < DEADLINE
    assert await conn.execute("SELECT 1")
    assert await conn.wait_disconnected(timeout=0) is False


async def test_closed(dsn: str) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn)
    task = asyncio.create_task(conn.wait_disconnected(60))
    await asyncio.sleep(0.1)
    started = time.monotonic()
    await conn.close()
    assert await task is True
    assert time.monotonic() - started < DEADLINE
    assert not conn.broken


async def test_used_meanwhile(dsn: str, other: pgtwin.AsyncConnection[Any]) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn, autocommit=True)
    task = asyncio.create_task(conn.wait_disconnected(60))
    await conn.execute("LISTEN mychan")
    for number in range(100):
        cur = await conn.execute("SELECT %s::int, repeat('x', 10000)", (number,))
        row = await cur.fetchone()
        assert row is not None
        assert row[0] == number
    await other.execute("NOTIFY mychan, 'kept'")
    await asyncio.sleep(0.1)
    found = [n.payload async for n in conn.notifies(timeout=60, stop_after=1)]
    assert found == ["kept"]
    await terminate(other, conn)
    assert await task is True
    await conn.close()


async def test_lost_during_query(
    dsn: str, other: pgtwin.AsyncConnection[Any], until_sleeping: Any
) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn)
    task = asyncio.create_task(conn.wait_disconnected(60))
    query = asyncio.create_task(conn.execute("SELECT pg_sleep(120)"))
    await until_sleeping(conn.info.backend_pid)
    await terminate(other, conn)
    assert await task is True
    with pytest.raises(e.AdminShutdown):
        await query
    await conn.close()


async def test_disconnect_handler_is_called(
    dsn: str, other: pgtwin.AsyncConnection[Any]
) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn)
    found: list[e.Error] = []
    removed: list[e.Error] = []

    def fail(error: e.Error) -> None:
        raise RuntimeError("of the handler")

    conn.add_disconnect_handler(fail)
    conn.add_disconnect_handler(found.append)
    conn.add_disconnect_handler(removed.append)
    conn.remove_disconnect_handler(removed.append)
    await conn.execute("SELECT 1")
    await terminate(other, conn)
    await wait_for_one(found)
    (error,) = found
    assert isinstance(error, e.AdminShutdown)
    assert removed == []
    await conn.close()


async def test_handler_is_not_told_of_close(dsn: str) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn)
    found: list[e.Error] = []
    conn.add_disconnect_handler(found.append)
    await conn.close()
    await asyncio.sleep(0.3)
    assert found == []


async def test_forgotten_with_handler(dsn: str) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn)
    found: list[e.Error] = []
    conn.add_disconnect_handler(found.append)
    with pytest.warns(ResourceWarning, match="forgotten"):
        del conn


async def test_network_cut(network: Any) -> None:
    conn = await pgtwin.AsyncConnection.connect(network.conninfo)
    found: list[e.Error] = []
    conn.add_disconnect_handler(found.append)
    await asyncio.sleep(0.1)
    network.cut()
    await wait_for_one(found)
    assert isinstance(found[0], e.OperationalError)
    await conn.close()


async def test_copy_is_not_read_ahead(
    conn: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    task = asyncio.create_task(conn.wait_disconnected(60))
    copied = 0
    async with conn.cursor().copy(
        "COPY (SELECT repeat('x', 10000) FROM generate_series(1, 5000)) TO STDOUT"
    ) as copy:
        assert await copy.read()
        # The server has more than the network takes, and it stays so.
        writing = "pid = %s AND wait_event = 'ClientWrite'"
        await until_sessions(other, 1, writing, conn.info.backend_pid)
        await asyncio.sleep(0.3)
        cur = await other.execute(
            f"SELECT 1 FROM pg_stat_activity WHERE {writing}",
            (conn.info.backend_pid,),
        )
        assert await cur.fetchone() == (1,)
        async for _ in copy:
            copied += 1
    assert copied == 4999
    await terminate(other, conn)
    assert await task is True


async def test_lost_while_copying(dsn: str, other: pgtwin.AsyncConnection[Any]) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn)
    await conn.execute("CREATE TEMP TABLE things (id int)")
    task = asyncio.create_task(conn.wait_disconnected(60))
    with pytest.raises(e.OperationalError):
        async with conn.cursor().copy("COPY things FROM STDIN") as copy:
            await copy.write_row([1])
            await terminate(other, conn)
            assert await task is True
    assert conn.broken
    await conn.close()
