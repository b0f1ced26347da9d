"""The results of a pipeline go to the cursors that have asked, whatever they are.

Each statement is executed often before, so that it is known to the engine.
"""

from __future__ import annotations

from typing import Any

import pytest
from psycopg.adapt import Dumper, Loader

import pgtwin
from pgtwin import errors as e

Connection = pgtwin.AsyncConnection[Any]

OFTEN = 8
NUMBER = "SELECT %s::int4"
SERIES = "SELECT x, x::text AS y FROM generate_series(1, %s) AS x"


@pytest.fixture(autouse=True)
async def known(conn: Connection) -> None:
    """Statements that were executed often."""
    await conn.set_autocommit(True)
    for query in (NUMBER, SERIES, "SELECT %s::text", "SELECT 1 / %s"):
        for _ in range(OFTEN):
            await conn.execute(query, ("1" if "text" in query[:15] else 1,))


async def test_results_of_many_sizes(conn: Connection) -> None:
    sizes = [0, 1, 19, 20, 21, 99, 100, 101, 1000, 1, 0]
    cursors = [conn.cursor() for _ in sizes]
    async with conn.pipeline():
        for cur, size in zip(cursors, sizes, strict=True):
            await cur.execute(SERIES, (size,))
    for cur, size in zip(cursors, sizes, strict=True):
        assert cur.rowcount == size
        assert await cur.fetchall() == [(x, str(x)) for x in range(1, size + 1)]


async def test_row_factories(conn: Connection) -> None:
    dicts = conn.cursor(row_factory=pgtwin.rows.dict_row)
    tuples = conn.cursor(row_factory=pgtwin.rows.namedtuple_row)
    async with conn.pipeline():
        await dicts.execute(SERIES, (2,))
        await tuples.execute(SERIES, (1,))
        assert await dicts.fetchone() == {"x": 1, "y": "1"}
    assert await dicts.fetchone() == {"x": 2, "y": "2"}
    assert await dicts.fetchone() is None
    row: Any = await tuples.fetchone()
    assert row.x == 1


async def test_cursor_that_executes_again(conn: Connection) -> None:
    """It has the last result only; the others are checked all the same."""
    cur, other = conn.cursor(), conn.cursor()
    async with conn.pipeline() as pipeline:
        for number in range(5):
            await cur.execute(NUMBER, (number,))
        await other.execute(NUMBER, (5,))
        assert await other.fetchone() == (5,)
        assert await cur.fetchone() == (4,)
        assert await cur.fetchone() is None
        await cur.execute("SELECT 1 / %s", (0,))
        await cur.execute(NUMBER, (6,))
        with pytest.raises(e.DivisionByZero):
            await pipeline.sync()
        await cur.execute(NUMBER, (7,))
        assert await cur.fetchone() == (7,)


async def test_many_and_one_by_turns(conn: Connection) -> None:
    await conn.execute("CREATE TEMP TABLE t (a int, b text)")
    many = [conn.cursor() for _ in range(6)]
    ones = [conn.cursor() for _ in range(6)]
    async with conn.pipeline():
        for number, (first, second) in enumerate(zip(many, ones, strict=True)):
            rows = [(number, str(number))] * (number * 60)
            query = "INSERT INTO t VALUES (%s, %s)"
            if number % 2:
                await first.executemany(query + " RETURNING a, b", rows, returning=True)
            else:
                await first.executemany(query, rows)
            await second.execute(NUMBER, (number,))
    for number, (first, second) in enumerate(zip(many, ones, strict=True)):
        assert await second.fetchall() == [(number,)]
        if not number % 2:
            assert first.rowcount == number * 60
            assert first.statusmessage == ("INSERT 0 1" if number else None)
            continue
        found = []
        async for each in first.results():
            assert each.rowcount == 1
            found += await each.fetchall()
        assert found == [(number, str(number))] * (number * 60)


class Quiet(Loader):
    """Loads text in another way."""

    def load(self, data: Any) -> Any:
        return bytes(data).decode().lower()


class Loud(Dumper):
    """Dumps strings in another way."""

    def dump(self, obj: Any) -> bytes:
        return f"{obj}!".encode()


async def test_adapters_registered_meanwhile(conn: Connection) -> None:
    cursors = [conn.cursor() for _ in range(4)]
    async with conn.pipeline():
        await cursors[0].execute("SELECT %s::text", ("A",))
        assert await cursors[0].fetchone() == ("A",)
        await cursors[1].execute("SELECT %s::text", ("B",))
        conn.adapters.register_loader("text", Quiet)
        await cursors[2].execute("SELECT %s::text", ("C",))
        conn.adapters.register_dumper(str, Loud)
        await cursors[3].execute("SELECT %s::text", ("D",))
    rows = [await cur.fetchone() for cur in cursors[1:]]
    assert rows == [("b",), ("c",), ("d!",)]


async def test_loader_that_cannot_be_made(conn: Connection) -> None:
    class Broken(Quiet):
        """Fails when it is made."""

        def __init__(self, oid: int, context: Any = None) -> None:
            raise e.NotSupportedError("no such loader")

    cur, other = conn.cursor(), conn.cursor()
    with pytest.raises(e.NotSupportedError):
        async with conn.pipeline():
            await cur.execute("SELECT %s::text", ("A",))
            await other.execute(NUMBER, (1,))
            conn.adapters.register_loader("text", Broken)
    assert await other.fetchone() == (1,)


async def test_hook_added_meanwhile(conn: Connection) -> None:
    told: list[tuple[str, int, bool]] = []

    def hook(event: pgtwin.QueryEvent) -> None:
        told.append((event.query, event.rowcount, event.duration >= 0))

    cursors = [conn.cursor() for _ in range(3)]
    async with conn.pipeline():
        await cursors[0].execute(NUMBER, (0,))
        conn.add_query_hook(hook)
        await cursors[1].execute(NUMBER, (1,))
        conn.remove_query_hook(hook)
        await cursors[2].execute(NUMBER, (2,))
    assert [await cur.fetchone() for cur in cursors] == [(0,), (1,), (2,)]
    assert told == [(NUMBER, 1, True)]


async def test_closed_cursors(conn: Connection) -> None:
    cur, other = conn.cursor(), conn.cursor()
    async with conn.pipeline():
        await cur.execute(NUMBER, (1,))
        await cur.close()
        await other.execute(NUMBER, (2,))
    assert await other.fetchone() == (2,)
    with pytest.raises(e.InterfaceError):
        await cur.fetchone()
    assert cur.rowcount == 1


async def test_handle_finished_in_a_block(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
        cur = conn.cursor()
        with pytest.raises(e.OperationalError, match="the connection is lost"):
            async with conn.pipeline():
                for number in range(OFTEN):
                    await cur.execute(NUMBER, (number,))
                conn.pgconn.finish()
                await cur.execute(NUMBER, (1,))


async def test_aborted_by_an_error(conn: Connection) -> None:
    cursors = [conn.cursor() for _ in range(60)]
    with pytest.raises(e.DivisionByZero):
        async with conn.pipeline():
            for number, cur in enumerate(cursors):
                await cur.execute("SELECT 1 / %s", (30 - number,))
    for number, cur in enumerate(cursors):
        assert cur.rowcount == (1 if number < 30 else -1)
    async with conn.pipeline():
        await cursors[0].execute(NUMBER, (1,))
    assert await cursors[0].fetchone() == (1,)
