"""Interrupting a query: from the server's side, from another task, from outside."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import pgtwin
from pgtwin import errors as e

pytestmark = pytest.mark.every_loop

DEADLINE = 60


Usable = Callable[[pgtwin.AsyncConnection[Any]], Awaitable[None]]


async def test_statement_timeout(
    conn: pgtwin.AsyncConnection[Any], usable: Usable
) -> None:
    started = time.monotonic()
    with pytest.raises(e.QueryCanceled, match="statement timeout"):
        # For the one statement only: any other may be late.
        await conn.execute(
            "SET LOCAL statement_timeout = '200ms'; SELECT pg_sleep(120)"
        )
    assert time.monotonic() - started < DEADLINE
    await usable(conn)


async def test_cancel(
    conn: pgtwin.AsyncConnection[Any],
    until_sleeping: Callable[[int], Awaitable[None]],
    usable: Usable,
) -> None:
    task = asyncio.create_task(conn.execute("SELECT pg_sleep(120)"))
    await until_sleeping(conn.info.backend_pid)
    started = time.monotonic()
    conn.cancel()
    with pytest.raises(e.QueryCanceled):
        await task
    assert time.monotonic() - started < DEADLINE
    await usable(conn)


async def test_cancel_safe(
    conn: pgtwin.AsyncConnection[Any],
    until_sleeping: Callable[[int], Awaitable[None]],
    usable: Usable,
) -> None:
    task = asyncio.create_task(conn.execute("SELECT pg_sleep(120)"))
    await until_sleeping(conn.info.backend_pid)
    started = time.monotonic()
    await conn.cancel_safe(timeout=60)
    with pytest.raises(e.QueryCanceled):
        await task
    assert time.monotonic() - started < DEADLINE
    await usable(conn)


async def test_cancel_nothing(
    conn: pgtwin.AsyncConnection[Any], usable: Usable
) -> None:
    conn.cancel()
    await conn.cancel_safe()
    await usable(conn)


async def test_cancel_closed(dsn: str) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn)
    await conn.close()
    conn.cancel()
    await conn.cancel_safe()


async def test_close_while_executing(
    dsn: str, until_sleeping: Callable[[int], Awaitable[None]]
) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn)
    task = asyncio.create_task(conn.execute("SELECT pg_sleep(120)"))
    await until_sleeping(conn.info.backend_pid)
    started = time.monotonic()
    await conn.close()
    with pytest.raises(e.OperationalError, match="closed"):
        await task
    assert time.monotonic() - started < DEADLINE
    assert conn.closed
    assert not conn.broken
