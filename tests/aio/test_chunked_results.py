"""Large results that were fetched at once before: rows loaded as they come."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest
from psycopg.rows import class_row, dict_row, namedtuple_row

import pgtwin
from pgtwin import errors as e
from pgtwin.adapt import Loader
from pgtwin.core.engine import chunked_result

if TYPE_CHECKING:
    from typing_extensions import LiteralString

Connection = pgtwin.AsyncConnection[Any]

pytestmark = pytest.mark.skipif(
    not chunked_result.AVAILABLE, reason="libpq before 17 gives a result as a whole"
)

ROWS = 1150  # no multiple of a chunk
QUERY = "SELECT n, 'row ' || n AS name FROM generate_series(1, 1150) AS n"
EXPECTED = [(n, f"row {n}") for n in range(1, ROWS + 1)]


def gathered(cur: pgtwin.AsyncCursor[Any]) -> bool:
    """Return whether the current result has come in chunks."""
    return type(cur.pgresult) is chunked_result.Chunks


async def again(
    conn: Connection, query: LiteralString = QUERY, params: Any = None
) -> pgtwin.AsyncCursor[Any]:
    """Return a cursor that has executed a query whose rows were all fetched before."""
    cur = await conn.execute(query, params)
    assert not gathered(cur)
    await cur.fetchall()
    return await conn.execute(query, params)


async def test_rows_of_chunks_are_those_of_one_result(conn: Connection) -> None:
    cur = conn.cursor()
    for number in range(10):  # prepared on the way
        await cur.execute(QUERY)
        assert gathered(cur) == (number > 0)
        assert await cur.fetchall() == EXPECTED
        assert await cur.fetchall() == []


async def test_with_parameters(conn: Connection) -> None:
    cur = conn.cursor()
    query = "SELECT n, 'row ' || n AS name FROM generate_series(1, %s) AS n"
    for _ in range(10):
        for size in (ROWS, 3, 0, 600):
            await cur.execute(query, (size,))
            assert cur.rowcount == size
            assert await cur.fetchall() == EXPECTED[:size]
    await cur.execute(query, (ROWS,))
    assert await cur.fetchall() == EXPECTED
    await cur.execute(query, (ROWS,))
    assert gathered(cur)


async def test_few_rows_after_many(conn: Connection) -> None:
    query = "SELECT n, 'row ' || n AS name FROM generate_series(1, %s) AS n"
    await again(conn, query, (ROWS,))
    cur = await conn.execute(query, (2,))
    assert gathered(cur)
    assert await cur.fetchone() == (1, "row 1")
    assert await cur.fetchone() == (2, "row 2")
    assert await cur.fetchone() is None


async def test_what_a_cursor_tells(conn: Connection) -> None:
    plain = await conn.execute(QUERY)
    cur = await again(conn)
    assert gathered(cur)
    assert cur.rowcount == plain.rowcount == ROWS
    assert cur.statusmessage == plain.statusmessage == f"SELECT {ROWS}"
    full = await again(conn, "SELECT FROM generate_series(1, 1000)")
    assert full.statusmessage == "SELECT 1000"
    assert await full.fetchall() == [()] * 1000
    assert repr(cur.description) == repr(plain.description)
    assert cur.nextset() is None
    assert repr(cur) == repr(plain)
    assert cur.rownumber == 0
    result, whole = cur.pgresult, plain.pgresult
    assert result is not None
    assert whole is not None
    assert result.ntuples == whole.ntuples
    assert result.nfields == whole.nfields
    assert result.status == whole.status
    assert result.command_tuples == whole.command_tuples
    for row in (0, 199, 200, 1149, 1150, -1):
        for column in (0, 1):
            value = result.get_value(row, column)
            if result.fformat(column) == whole.fformat(column):
                assert value == whole.get_value(row, column)
            else:
                assert (value is None) == (whole.get_value(row, column) is None)


async def test_fetch_and_scroll_in_chunked_results(conn: Connection) -> None:
    cur = await again(conn)
    assert await cur.fetchone() == EXPECTED[0]
    assert await cur.fetchmany(500) == EXPECTED[1:501]
    assert cur.rownumber == 501
    await cur.scroll(-2)
    assert await cur.fetchone() == EXPECTED[499]
    await cur.scroll(1149, mode="absolute")
    assert [row async for row in cur] == EXPECTED[1149:]
    with pytest.raises(IndexError, match="no row 1150"):
        await cur.scroll(1150, mode="absolute")


@pytest.mark.parametrize("way", ["fetchone", "fetchmany", "iteration"])
async def test_not_where_rows_are_taken_one_by_one(conn: Connection, way: str) -> None:
    cur = await again(conn)
    assert gathered(cur)
    if way == "fetchone":
        await cur.fetchone()
    elif way == "fetchmany":
        await cur.fetchmany(10)
    else:
        async for _ in cur:
            break
    await cur.execute(QUERY)
    assert not gathered(cur)
    assert await cur.fetchall() == EXPECTED
    await cur.execute(QUERY)
    assert gathered(cur)


class Named:
    def __init__(self, n: int, name: str) -> None:
        self.pair = (n, name)


async def test_row_factories(conn: Connection) -> None:
    await again(conn)
    async with conn.cursor(row_factory=dict_row) as dicts:
        await dicts.execute(QUERY)
        assert gathered(dicts)
        assert [tuple(row.values()) for row in await dicts.fetchall()] == EXPECTED
    async with conn.cursor(row_factory=namedtuple_row) as named:
        await named.execute(QUERY)
        found = await named.fetchall()
        assert found == EXPECTED
        assert found[7]._fields == ("n", "name")
    async with conn.cursor(row_factory=class_row(Named)) as objects:
        await objects.execute(QUERY)
        assert gathered(objects)
        assert [row.pair for row in await objects.fetchall()] == EXPECTED
    cur = await conn.execute(QUERY)
    assert await cur.fetchone() == EXPECTED[0]
    cur.row_factory = dict_row
    assert await cur.fetchone() == {"n": 2, "name": "row 2"}


async def test_rows_are_the_callers(conn: Connection) -> None:
    cur = await again(conn)
    rows = await cur.fetchall()
    rows.clear()
    await cur.scroll(0, mode="absolute")
    assert await cur.fetchall() == EXPECTED


async def test_error_between_rows(
    conn: Connection, usable: Callable[[Connection], Awaitable[None]]
) -> None:
    query = "SELECT 1000 / (n - %s) FROM generate_series(1, 1000) AS n"
    await again(conn, query, (2000,))
    cur = conn.cursor()
    with pytest.raises(e.DivisionByZero):
        await cur.execute(query, (900,))
    with pytest.raises(e.ProgrammingError, match="no result"):
        await cur.fetchall()
    await usable(conn)


async def test_value_that_cannot_be_loaded(conn: Connection) -> None:
    query = """SELECT CASE WHEN n = %s THEN 'infinity' ELSE date '2026-01-01' + n END
        FROM generate_series(1, 1000) AS n"""
    await again(conn, query, (0,))
    cur = await conn.execute(query, (700,))
    assert gathered(cur)
    assert len(await cur.fetchmany(699)) == 699
    with pytest.raises(e.DataError, match="date"):
        await cur.fetchone()
    await cur.scroll(700, mode="absolute")
    assert len(await cur.fetchall()) == 300


class Upper(Loader):
    def load(self, data: Any) -> str:
        return bytes(data).decode().upper()


async def test_not_with_loaders_of_the_user(conn: Connection) -> None:
    conn.adapters.register_loader("text", Upper)
    cur = await conn.execute(QUERY)
    await cur.fetchall()
    await cur.execute(QUERY)
    assert not gathered(cur)
    assert (await cur.fetchone()) == (1, "ROW 1")


async def test_loaders_registered_afterwards(conn: Connection) -> None:
    # As for other results: what held when it came, and what its cursor is given then.
    query = "SELECT 'row ' || n FROM generate_series(1, 1000) AS n"
    cur = await again(conn, query)
    own = await conn.execute(query)
    assert gathered(cur)
    assert gathered(own)
    own.adapters.register_loader("text", Upper)
    assert await own.fetchone() == ("ROW 1",)
    assert (await own.fetchmany(400))[-1] == ("ROW 401",)
    assert await cur.fetchone() == ("row 1",)
    conn.adapters.register_loader("text", Upper)
    assert await cur.fetchone() == ("row 2",)
    assert (await cur.fetchall())[-1] == ("row 1000",)


async def test_query_that_changes_how_it_is_read(conn: Connection) -> None:
    # From the second execution on, the rows are loaded before the new zone is known.
    query = """SELECT timestamptz '2026-01-01 12:00+00' + n * interval '1 day',
            set_config('TimeZone', %s, false)
        FROM generate_series(1, 1000) AS n"""
    for zone in ("Europe/Berlin", "Europe/Berlin", "Asia/Kabul", "Europe/Berlin"):
        cur = await conn.execute(query, (zone,))
        rows = await cur.fetchall()
        assert {str(row[0].tzinfo) for row in rows} == {zone}


async def test_chunked_results_are_told_to_hooks(conn: Connection) -> None:
    await again(conn)
    seen: list[pgtwin.QueryEvent] = []
    conn.add_query_hook(seen.append)
    cur = await conn.execute(QUERY)
    assert gathered(cur)
    assert [(event.query, event.rowcount) for event in seen] == [(QUERY, ROWS)]


async def test_switched_off(conn: Connection) -> None:
    conn.automatic_binary = False
    cur = await conn.execute(QUERY)
    for _ in range(8):
        assert await cur.fetchall() == EXPECTED
        await cur.execute(QUERY)
        assert not gathered(cur)


async def test_formats_that_are_asked_for(conn: Connection) -> None:
    await again(conn)
    cur = conn.cursor()
    for binary in (True, False):
        await cur.execute(QUERY, binary=binary)
        assert not gathered(cur)
        assert await cur.fetchall() == EXPECTED


async def test_pipeline_afterwards(conn: Connection) -> None:
    # libpq keeps the mode of the last query in a pipeline.
    await again(conn)
    async with conn.pipeline():
        cursors = [await conn.execute(QUERY) for _ in range(3)]
    for cur in cursors:
        assert not gathered(cur)
        assert await cur.fetchall() == EXPECTED


async def test_many_at_once(dsn: str) -> None:
    async def use(conn: Connection) -> None:
        for _ in range(5):
            cur = await conn.execute(QUERY)
            assert await cur.fetchall() == EXPECTED

    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        tasks = [asyncio.create_task(use(conn)) for _ in range(4)]
        for task in tasks:
            await task
