"""Many connections at work while their sessions are killed at random.

No error comes out but that of a connection that is lost, and none is lost that
nobody killed.
"""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any

import pgtwin
from pgtwin import errors as e

NAME = "pgtwin_load"
# Seconds more than it should take.
PATIENCE = 120.0
SERIES = "SELECT n, 'x' FROM generate_series(1, 50) AS n"


class Load:
    """What the workers share: when they end, and what has happened.

    They go on after `seconds`, which a machine may stand still, until `enough` was done
    and somebody has lost a session, but not forever.
    """

    def __init__(self, dsn: str, workers: int, seconds: float, enough: int) -> None:
        self.dsn = dsn
        self.end = time.monotonic() + seconds
        self.last = self.end + PATIENCE
        self.enough = enough
        # Each worker counts for itself: they may be threads.
        self.done = [0] * workers
        self.lost = [0] * workers
        self.killed: list[int] = []
        self.wrong: list[BaseException] = []

    @property
    def over(self) -> bool:
        now = time.monotonic()
        if self.wrong or now > self.last:
            return True
        return now > self.end and sum(self.done) > self.enough and any(self.lost)


async def do_something(conn: pgtwin.AsyncConnection[Any], number: int) -> None:
    """Do one of several things, and check what comes of it."""
    kind = number % 6
    if kind == 0:
        cur = await conn.execute("SELECT %s::int", (number,))
        assert await cur.fetchone() == (number,)
    elif kind == 1:
        async with conn.transaction():
            cur = await conn.execute("SELECT %s::text", (str(number),))
            assert await cur.fetchall() == [(str(number),)]
    elif kind == 2:
        async with conn.pipeline():
            first = await conn.execute("SELECT %s::int", (number,))
            last = await conn.execute("SELECT %s::int", (number + 1,))
        assert await first.fetchone() == (number,)
        assert await last.fetchone() == (number + 1,)
    elif kind == 3:
        async with conn.cursor().copy(f"COPY ({SERIES}) TO STDOUT") as copy:
            assert len([row async for row in copy.rows()]) == 50
    elif kind == 4:
        found = [row[0] async for row in conn.cursor().stream(SERIES)]
        assert found == list(range(1, 51))
    else:
        await conn.rollback()


async def work(load: Load, number: int) -> None:
    """Use one connection after the other until the time is over."""
    chance = random.Random(number)
    try:
        while not load.over:
            conn: pgtwin.AsyncConnection[Any] | None = None
            try:
                conn = await pgtwin.AsyncConnection.connect(
                    load.dsn, application_name=NAME
                )
                async with conn:
                    while not load.over:
                        await do_something(conn, chance.randrange(1_000_000))
                        load.done[number] += 1
                        assert not conn.lock.locked()
            except e.OperationalError:
                # A session may be killed while it is being opened.
                is_lost = conn is None or conn.broken
                assert is_lost, "an error of a connection that is not lost"
                load.lost[number] += 1
    except BaseException as error:
        load.wrong.append(error)
        raise


async def kill(load: Load, pause: float) -> None:
    """Kill a session of the workers, again and again."""
    async with pgtwin.AsyncConnection.connect(load.dsn, autocommit=True) as conn:
        while not load.over:
            cur = await conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = %s ORDER BY random() LIMIT 1",
                (NAME,),
            )
            load.killed.append(len(await cur.fetchall()))
            await asyncio.sleep(pause)


async def work_under_fire(
    dsn: str, workers: int, seconds: float, pause: float, enough: int = 0
) -> Load:
    """Let many connections work, and kill one every `pause` seconds."""
    load = Load(dsn, workers, seconds, enough)
    tasks = [asyncio.create_task(work(load, n)) for n in range(workers)]
    killing = asyncio.create_task(kill(load, pause))
    for task in tasks:
        await task
    await killing
    return load


async def share(dsn: str, users: int, times: int) -> int:
    """Let many use one connection at the same time; return how often it was used."""
    done: list[int] = []

    async def use(conn: pgtwin.AsyncConnection[Any], first: int) -> None:
        for number in range(first, first + times):
            cur = conn.cursor()
            await cur.execute("SELECT %s::int, pg_sleep(0)", (number,))
            row = await cur.fetchone()
            assert row is not None
            assert row[0] == number
            done.append(number)

    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        tasks = [asyncio.create_task(use(conn, n * times)) for n in range(users)]
        for task in tasks:
            await task
        assert not conn.lock.locked()
    assert len(set(done)) == users * times
    return len(done)
