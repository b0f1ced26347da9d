"""Random programs give the same with a pipeline, without one, and in psycopg's.

A program that fails is left at its first error, which is the same one in all three.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import psycopg
import pytest

import pgtwin
from pgtwin import errors as e

# psycopg's own connections call add_reader().
pytestmark = pytest.mark.needs_readers

PROGRAMS = 40
STEPS = 25
CURSORS = 3
PREPARED_MAX = (0, 1, 2, 100, None)

SELECT = "SELECT %s::text, n FROM generate_series(1, %s) AS n"
INSERT = "INSERT INTO programs (n) VALUES (%s) RETURNING id, n"
ADD = "INSERT INTO programs (n) VALUES (%s), (%s)"
UPDATE = "UPDATE programs SET n = n + 1 WHERE n %% 3 = %s::int"
# The types of the values make it several statements.
ECHO = "SELECT %s"
DIVIDE = "SELECT 10 / %s::int"
DOUBLE = "INSERT INTO programs (id) VALUES (%s::int)"


class Step(NamedTuple):
    """What is done next, with which cursor; `inner` is done in a block."""

    what: str
    cursor: int = 0
    query: str = ""
    values: Any = None
    inner: tuple[Step, ...] = ()
    prepare: bool | None = None


def values_of(query: str, chance: random.Random) -> tuple[Any, ...]:
    if query == SELECT:
        return (chance.choice(["a", "é", ""]), chance.randrange(4))
    if query == ECHO:
        return (chance.choice([1, 70_000, 10**12, "x", 1.5, None, True]),)
    if query == ADD:
        return (chance.randrange(10), chance.randrange(10))
    return (chance.randrange(3),)


def program(chance: random.Random, steps: int, faults: float) -> tuple[Step, ...]:
    """Return a program: fetching only where a cursor has rows."""
    found: list[Step] = []
    with_rows: set[int] = set()
    for _ in range(steps):
        cursor = chance.randrange(CURSORS)
        what = chance.choices(
            ("execute", "many", "returning", "fetch", "sync", "nest", "block", "close"),
            (30, 8, 8, 25, 5, 4, 4, 6),
        )[0]
        if chance.random() < faults:
            query = chance.choice([DIVIDE, DOUBLE])
            value = 0 if query == DIVIDE else 1
            found.append(Step("execute", cursor, query, (value,)))
            with_rows.discard(cursor)
        elif what == "execute":
            query = chance.choice([SELECT, INSERT, ADD, UPDATE, ECHO, ECHO])
            prepare = chance.choice([None, None, None, True, False])
            values = values_of(query, chance)
            found.append(Step(what, cursor, query, values, prepare=prepare))
            with_rows.discard(cursor)
            if query in (SELECT, INSERT, ECHO):
                with_rows.add(cursor)
        elif what in ("many", "returning"):
            query = ADD if what == "many" else chance.choice([INSERT, ECHO])
            sets = [
                values_of(query, chance)
                for _ in range(chance.choice([0, 1, 3, 30, 120]))
            ]
            found.append(Step(what, cursor, query, sets))
            with_rows.discard(cursor)
            if what == "returning" and sets:
                with_rows.add(cursor)
        elif what == "fetch":
            if cursor in with_rows:
                kind = chance.choice(["one", "many", "all", "next", "iterate"])
                found.append(Step(what, cursor, kind))
        elif what in ("nest", "block") and steps > 5:
            inner = program(chance, steps // 3, faults)
            # What is inside may leave any cursor without rows.
            with_rows.clear()
            found.append(Step(what, inner=inner))
        else:
            found.append(Step(what, cursor))
            if what == "close":
                with_rows.discard(cursor)
    return tuple(found)


class Player:
    """Plays programs on one connection, and notes all that can be seen."""

    def __init__(self, conn: Any, pipelined: bool, reusing: bool = True) -> None:
        self.conn = conn
        self.pipelined = pipelined
        self.reusing = reusing
        self.error: e.Error | None = None
        self.seen: list[Any] = []
        self.cursors = [conn.cursor() for _ in range(CURSORS)]

    @asynccontextmanager
    async def pipeline(self) -> AsyncIterator[Any]:
        if not self.pipelined:
            yield None
            return
        async with self.conn.pipeline() as pipeline:
            yield pipeline

    async def play(self, steps: tuple[Step, ...]) -> list[Any]:
        """Return what was seen: values, the error if there was one, what is left."""
        conn = self.conn
        await conn.execute("TRUNCATE programs RESTART IDENTITY")
        await conn.execute("INSERT INTO programs (n) VALUES (0), (1), (2)")
        await conn.commit()
        try:
            async with self.pipeline() as pipeline:
                await self.go(steps, pipeline)
            for cursor in self.cursors:
                self.seen.append((cursor.rowcount, cursor.statusmessage))
                if cursor.description is not None:
                    self.seen.append(await cursor.fetchall())
                    while cursor.nextset():
                        self.seen.append((cursor.rowcount, await cursor.fetchall()))
            await conn.commit()
        except e.Error as error:
            self.error = error
            self.seen = [error.sqlstate]  # raised sooner or later
            await conn.rollback()
        cur = await conn.execute("SELECT n FROM programs ORDER BY id")
        if len(self.seen) != 1:
            self.seen.append(await cur.fetchall())
        await conn.commit()
        return self.seen

    async def go(self, steps: tuple[Step, ...], pipeline: Any) -> None:
        for step in steps:
            if not self.reusing and step.what in ("execute", "many", "returning"):
                self.cursors[step.cursor] = self.conn.cursor()
            cursor = self.cursors[step.cursor]
            if step.what == "execute":
                await cursor.execute(step.query, step.values, prepare=step.prepare)
            elif step.what in ("many", "returning"):
                returning = step.what == "returning"
                await cursor.executemany(step.query, step.values, returning=returning)
                if returning:
                    self.seen.append((cursor.rowcount, cursor.statusmessage))
                    self.seen.append(cursor.description and len(cursor.description))
            elif step.what == "fetch":
                self.seen.append(await self.fetch(cursor, step.query))
                self.seen.append((cursor.rowcount, cursor.rownumber))
            elif step.what == "sync" and pipeline is not None:
                await pipeline.sync()
            elif step.what == "nest":
                async with self.pipeline() as inner:
                    await self.go(step.inner, inner)
            elif step.what == "block":
                async with self.conn.transaction():
                    await self.go(step.inner, pipeline)
            elif step.what == "close":
                await cursor.close()
                self.cursors[step.cursor] = self.conn.cursor()

    async def fetch(self, cursor: Any, kind: str) -> Any:
        if kind == "one":
            return await cursor.fetchone()
        if kind == "many":
            return await cursor.fetchmany(2)
        if kind == "all":
            return await cursor.fetchall()
        if kind == "iterate":
            return [row async for row in cursor]
        await cursor.fetchone()  # so that it has come
        return cursor.nextset()


@pytest.mark.parametrize("seed", range(PROGRAMS))
async def test_random_programs(dsn: str, seed: int) -> None:
    chance = random.Random(seed)
    faults = chance.choice([0, 0.03])
    steps = program(chance, STEPS, faults)
    options: Any = {
        "prepare_threshold": chance.choice([0, 1, 5, None]),
        "autocommit": chance.random() < 0.3 and not faults,
    }
    limit = chance.choice(PREPARED_MAX)
    table = "CREATE TEMP TABLE programs (id serial PRIMARY KEY, n int DEFAULT 0)"
    played = []
    async with await psycopg.AsyncConnection.connect(dsn, **options) as theirs:
        theirs.prepared_max = limit
        await theirs.execute(table)
        # A cursor of theirs adds up what it was owed when it is used again.
        player = Player(theirs, True, reusing=False)
        played.append(await player.play(steps))
    for pipelined in (True, False):
        async with await pgtwin.AsyncConnection.connect(dsn, **options) as ours:
            ours.prepared_max = limit
            await ours.execute(table)
            played.append(await Player(ours, pipelined).play(steps))
            if limit is not None:
                cur = await ours.execute("SELECT count(*) FROM pg_prepared_statements")
                row = await cur.fetchone()
                assert row is not None
                assert row[0] <= max(limit, 1) + 1
    # Where the server's error is late, psycopg may say first what follows from it.
    if not isinstance(player.error, e.PipelineAborted):
        assert played[1] == played[0]
    assert played[1] == played[2]
