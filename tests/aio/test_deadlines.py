"""Operations that have a deadline, and what is left after it."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import pgtwin
from pgtwin import errors as e
from pgtwin.copy import AsyncQueuedLibpqWriter

pytestmark = pytest.mark.every_loop

# Far more than any of these tests needs, far less than what is executed would take.
DEADLINE = 60

Usable = Callable[[pgtwin.AsyncConnection[Any]], Awaitable[None]]
Operation = Callable[[pgtwin.AsyncConnection[Any]], Awaitable[object]]


async def execute(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.execute("SELECT pg_sleep(120)", timeout=0.3)


async def execute_with_cursor(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.cursor().execute("SELECT pg_sleep(%s)", (120,), timeout=0.3)


async def executemany(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.cursor().executemany(
        "SELECT pg_sleep(%s)", [(0,), (120,), (0,)], timeout=0.5
    )


async def fetch_in_pipeline(conn: pgtwin.AsyncConnection[Any]) -> None:
    async with conn.pipeline():
        await conn.execute("SELECT 1")
        cur = await conn.execute("SELECT pg_sleep(120)")
        conn.command_timeout = 0.3
        try:
            await cur.fetchone()
        finally:
            conn.command_timeout = None


async def sync(conn: pgtwin.AsyncConnection[Any]) -> None:
    async with conn.pipeline() as pipeline:
        await conn.execute("SELECT pg_sleep(120)")
        await pipeline.sync(timeout=0.3)


async def begin_copy(conn: pgtwin.AsyncConnection[Any]) -> None:
    async with conn.cursor().copy(
        "COPY (SELECT pg_sleep(120)) TO STDOUT (FORMAT binary)", timeout=0.3
    ) as copy:
        await copy.read_row()


async def read(conn: pgtwin.AsyncConnection[Any]) -> None:
    found = 0
    async with conn.cursor().copy(
        "COPY (SELECT pg_sleep(i / 3 * 120) FROM generate_series(1, 3) AS i) TO STDOUT",
        timeout=0.3,
    ) as copy:
        async for _ in copy:
            found += 1
    pytest.fail(f"a COPY in time, of {found} rows")


async def slow_table(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.execute("""
        CREATE TEMP TABLE slow (data text);
        CREATE FUNCTION pg_temp.nap() RETURNS trigger LANGUAGE plpgsql
        AS $$BEGIN PERFORM pg_sleep(120); RETURN NULL; END$$;
        CREATE TRIGGER nap BEFORE INSERT ON slow
        FOR EACH ROW EXECUTE FUNCTION pg_temp.nap()
    """)


async def write(conn: pgtwin.AsyncConnection[Any]) -> None:
    await slow_table(conn)
    async with conn.cursor().copy("COPY slow FROM STDIN", timeout=0.3) as copy:
        # More than the network takes while the server does not read.
        for _ in range(100):
            await copy.write("x" * 1_000_000 + "\n")
    pytest.fail("100 MB were written to a server that sleeps")


async def end_copy(conn: pgtwin.AsyncConnection[Any]) -> None:
    await slow_table(conn)
    async with conn.cursor().copy("COPY slow FROM STDIN", timeout=0.3) as copy:
        await copy.write_row(["x"])


async def end_queued_copy(conn: pgtwin.AsyncConnection[Any]) -> None:
    await slow_table(conn)
    cur = conn.cursor()
    async with cur.copy(
        "COPY slow FROM STDIN", writer=AsyncQueuedLibpqWriter(cur), timeout=0.3
    ) as copy:
        await copy.write_row(["x"])


async def copy_records(conn: pgtwin.AsyncConnection[Any]) -> None:
    await slow_table(conn)
    await conn.copy_records("slow", None, [("x",)], timeout=0.3)


async def stream(conn: pgtwin.AsyncConnection[Any]) -> None:
    async for _ in conn.cursor().stream("SELECT pg_sleep(120)", timeout=0.3):
        pytest.fail("a row before its time")


async def fetch(conn: pgtwin.AsyncConnection[Any]) -> None:
    async with conn.cursor("slow") as cur:
        await cur.execute("SELECT pg_sleep(120 * i) FROM generate_series(0, 1) AS i")
        assert await cur.fetchone(timeout=30)
        await cur.fetchall(timeout=0.3)


async def commit(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.execute("""
        CREATE TEMP TABLE slow (id int);
        CREATE FUNCTION pg_temp.nap() RETURNS trigger LANGUAGE plpgsql
        AS $$BEGIN PERFORM pg_sleep(120); RETURN NULL; END$$;
        CREATE CONSTRAINT TRIGGER nap AFTER INSERT ON slow DEFERRABLE
        INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pg_temp.nap();
        INSERT INTO slow VALUES (1)
    """)
    await conn.commit(timeout=0.3)


async def by_default(conn: pgtwin.AsyncConnection[Any]) -> None:
    conn.command_timeout = 0.3
    try:
        await conn.execute("SELECT pg_sleep(120)")
    finally:
        conn.command_timeout = None


@pytest.mark.parametrize(
    "operation",
    [
        execute,
        execute_with_cursor,
        executemany,
        fetch_in_pipeline,
        sync,
        begin_copy,
        read,
        write,
        end_copy,
        end_queued_copy,
        copy_records,
        stream,
        fetch,
        commit,
        by_default,
    ],
)
@pytest.mark.usefixtures("server_does_not_read")
async def test_deadline(
    conn: pgtwin.AsyncConnection[Any], operation: Operation, usable: Usable
) -> None:
    started = time.monotonic()
    with pytest.raises(pgtwin.OperationTimeout, match=r"0\.[35] s") as caught:
        await operation(conn)
    assert 0.25 < time.monotonic() - started < DEADLINE
    assert isinstance(caught.value, TimeoutError)
    assert isinstance(caught.value, e.OperationalError)
    await usable(conn)


async def at_last(conn: pgtwin.AsyncConnection[Any], operation: Operation) -> None:
    """Do what has a short deadline, until the machine did not stand still meanwhile.

    If the deadline covers more than it should, it is over each time.
    """
    for _ in range(20):
        try:
            await operation(conn)
            return
        except pgtwin.OperationTimeout:
            await conn.rollback()
    pytest.fail("the deadline is always over")


async def test_deadline_that_is_kept_leaves_nothing(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    async def execute(conn: pgtwin.AsyncConnection[Any]) -> None:
        await conn.execute("SELECT 1", timeout=0.5)

    cur = await conn.execute("SELECT 1", timeout=30)
    assert await cur.fetchone() == (1,)
    await at_last(conn, execute)
    # Nothing of a deadline is left for the next operation.
    await conn.execute("SELECT pg_sleep(0.6)")
    await conn.rollback(timeout=30)


async def test_default_from_connect(dsn: str, usable: Usable) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, command_timeout=0.3) as conn:
        assert conn.command_timeout == 0.3
        with pytest.raises(pgtwin.OperationTimeout):
            await conn.execute("SELECT pg_sleep(120)")
        conn.command_timeout = None
        await usable(conn)
        conn.command_timeout = 0.3
        await conn.execute("SELECT pg_sleep(0.4)", timeout=math.inf)
        conn.command_timeout = None


async def test_listening_is_no_command(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
        await conn.execute("LISTEN mychan")
        conn.command_timeout = 0.3
        async for _ in conn.notifies(timeout=0.5):
            pytest.fail("nothing was notified")
        conn.command_timeout = None
        await conn.execute("SELECT 1")


async def test_stream_does_not_count_the_caller(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    async def read(conn: pgtwin.AsyncConnection[Any]) -> None:
        # The server sends when it has 8 KiB: the second row is waited for after the
        # first has been looked at, and less long.
        found = []
        query = (
            "SELECT n, repeat('x', 10000), pg_sleep(n / 3 * 0.8)"
            " FROM generate_series(1, 3) AS n"
        )
        async for number, _, _ in conn.cursor().stream(query, timeout=0.5):
            found.append(number)
            if number == 1:
                await asyncio.sleep(0.6)
        assert found == [1, 2, 3]

    await at_last(conn, read)


async def test_copy_does_not_count_the_caller(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    async def write(conn: pgtwin.AsyncConnection[Any]) -> None:
        async with conn.cursor().copy("COPY numbers FROM STDIN", timeout=0.5) as copy:
            await copy.write_row([1])
            await asyncio.sleep(0.6)
            await copy.write_row([2])

    async def read(conn: pgtwin.AsyncConnection[Any]) -> None:
        async with conn.cursor().copy("COPY numbers TO STDOUT", timeout=0.5) as copy:
            await asyncio.sleep(0.6)
            assert [bytes(data) async for data in copy] == [b"1\n", b"2\n"]

    await conn.execute("CREATE TEMP TABLE numbers (id int)")
    await conn.commit()
    await at_last(conn, write)
    await conn.commit()
    await at_last(conn, read)


async def test_waiting_for_the_turn_counts(
    conn: pgtwin.AsyncConnection[Any],
    until_sleeping: Callable[[int], Awaitable[None]],
    usable: Usable,
) -> None:
    async def hold() -> None:
        await conn.execute("SELECT pg_sleep(120)", timeout=300)

    task = asyncio.create_task(hold())
    await until_sleeping(conn.info.backend_pid)
    started = time.monotonic()
    with pytest.raises(pgtwin.OperationTimeout, match=r"busy for 0\.3 s with an op"):
        await conn.execute("SELECT 1", timeout=0.3)
    assert time.monotonic() - started < DEADLINE
    conn.cancel()
    with pytest.raises(e.QueryCanceled):
        await task
    await usable(conn)


async def test_frozen_network(network: Any) -> None:
    # Not even the request to cancel arrives: the connection is given up.
    conn = await pgtwin.AsyncConnection.connect(network.conninfo)
    try:
        network.freeze()
        started = time.monotonic()
        with pytest.raises(pgtwin.OperationTimeout):
            await conn.execute("SELECT 1", timeout=0.3)
        assert time.monotonic() - started < DEADLINE
        assert conn.broken
    finally:
        await conn.close()


async def test_connect(silent_port: int) -> None:
    started = time.monotonic()
    with pytest.raises(pgtwin.OperationTimeout, match=f"{silent_port}") as caught:
        await pgtwin.AsyncConnection.connect(
            host="127.0.0.1,127.0.0.1,127.0.0.1",
            port=silent_port,
            connect_timeout=100,
            timeout=0.4,
        )
    assert 0.3 < time.monotonic() - started < DEADLINE
    assert isinstance(caught.value, e.ConnectionTimeout)
    assert isinstance(caught.value, TimeoutError)
