"""Cursors and connections that are closed, lost or cancelled in pipeline mode."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest

import pgtwin
from pgtwin import errors as e

if TYPE_CHECKING:
    from typing_extensions import LiteralString


Connection = pgtwin.AsyncConnection[Any]
Usable = Callable[[Connection], Awaitable[None]]


async def test_closed_cursor(conn: Connection, numbers: LiteralString) -> None:
    async with conn.pipeline():
        async with conn.cursor() as inserted:
            await inserted.execute(f"INSERT INTO {numbers} VALUES (1), (2)")
        async with conn.cursor() as many:
            await many.executemany(f"INSERT INTO {numbers} VALUES (%s)", [(3,), (4,)])
        async with conn.cursor() as selected:
            await selected.execute("SELECT 1 AS a UNION SELECT 2")
            await selected.close()
        assert selected.rowcount == -1
        for fetch in (selected.fetchone, selected.fetchmany, selected.fetchall):
            with pytest.raises(e.InterfaceError, match="cursor is closed"):
                await fetch()
        with pytest.raises(e.InterfaceError, match="cursor is closed"):
            await selected.execute("SELECT 1")
    assert (inserted.rowcount, inserted.statusmessage) == (2, "INSERT 0 2")
    assert (many.rowcount, many.statusmessage) == (2, "INSERT 0 1")
    assert (selected.rowcount, selected.statusmessage) == (2, "SELECT 2")
    assert selected.description is not None
    assert selected.description[0].name == "a"
    for fetch in (selected.fetchone, selected.fetchmany, selected.fetchall):
        with pytest.raises(e.InterfaceError, match="cursor is closed"):
            await fetch()
    with pytest.raises(e.InterfaceError, match="cursor is closed"):
        async for _ in selected:
            pass


async def test_closed_cursor_of_an_error(conn: Connection) -> None:
    cur = conn.cursor()
    with pytest.raises(e.DivisionByZero):
        async with conn.pipeline(), cur:
            await cur.execute("SELECT 1 / 0")
    assert cur.rowcount == -1
    with pytest.raises(e.InterfaceError, match="cursor is closed"):
        await cur.fetchone()


async def test_server_ends_meanwhile(conn: Connection, other: Connection) -> None:
    with pytest.raises(e.OperationalError):
        async with conn.pipeline():
            await conn.execute("SELECT 1")
            pid = conn.info.backend_pid
            await other.execute("SELECT pg_terminate_backend(%s, 60000)", (pid,))
            await conn.execute("SELECT 2")
    assert conn.broken


@pytest.mark.parametrize("autocommit", [False, True])
@pytest.mark.parametrize("statements", [0, 1, 100])
async def test_close_meanwhile(
    conn: Connection, autocommit: bool, statements: int
) -> None:
    await conn.set_autocommit(autocommit)
    with pytest.raises(e.OperationalError, match="the connection is closed"):
        async with conn.pipeline():
            for n in range(statements):
                await conn.execute("SELECT %s::int", (n,))
            await conn.close()
    assert conn.closed
    assert not conn.broken


async def test_close_after_a_sync(conn: Connection) -> None:
    # As in psycopg: it is simpler to rely on than a block that may be silent.
    cur = conn.cursor()
    with pytest.raises(e.OperationalError, match="the connection is closed"):
        async with conn.pipeline() as pipeline:
            await cur.execute("SELECT 1")
            await pipeline.sync()
            await conn.close()
    assert cur.statusmessage == "SELECT 1"


async def test_close_after_an_error(conn: Connection) -> None:
    with pytest.raises(e.OperationalError, match="the connection is closed"):
        async with conn.pipeline():
            await conn.execute("SELECT 1 / 0")
            await conn.close()


async def test_use_after_close(conn: Connection) -> None:
    cur = conn.cursor()
    with pytest.raises(e.OperationalError, match="the connection is closed"):
        async with conn.pipeline() as pipeline:
            await cur.execute("SELECT 1")
            await conn.close()
            for use in (cur.fetchone, cur.fetchall, pipeline.sync, conn.commit):
                with pytest.raises(e.OperationalError, match="connection is closed"):
                    await use()
            with pytest.raises(e.OperationalError, match="the connection is closed"):
                await conn.execute("SELECT 1")
    with pytest.raises(e.ProgrammingError, match="no result"):
        await cur.fetchone()


async def test_close_in_nested_block(conn: Connection) -> None:
    outer = conn.pipeline()
    await outer.__aenter__()
    with pytest.raises(e.OperationalError, match="the connection is closed"):
        async with conn.pipeline():
            await conn.execute("SELECT 1")
            await conn.close()
    with pytest.raises(e.OperationalError, match="the connection is closed"):
        await outer.__aexit__(None, None, None)


async def test_close_in_blocks_of_other_kinds(conn: Connection) -> None:
    transaction = conn.transaction()
    with pytest.raises(e.OperationalError, match="the connection is closed"):
        async with conn.pipeline(), transaction:
            await conn.execute("SELECT 1")
            await conn.close()
    assert transaction.status == transaction.Status.FAILED


async def test_block_of_the_connection_inside(
    conn: Connection, other: Connection
) -> None:
    await other.execute("CREATE TABLE inside (n int)")
    try:
        with pytest.raises(e.OperationalError, match="the connection is closed"):
            async with conn.pipeline(), conn:
                await conn.execute("INSERT INTO inside VALUES (1)")
        cur = await other.execute("SELECT n FROM inside")
        assert await cur.fetchall() == [(1,)]
    finally:
        await other.execute("DROP TABLE inside")


@pytest.mark.parametrize("levels", [1, 2])
async def test_close_does_not_mask_an_error(
    conn: Connection, caplog: pytest.LogCaptureFixture, levels: int
) -> None:
    caplog.set_level(logging.WARNING, logger="pgtwin")
    inner: Any = conn.pipeline() if levels == 2 else conn.cursor()
    with pytest.raises(ZeroDivisionError):
        async with conn.pipeline(), inner:
            await conn.execute("SELECT 1")
            await conn.close()
            raise ZeroDivisionError
    assert len(caplog.records) == levels
    assert "the connection is closed" in caplog.text


async def test_close_by_another_task(conn: Connection) -> None:
    with pytest.raises(e.OperationalError, match="the connection is closed"):
        async with conn.pipeline():
            await conn.execute("SELECT 1")
            await asyncio.create_task(conn.close())


async def test_lost_before_the_outer_block_ends(
    conn: Connection, other: Connection
) -> None:
    with pytest.raises(e.OperationalError, match="the connection is lost"):
        async with conn.pipeline():
            with pytest.raises(e.OperationalError):
                async with conn.pipeline():
                    await conn.execute("SELECT 1")
                    pid = conn.info.backend_pid
                    await other.execute(
                        "SELECT pg_terminate_backend(%s, 60000)", (pid,)
                    )
    assert conn.broken


async def test_cancelled_by_another(
    conn: Connection, until_sleeping: Callable[[int], Awaitable[None]], usable: Usable
) -> None:
    async def wait() -> None:
        async with conn.pipeline():
            await conn.execute("SELECT 1")
            await conn.execute("SELECT pg_sleep(120)")
            await conn.execute("SELECT 2")

    task = asyncio.create_task(wait())
    await until_sleeping(conn.info.backend_pid)
    await conn.cancel_safe()
    with pytest.raises(e.QueryCanceled):
        await task
    await usable(conn)
