"""Errors in pipeline mode: which one is raised, and when."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest

import pgtwin
from pgtwin import errors as e
from pgtwin.pq import PipelineStatus

if TYPE_CHECKING:
    from typing_extensions import LiteralString


Connection = pgtwin.AsyncConnection[Any]
Usable = Callable[[Connection], Awaitable[None]]


async def test_error_at_exit(conn: Connection, usable: Usable) -> None:
    await conn.set_autocommit(True)
    with pytest.raises(e.UndefinedTable):
        async with conn.pipeline():
            await conn.execute("SELECT * FROM no_such_table")
            await conn.execute("CREATE TABLE voila ()")
    assert conn.pgconn.pipeline_status == PipelineStatus.OFF
    cur = await conn.execute("SELECT to_regclass('voila')")
    assert await cur.fetchone() == (None,)
    await usable(conn)


async def test_error_at_sync(conn: Connection) -> None:
    async with conn.pipeline() as pipeline:
        await conn.execute("SELECT 1 FROM no_such_table")
        with pytest.raises(e.UndefinedTable):
            await pipeline.sync()
        await conn.rollback()


async def test_aborted(conn: Connection) -> None:
    await conn.set_autocommit(True)
    async with conn.pipeline() as pipeline:
        before = await conn.execute("SELECT 1")
        with pytest.raises(e.UndefinedTable):
            await (await conn.execute("SELECT * FROM no_such_table")).fetchone()
        assert pipeline.status.name == "ABORTED"
        with pytest.raises(e.PipelineAborted):
            await (await conn.execute("SELECT 'aborted'")).fetchone()
        await pipeline.sync()
        assert pipeline.status.name == "ON"
        after = await conn.execute("SELECT 2")
    assert await before.fetchone() == (1,)
    assert await after.fetchone() == (2,)


async def test_first_error_wins(conn: Connection, usable: Usable) -> None:
    cur = conn.cursor()
    with pytest.raises(e.DivisionByZero):
        async with conn.pipeline():
            await conn.execute("SELECT 1 / 0")
            await cur.execute("SELECT * FROM no_such_table")
    with pytest.raises(e.ProgrammingError):
        await cur.fetchone()
    await usable(conn)


async def test_error_of_block_wins(
    conn: Connection, usable: Usable, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, logger="pgtwin")
    with pytest.raises(ZeroDivisionError):
        async with conn.pipeline():
            await conn.execute("SELECT * FROM no_such_table")
            raise ZeroDivisionError
    assert "no_such_table" in caplog.text
    await usable(conn)


async def test_several_statements(conn: Connection, usable: Usable) -> None:
    with pytest.raises(e.SyntaxError):
        async with conn.pipeline():
            await conn.execute("SELECT 1; SELECT 2")
    await usable(conn)


async def test_copy_is_refused_in_a_pipeline(conn: Connection, usable: Usable) -> None:
    with pytest.raises(e.NotSupportedError, match="pipeline"):
        async with conn.pipeline(), conn.cursor().copy("COPY (SELECT 1) TO STDOUT"):
            pass
    await usable(conn)


@pytest.mark.parametrize("fetched", [False, True])
@pytest.mark.parametrize(
    "query", ["COPY (SELECT 1) TO STDOUT", "COPY pg_class FROM STDIN"]
)
async def test_copy_executed(
    conn: Connection, query: LiteralString, fetched: bool
) -> None:
    with pytest.raises(e.ProgrammingError, match="copy"):
        async with conn.pipeline():
            cur = await conn.execute(query)
            if fetched:
                await cur.fetchone()
    assert conn.closed  # libpq cannot leave a COPY in pipeline mode


async def test_error_is_raised_before_the_end(conn: Connection) -> None:
    deadline = time.monotonic() + 60
    async with conn.pipeline():
        await conn.execute("SELECT 1 / 0")
        with pytest.raises(e.DivisionByZero):
            # The server tells of an error at once; a later statement looks for it.
            while time.monotonic() < deadline:
                await conn.execute("SELECT 1")
                await asyncio.sleep(0.001)
    await conn.rollback()
