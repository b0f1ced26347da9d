"""Connections for the tests of the driver."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

import pgtwin
from pgtwin.pq import TransactionStatus
from tests.aio.support import session_activity

if TYPE_CHECKING:
    from typing_extensions import LiteralString


@pytest.fixture
async def conn(dsn: str) -> AsyncIterator[pgtwin.AsyncConnection[Any]]:
    """The connection under test."""
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        yield conn


@pytest.fixture
async def other(dsn: str) -> AsyncIterator[pgtwin.AsyncConnection[Any]]:
    """Another session with the same server, in autocommit mode."""
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
        yield conn


@pytest.fixture
async def theirs(dsn: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """A connection of psycopg."""
    async with await psycopg.AsyncConnection.connect(dsn) as conn:
        yield conn


@pytest.fixture
def until_sleeping(
    other: pgtwin.AsyncConnection[Any],
) -> Callable[[int], Awaitable[None]]:
    """Wait until the server process `pid` is in `pg_sleep()`."""

    async def wait(pid: int) -> None:
        await session_activity.until_sleeping(other, pid)

    return wait


@pytest.fixture
def usable() -> Callable[[pgtwin.AsyncConnection[Any]], Awaitable[None]]:
    """Assert that a connection works as before it was interrupted."""

    async def check(conn: pgtwin.AsyncConnection[Any]) -> None:
        assert not conn.closed
        assert not conn.broken
        await conn.rollback()
        assert conn.info.transaction_status == TransactionStatus.IDLE
        cur = await conn.execute("SELECT %s::text", ("as before",))
        assert await cur.fetchone() == ("as before",)
        await conn.rollback()

    return check


@pytest.fixture
async def table(conn: pgtwin.AsyncConnection[Any]) -> LiteralString:
    """The name of a temporary table of three columns."""
    await conn.execute("CREATE TEMP TABLE things (id int PRIMARY KEY, a text, b text)")
    await conn.commit()
    return "things"


@pytest.fixture
async def numbers(conn: pgtwin.AsyncConnection[Any]) -> LiteralString:
    """The name of a temporary table of one column."""
    await conn.execute("CREATE TEMP TABLE numbers (n int PRIMARY KEY)")
    await conn.commit()
    return "numbers"


@pytest.fixture
def content() -> (
    Callable[[pgtwin.AsyncConnection[Any]], Awaitable[list[tuple[Any, ...]]]]
):
    """Return the rows of that table."""

    async def fetch(conn: pgtwin.AsyncConnection[Any]) -> list[tuple[Any, ...]]:
        cur = await conn.execute("SELECT * FROM things ORDER BY id")
        return await cur.fetchall()

    return fetch
