"""Every program of the specification that has an asynchronous form.

The programs are those of psycopg's page "Asynchronous operations", with the driver's
own name; what they print is what the page says.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

import pgtwin
from pgtwin.conninfo import conninfo_to_dict


@pytest.fixture
def conninfo(dsn: str, in_environment: str) -> str:
    """The conninfo of the page, if the server has that database and that user."""
    params = conninfo_to_dict(dsn)
    if (params.get("dbname"), params.get("user")) == ("test", "postgres"):
        return "dbname=test user=postgres"
    return in_environment


@pytest.fixture
async def table(other: pgtwin.AsyncConnection[Any]) -> AsyncIterator[None]:
    await other.execute("CREATE TABLE test (id serial PRIMARY KEY, num int, data text)")
    try:
        yield
    finally:
        await other.execute("DROP TABLE test")


@pytest.mark.usefixtures("table")
async def test_await_here_and_there(
    conninfo: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with await pgtwin.AsyncConnection.connect(conninfo) as aconn:  # noqa: SIM117
        async with aconn.cursor() as acur:
            await acur.execute(
                "INSERT INTO test (num, data) VALUES (%s, %s)", (100, "abc'def")
            )
            await acur.execute("SELECT * FROM test")
            assert await acur.fetchone() == (1, 100, "abc'def")
            async for record in acur:
                print(record)
            assert capsys.readouterr().out == ""
            await acur.execute("SELECT * FROM test")
            async for record in acur:
                print(record)
    assert capsys.readouterr().out == '(1, 100, "abc\'def")\n'
    assert aconn.closed
    assert acur.closed


@pytest.mark.usefixtures("table")
async def test_contexts_in_two_steps(
    conninfo: str, other: pgtwin.AsyncConnection[Any]
) -> None:
    aconn = await pgtwin.AsyncConnection.connect(conninfo)
    async with aconn:
        async with aconn.cursor() as cur:
            await cur.execute("INSERT INTO test (num) VALUES (1)")
        # the cursor is closed upon leaving the context
        assert cur.closed
        assert not aconn.closed
    # the transaction is committed, the connection closed
    assert aconn.closed
    found = await other.execute("SELECT num FROM test")
    assert await found.fetchall() == [(1,)]


@pytest.mark.usefixtures("table")
async def test_contexts_condensed(
    in_environment: str, other: pgtwin.AsyncConnection[Any]
) -> None:
    assert in_environment == ""
    async with await pgtwin.AsyncConnection.connect() as aconn:  # noqa: SIM117
        async with aconn.cursor() as cur:
            await cur.execute("INSERT INTO test (num) VALUES (2)")
    assert aconn.closed
    found = await other.execute("SELECT num FROM test")
    assert await found.fetchall() == [(2,)]


@pytest.mark.usefixtures("table")
async def test_contexts_without_double_async(
    conninfo: str, other: pgtwin.AsyncConnection[Any]
) -> None:
    # "As a consequence you cannot use `async with connect()`": here you can.
    async with pgtwin.AsyncConnection.connect(conninfo) as aconn:  # noqa: SIM117
        async with aconn.cursor() as cur:
            await cur.execute("INSERT INTO test (num) VALUES (3)")
    assert aconn.closed
    found = await other.execute("SELECT num FROM test")
    assert await found.fetchall() == [(3,)]


@pytest.mark.usefixtures("in_environment")
async def test_notifications(
    other: pgtwin.AsyncConnection[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    listening = asyncio.Event()

    async def listen() -> None:
        conn = await pgtwin.AsyncConnection.connect("", autocommit=True)
        await conn.cursor().execute("LISTEN mychan")
        listening.set()
        gen = conn.notifies()
        async for notify in gen:
            print(notify)
            if notify.payload == "stop":
                await gen.aclose()
        print("there, I stopped")
        await conn.close()

    task = asyncio.create_task(listen())
    await asyncio.wait_for(listening.wait(), 60)
    await other.execute("notify mychan, 'hello'")
    await other.execute("notify mychan, 'hey'")
    await other.execute("notify mychan, 'stop'")
    await task
    pid = other.info.backend_pid
    assert capsys.readouterr().out == (
        f"Notify(channel='mychan', payload='hello', pid={pid})\n"
        f"Notify(channel='mychan', payload='hey', pid={pid})\n"
        f"Notify(channel='mychan', payload='stop', pid={pid})\n"
        "there, I stopped\n"
    )


async def test_notify_handler(
    dsn: str, other: pgtwin.AsyncConnection[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
        await conn.cursor().execute("LISTEN mychan")

        conn.add_notify_handler(lambda n: print(f"got this: {n}"))

        # meanwhile in psql...
        await other.execute("notify mychan, 'hey'")

        print(await (await conn.cursor().execute("SELECT 1")).fetchone())

    pid = other.info.backend_pid
    assert capsys.readouterr().out == (
        f"got this: Notify(channel='mychan', payload='hey', pid={pid})\n(1,)\n"
    )


@pytest.mark.needs_readers
async def test_detecting_disconnections(
    dsn: str, other: pgtwin.AsyncConnection[Any]
) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn, autocommit=True)
    pid = conn.info.backend_pid
    watching = asyncio.Event()

    async def watch() -> str:
        ev = asyncio.Event()
        loop = asyncio.get_event_loop()
        loop.add_reader(conn.fileno(), ev.set)
        watching.set()

        while True:
            try:
                await asyncio.wait_for(ev.wait(), 60.0)
            except asyncio.TimeoutError:
                continue  # No FD activity detected in one minute

            # Activity detected. Is the connection still ok?
            try:
                await conn.execute("SELECT 1")
            except pgtwin.OperationalError:
                # Guess what happened
                return "we lost our database!"

    task = asyncio.create_task(watch())
    await asyncio.wait_for(watching.wait(), 60)
    assert not task.done()
    await other.execute("SELECT pg_terminate_backend(%s)", (pid,))
    assert await task == "we lost our database!"
    assert conn.closed
    assert conn.broken
    await conn.close()
