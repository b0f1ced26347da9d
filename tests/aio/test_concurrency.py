"""Several tasks share one connection: their operations come one after the other."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import pgtwin
from pgtwin import errors as e

pytestmark = pytest.mark.every_loop


async def double(conn: pgtwin.AsyncConnection[Any], number: int) -> int:
    cur = await conn.execute(
        "SELECT %s::int * 2 FROM pg_sleep(0.01 * random())", (number,)
    )
    row = await cur.fetchone()
    assert row is not None
    value: int = row[0]
    return value


async def test_share_a_connection(conn: pgtwin.AsyncConnection[Any]) -> None:
    tasks = [asyncio.create_task(double(conn, number)) for number in range(20)]
    found = [await task for task in tasks]
    assert found == [number * 2 for number in range(20)]


async def test_gather(conn: pgtwin.AsyncConnection[Any]) -> None:
    found = await asyncio.gather(double(conn, 1), double(conn, 2), double(conn, 3))
    assert list(found) == [2, 4, 6]


async def test_own_connections(dsn: str) -> None:
    async def count(number: int) -> int:
        async with pgtwin.AsyncConnection.connect(dsn) as conn:
            total = 0
            for i in range(number):
                total += await double(conn, i)
            return total

    found = await asyncio.gather(count(3), count(4), count(5))
    assert list(found) == [6, 12, 20]


async def test_failure_of_one_task_leaves_the_others(
    other: pgtwin.AsyncConnection[Any],
) -> None:
    async def fail() -> None:
        await other.execute("SELECT 1/0")

    good = asyncio.create_task(double(other, 1))
    bad = asyncio.create_task(fail())
    after = asyncio.create_task(double(other, 2))
    assert await good == 2
    with pytest.raises(e.DivisionByZero):
        await bad
    assert await after == 4


async def test_share_a_cursor(other: pgtwin.AsyncConnection[Any]) -> None:
    async with other.cursor() as cur:

        async def insert(number: int) -> None:
            await cur.execute("INSERT INTO things VALUES (%s)", (number,))

        await cur.execute("CREATE TEMP TABLE things (id int)")
        tasks = [asyncio.create_task(insert(number)) for number in range(10)]
        for task in tasks:
            await task
        await cur.execute("SELECT count(*), sum(id) FROM things")
        assert await cur.fetchone() == (10, 45)


async def test_execute_while_listening(
    dsn: str, other: pgtwin.AsyncConnection[Any]
) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
        await conn.execute("LISTEN mychan")

        async def wait() -> list[str]:
            return [n.payload async for n in conn.notifies(timeout=60, stop_after=1)]

        task = asyncio.create_task(wait())
        await asyncio.sleep(0.1)
        await other.execute("NOTIFY mychan, 'hello'")
        assert await task == ["hello"]
        assert await double(conn, 4) == 8


async def test_connection_of_its_own_lock(conn: pgtwin.AsyncConnection[Any]) -> None:
    assert not conn.lock.locked()
    with pytest.raises(e.SyntaxError):
        await conn.execute("nonsense")
    assert not conn.lock.locked()
