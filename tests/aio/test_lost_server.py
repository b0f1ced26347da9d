"""The server goes away: at rest, during a query, in a transaction."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

import pgtwin
from pgtwin import errors as e

pytestmark = pytest.mark.every_loop

DEADLINE = 60


@pytest.fixture
async def doomed(dsn: str) -> AsyncIterator[pgtwin.AsyncConnection[Any]]:
    """A connection whose server process is to be terminated."""
    conn = await pgtwin.AsyncConnection.connect(dsn)
    try:
        yield conn
    finally:
        await conn.close()


async def terminate(
    other: pgtwin.AsyncConnection[Any], doomed: pgtwin.AsyncConnection[Any]
) -> None:
    """Terminate the server process of a connection, and wait for its end."""
    await other.execute(
        "SELECT pg_terminate_backend(%s, 60000)", (doomed.info.backend_pid,)
    )


async def plainly_broken(conn: pgtwin.AsyncConnection[Any]) -> None:
    """Assert that the connection says that it is lost, whatever is asked of it."""
    assert conn.closed
    assert conn.broken
    assert "[BROKEN]" in repr(conn)
    started = time.monotonic()
    for action in ("execute", "commit", "rollback", "cursor", "fileno"):
        with pytest.raises(e.OperationalError, match=r"lost.*connect"):
            if action == "execute":
                await conn.execute("SELECT 1")
            elif action == "commit":
                await conn.commit()
            elif action == "rollback":
                await conn.rollback()
            elif action == "cursor":
                conn.cursor()
            else:
                conn.fileno()
    await conn.close()
    assert conn.closed
    assert conn.broken
    assert time.monotonic() - started < DEADLINE


async def test_session_is_lost_at_rest(
    doomed: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    await terminate(other, doomed)
    assert not doomed.closed
    started = time.monotonic()
    with pytest.raises(e.OperationalError):
        await doomed.execute("SELECT 1")
    assert time.monotonic() - started < DEADLINE
    await plainly_broken(doomed)


async def test_lost_at_rest_by_tcp(tcp_dsn: str) -> None:
    # The server has reset the connection by the time at which its last words are read.
    async with (
        pgtwin.AsyncConnection.connect(tcp_dsn) as doomed,
        pgtwin.AsyncConnection.connect(tcp_dsn, autocommit=True) as other,
    ):
        for _ in range(2):
            await doomed.execute("SELECT 1")
            await doomed.commit()
        await terminate(other, doomed)
        with pytest.raises(e.AdminShutdown):
            await doomed.execute("SELECT 1", timeout=DEADLINE)
        await plainly_broken(doomed)


async def test_lost_during_query(
    doomed: pgtwin.AsyncConnection[Any],
    other: pgtwin.AsyncConnection[Any],
    until_sleeping: Callable[[int], Awaitable[None]],
) -> None:
    task = asyncio.create_task(doomed.execute("SELECT pg_sleep(120)"))
    await until_sleeping(doomed.info.backend_pid)
    started = time.monotonic()
    await terminate(other, doomed)
    with pytest.raises(e.AdminShutdown) as caught:
        await task
    assert caught.value.sqlstate == "57P01"
    assert isinstance(caught.value, e.OperationalError)
    assert "terminating connection" in str(caught.value)
    assert time.monotonic() - started < DEADLINE
    await plainly_broken(doomed)


async def test_lost_by_its_own_query(doomed: pgtwin.AsyncConnection[Any]) -> None:
    with pytest.raises(e.AdminShutdown):
        await doomed.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    await plainly_broken(doomed)


async def test_lost_in_transaction(
    doomed: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    with pytest.raises(e.OperationalError):
        async with doomed.transaction():
            await doomed.execute("SELECT 1")
            async with doomed.transaction():
                await terminate(other, doomed)
                await doomed.execute("SELECT 1")
    await plainly_broken(doomed)


async def test_lost_at_commit(
    doomed: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    with pytest.raises(e.OperationalError):
        async with doomed:
            await doomed.execute("SELECT 1")
            await terminate(other, doomed)
    assert doomed.closed


SLOW_COMMIT = """
    CREATE TEMP TABLE slow (n int);
    CREATE FUNCTION pg_temp.sleep() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_sleep(120); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER slowly AFTER INSERT ON slow
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pg_temp.sleep();
    COMMIT;
"""


async def commit(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.execute("INSERT INTO slow VALUES (1)")
    await conn.commit()


async def leave_block(conn: pgtwin.AsyncConnection[Any]) -> None:
    async with conn.transaction():
        await conn.execute("INSERT INTO slow VALUES (1)")


async def leave_pipeline(conn: pgtwin.AsyncConnection[Any]) -> None:
    async with conn.pipeline(), conn.transaction():
        await conn.execute("INSERT INTO slow VALUES (1)")


async def leave_connection(conn: pgtwin.AsyncConnection[Any]) -> None:
    async with conn:
        await conn.execute("INSERT INTO slow VALUES (1)")


@pytest.mark.parametrize("end", [commit, leave_block, leave_pipeline, leave_connection])
async def test_outcome_of_commit_is_unknown(
    doomed: pgtwin.AsyncConnection[Any],
    other: pgtwin.AsyncConnection[Any],
    end: Callable[[pgtwin.AsyncConnection[Any]], Awaitable[None]],
    until_sleeping: Callable[[int], Awaitable[None]],
) -> None:
    async def change() -> None:
        await end(doomed)

    await doomed.execute(SLOW_COMMIT)
    task = asyncio.create_task(change())
    await until_sleeping(doomed.info.backend_pid)
    await terminate(other, doomed)
    with pytest.raises(e.TransactionResolutionUnknown, match="look whether") as caught:
        await task
    assert caught.value.sqlstate == "08007"
    assert isinstance(caught.value.__cause__, e.OperationalError)
    await plainly_broken(doomed)


async def test_error_goes_before_the_loss(
    doomed: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    with pytest.raises(ZeroDivisionError):
        async with doomed:
            await doomed.execute("SELECT 1")
            await terminate(other, doomed)
            raise ZeroDivisionError
    assert doomed.closed


async def test_results_survive(
    doomed: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    cur = await doomed.execute("SELECT generate_series(1, 3)")
    assert await cur.fetchone() == (1,)
    await terminate(other, doomed)
    with pytest.raises(e.OperationalError):
        await doomed.execute("SELECT 1")
    assert await cur.fetchall() == [(2,), (3,)]
    with pytest.raises(e.OperationalError, match="lost"):
        await cur.execute("SELECT 1")


@pytest.mark.needs_readers
async def test_detected_by_reader(
    doomed: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    lost = asyncio.Event()
    loop = asyncio.get_running_loop()
    fd = doomed.fileno()
    loop.add_reader(fd, lost.set)
    try:
        await doomed.execute("SELECT 1")
        lost.clear()
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(lost.wait(), 0.2)
        started = time.monotonic()
        await terminate(other, doomed)
        await asyncio.wait_for(lost.wait(), 60)
        assert time.monotonic() - started < DEADLINE
    finally:
        loop.remove_reader(fd)
    with pytest.raises(e.OperationalError):
        await doomed.execute("SELECT 1")
    await plainly_broken(doomed)


@pytest.mark.needs_readers
async def test_reader_outlives_queries(
    doomed: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    # The driver watches the same socket: it must leave the user's reader in place.
    lost = asyncio.Event()
    loop = asyncio.get_running_loop()
    fd = doomed.fileno()
    loop.add_reader(fd, lost.set)
    try:
        for number in range(20):
            cur = await doomed.execute("SELECT %s::int", (number,))
            assert await cur.fetchone() == (number,)
        lost.clear()
        await terminate(other, doomed)
        await asyncio.wait_for(lost.wait(), 60)
    finally:
        loop.remove_reader(fd)


async def test_network_cut_during_query(
    network: Any, until_sleeping: Callable[[int], Awaitable[None]]
) -> None:
    # The server could not say a word: libpq's own tell what has happened.
    conn = await pgtwin.AsyncConnection.connect(network.conninfo)
    try:
        task = asyncio.create_task(conn.execute("SELECT pg_sleep(120)"))
        await until_sleeping(conn.info.backend_pid)
        started = time.monotonic()
        network.cut()
        with pytest.raises(e.OperationalError, match="closed the connection"):
            await task
        assert time.monotonic() - started < DEADLINE
        await plainly_broken(conn)
    finally:
        await conn.close()


async def test_network_cut_at_rest(network: Any) -> None:
    conn = await pgtwin.AsyncConnection.connect(network.conninfo)
    try:
        await conn.execute("SELECT 1")
        network.cut()
        started = time.monotonic()
        with pytest.raises(e.OperationalError):
            await conn.commit()
        assert time.monotonic() - started < DEADLINE
        await plainly_broken(conn)
    finally:
        await conn.close()


async def test_network_cut_while_listening(network: Any) -> None:
    conn = await pgtwin.AsyncConnection.connect(network.conninfo, autocommit=True)

    async def cut() -> None:
        await asyncio.sleep(0.2)
        network.cut()

    try:
        await conn.execute("LISTEN mychan")
        task = asyncio.create_task(cut())
        with pytest.raises(e.OperationalError):
            async for _ in conn.notifies(timeout=60):
                pytest.fail("nothing was notified")
        await task
        await plainly_broken(conn)
    finally:
        await conn.close()


async def test_cancel_on_dead_network(network: Any) -> None:
    conn = await pgtwin.AsyncConnection.connect(network.conninfo)
    try:
        network.freeze()
        started = time.monotonic()
        with pytest.raises(e.CancellationTimeout, match="1 s"):
            await conn.cancel_safe(timeout=1)
        assert time.monotonic() - started < DEADLINE
    finally:
        await conn.close()


# twingen: async-only
async def test_task_cancelled_on_dead_network(
    network: Any,
    until_sleeping: Callable[[int], Awaitable[None]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    # Nothing can be cancelled and nothing comes back: it has to be given up.
    conn = await pgtwin.AsyncConnection.connect(network.conninfo)
    task = asyncio.create_task(conn.execute("SELECT pg_sleep(120)"))
    await until_sleeping(conn.info.backend_pid)
    network.freeze()
    started = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - started < DEADLINE
    assert "could not be ended, the connection is closed" in caplog.text
    await plainly_broken(conn)


async def test_lost_in_a_block_that_does_not_say_so(
    doomed: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    with pytest.raises(e.OperationalError, match="lost"):
        async with doomed.transaction():
            await terminate(other, doomed)
            with pytest.raises(e.OperationalError):
                await doomed.execute("SELECT 1")


async def test_error_of_a_block_goes_before_the_loss(
    doomed: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    with pytest.raises(ZeroDivisionError):
        async with doomed.transaction():
            await terminate(other, doomed)
            with pytest.raises(e.OperationalError):
                await doomed.execute("SELECT 1")
            raise ZeroDivisionError


async def test_network_cut_during_a_pipeline(network: Any) -> None:
    conn = await pgtwin.AsyncConnection.connect(network.conninfo, autocommit=True)

    async def cut() -> None:
        await asyncio.sleep(0.2)
        network.cut()

    told = False
    try:
        with pytest.raises(e.OperationalError):
            async with conn.pipeline() as pipeline:
                await conn.execute("SELECT pg_sleep(120)")
                task = asyncio.create_task(cut())
                try:
                    await pipeline.sync()
                except e.OperationalError:
                    told = True
                    raise
                finally:
                    await task
        assert told
        await plainly_broken(conn)
    finally:
        await conn.close()


async def test_status_of_a_block_whose_outcome_is_unknown(
    doomed: pgtwin.AsyncConnection[Any],
    other: pgtwin.AsyncConnection[Any],
    until_sleeping: Callable[[int], Awaitable[None]],
) -> None:
    block = doomed.transaction()

    async def change() -> None:
        async with block:
            await doomed.execute("INSERT INTO slow VALUES (1)")

    await doomed.execute(SLOW_COMMIT)
    task = asyncio.create_task(change())
    await until_sleeping(doomed.info.backend_pid)
    await terminate(other, doomed)
    with pytest.raises(e.TransactionResolutionUnknown):
        await task
    assert block.status.name == "FAILED"
