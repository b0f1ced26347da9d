"""Server-side cursors: declared, fetched from, moved, adopted, closed."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

import pgtwin
from pgtwin import errors as e, sql
from pgtwin.pq import TransactionStatus
from pgtwin.rows import dict_row, namedtuple_row, scalar_row

NUMBERS = "SELECT n FROM generate_series(1, 6) AS n"

Usable = Callable[[pgtwin.AsyncConnection[Any]], Awaitable[None]]


async def declared(conn: pgtwin.AsyncConnection[Any]) -> list[str]:
    """Return the names of the cursors that the server has."""
    cur = await conn.execute("SELECT name FROM pg_cursors ORDER BY name")
    return [name for (name,) in await cur.fetchall()]


async def sent(conn: pgtwin.AsyncConnection[Any], name: str) -> str:
    """Return the statement with which a cursor was declared."""
    cur = await conn.execute("SELECT statement FROM pg_cursors WHERE name = %s", [name])
    row = await cur.fetchone()
    assert row is not None
    return str(row[0])


@pytest.fixture
async def cur(
    conn: pgtwin.AsyncConnection[Any],
) -> AsyncIterator[pgtwin.AsyncServerCursor[Any]]:
    async with conn.cursor("curs") as cur:
        yield cur


async def test_properties(conn: pgtwin.AsyncConnection[Any]) -> None:
    async with conn.cursor("curs") as cur:
        assert type(cur) is pgtwin.AsyncServerCursor
        assert isinstance(cur, pgtwin.AsyncCursor)
        assert cur.connection is conn
        assert cur.name == "curs"
        assert cur.scrollable is None
        assert cur.withhold is False
        assert cur.itersize == 100
        assert cur.arraysize == 1
        assert cur.description is None
        assert cur.rownumber is None
    async with conn.cursor("curs", scrollable=True, withhold=True) as cur:
        assert cur.scrollable is True
        assert cur.withhold is True


async def test_repr(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = conn.cursor("my name")
    assert "ServerCursor 'my name' [no result]" in repr(cur)
    await cur.execute("SELECT 1")
    await cur.fetchone()
    assert "[TUPLES_OK]" in repr(cur)
    await cur.close()
    assert "[closed]" in repr(cur)


async def test_fetch(cur: pgtwin.AsyncServerCursor[Any]) -> None:
    assert await cur.execute(NUMBERS) is cur
    assert cur.rownumber == 0
    assert cur.rowcount == -1
    assert cur.statusmessage is None
    assert await cur.fetchone() == (1,)
    assert cur.rownumber == 1
    assert await cur.fetchmany() == [(2,)]
    assert await cur.fetchmany(2) == [(3,), (4,)]
    cur.arraysize = 10
    assert await cur.fetchmany() == [(5,), (6,)]
    assert cur.rownumber == 6
    assert await cur.fetchone() is None
    assert await cur.fetchmany() == []
    assert await cur.fetchall() == []


async def test_fetch_all(cur: pgtwin.AsyncServerCursor[Any]) -> None:
    await cur.execute("SELECT n FROM generate_series(1, 1000) AS n")
    await cur.fetchone()
    assert await cur.fetchall() == [(n,) for n in range(2, 1001)]
    assert cur.rownumber == 1000


async def test_parameters(cur: pgtwin.AsyncServerCursor[Any]) -> None:
    day = dt.date(2020, 2, 29)
    await cur.execute("SELECT %s, %s::text, 10 %% 4", (day, "50%"))
    assert await cur.fetchall() == [(day, "50%", 2)]
    await cur.execute("SELECT %(a)s + %(a)s", {"a": 4})
    assert await cur.fetchone() == (8,)
    await cur.execute("SELECT 10 % 4")
    assert await cur.fetchone() == (2,)
    with pytest.raises(e.ProgrammingError, match="placeholder"):
        await cur.execute("SELECT %s", ())


async def test_kinds_of_query(
    conn: pgtwin.AsyncConnection[Any], cur: pgtwin.AsyncServerCursor[Any]
) -> None:
    for query in (
        "SELECT 'a'",
        b"SELECT 'a'",
        sql.SQL("SELECT 'a'"),
        sql.SQL("SELECT {}").format("a"),
    ):
        await cur.execute(query)
        assert await cur.fetchone() == ("a",)
    with pytest.raises(TypeError):
        await cur.execute(42)  # type: ignore[arg-type]


async def test_description(cur: pgtwin.AsyncServerCursor[Any]) -> None:
    await cur.execute("SELECT 1 AS number, 'a'::varchar(9) AS word")
    for _ in range(2):
        assert cur.description is not None
        assert [column.name for column in cur.description] == ["number", "word"]
        assert cur.description[1].display_size == 9
        await cur.fetchone()


@pytest.mark.parametrize("binary", [False, True])
async def test_format(conn: pgtwin.AsyncConnection[Any], binary: bool) -> None:
    for default, asked in ((binary, None), (not binary, binary)):
        async with conn.cursor("curs", binary=default) as cur:
            await cur.execute("SELECT 1::int4, 'a'::text, 1.5::float8", binary=asked)
            assert await cur.fetchone() == (1, "a", 1.5)
            assert cur.pgresult is not None
            assert cur.pgresult.fformat(0) == binary
            assert await cur.fetchall() == []


async def test_row_factory(conn: pgtwin.AsyncConnection[Any]) -> None:
    async with conn.cursor("curs", row_factory=dict_row) as cur:
        await cur.execute(NUMBERS)
        assert await cur.fetchone() == {"n": 1}
        assert await cur.fetchmany(1) == [{"n": 2}]
        other: pgtwin.AsyncServerCursor[Any] = cur
        other.row_factory = namedtuple_row
        row = await other.fetchone()
        assert row is not None
        assert row.n == 3
        other.row_factory = scalar_row
        assert await other.fetchall() == [4, 5, 6]
    conn.row_factory = dict_row
    async with conn.cursor("curs") as cur:
        await cur.execute("SELECT 1 AS a")
        assert await cur.fetchall() == [{"a": 1}]


async def test_iterate(cur: pgtwin.AsyncServerCursor[Any]) -> None:
    await cur.execute(NUMBERS)
    assert [row async for row in cur] == [(n,) for n in range(1, 7)]
    assert cur.rownumber == 6
    assert [row async for row in cur] == []


@pytest.mark.parametrize("itersize", [1, 2, 5, 6, 7])
async def test_itersize(cur: pgtwin.AsyncServerCursor[Any], itersize: int) -> None:
    cur.itersize = itersize
    await cur.execute(NUMBERS)
    pages = set()
    found = []
    async for (number,) in cur:
        assert cur.pgresult is not None
        assert cur.pgresult.ntuples <= itersize
        pages.add(id(cur.pgresult))
        found.append(number)
        assert cur.rownumber == number
    assert found == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("start", [1, 2, 3, 6, 100])
@pytest.mark.parametrize("later", [-1, 0, 1, 2, 6, 100])
async def test_itersize_changed_on_the_way(
    cur: pgtwin.AsyncServerCursor[Any], start: int, later: int
) -> None:
    for change in range(1, 7):
        cur.itersize = start
        await cur.execute(NUMBERS)
        found = []
        async for (number,) in cur:
            found.append(number)
            if number == change:
                cur.itersize = later
        assert found == [1, 2, 3, 4, 5, 6]
        assert [row async for row in cur] == []
        assert await cur.fetchone() is None


@pytest.mark.parametrize("itersize", [0, 1, 2, 4, 6, 7, 100])
async def test_iteration_mixed_with_fetching(
    cur: pgtwin.AsyncServerCursor[Any], itersize: int
) -> None:
    cur.itersize = itersize
    await cur.execute("SELECT n FROM generate_series(1, 12) AS n")
    async for row in cur:
        assert row == (1,)
        break
    assert cur.rownumber == 1
    assert await cur.fetchone() == (2,)
    assert await cur.fetchmany(3) == [(3,), (4,), (5,)]
    assert cur.rownumber == 5
    async for row in cur:
        assert row == (6,)
        break
    assert await cur.fetchmany(2) == [(7,), (8,)]
    async for row in cur:
        assert row == (9,)
        break
    assert await cur.fetchall() == [(10,), (11,), (12,)]
    assert cur.rownumber == 12
    assert [row async for row in cur] == []
    assert await cur.fetchone() is None


@pytest.mark.parametrize("itersize", [1, 3, 6, 100])
async def test_iteration_mixed_with_scroll(
    conn: pgtwin.AsyncConnection[Any], itersize: int
) -> None:
    async with conn.cursor("curs", scrollable=True) as cur:
        cur.itersize = itersize
        for value in range(-2, 5):
            await cur.execute(NUMBERS)
            async for (number,) in cur:
                if number == 2:
                    break
            await cur.scroll(value)
            assert cur.rownumber == 2 + value
            assert [row async for row in cur] == [(n,) for n in range(3 + value, 7)]
        # From behind the last row too.
        await cur.scroll(-2)
        assert cur.rownumber == 4
        assert await cur.fetchall() == [(5,), (6,)]
        await cur.scroll(1, mode="absolute")
        assert [row async for row in cur] == [(n,) for n in range(2, 7)]
        await cur.scroll(0)
        await cur.scroll(-1)
        assert await cur.fetchone() == (6,)


@pytest.mark.parametrize("seed", range(20))
async def test_random_walk(conn: pgtwin.AsyncConnection[Any], seed: int) -> None:
    # What a list of the rows, and the index of the next one, would give.
    chance = random.Random(seed)
    number = chance.choice([0, 1, 5, 30])
    rows = [(n,) for n in range(number)]
    position = 0
    async with conn.cursor("curs", scrollable=True) as cur:
        await cur.execute("SELECT n FROM generate_series(0, %s) AS n", (number - 1,))
        for _ in range(100):
            what = chance.randrange(7)
            if what == 0:
                cur.itersize = chance.choice([0, 1, 2, 5, 30, 31])
            elif what == 1:
                row = await cur.fetchone()
                assert row == (rows[position] if position < number else None)
                position = min(position + 1, number)
            elif what == 2:
                size = chance.randrange(1, 7)
                assert await cur.fetchmany(size) == rows[position : position + size]
                position = min(position + size, number)
            elif what == 3 and chance.random() < 0.2:
                assert await cur.fetchall() == rows[position:]
                position = number
            elif what == 4:
                target = chance.randrange(number + 1)
                if chance.random() < 0.5:
                    await cur.scroll(target, mode="absolute")
                else:
                    await cur.scroll(target - position)
                position = target
            else:
                wanted = chance.randrange(1, 10)
                found = []
                async for row in cur:
                    found.append(row)
                    if len(found) == wanted:
                        break
                assert found == rows[position : position + wanted]
                position = min(position + wanted, number)
            assert cur.rownumber == position


async def test_forward_in_what_cannot_scroll(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    async with conn.cursor("curs", scrollable=False) as cur:
        cur.itersize = 4
        await cur.execute(NUMBERS)
        async for _ in cur:
            break
        await cur.scroll(1)
        assert await cur.fetchone() == (3,)
        await cur.scroll(2)
        assert [row async for row in cur] == [(6,)]


async def test_row_factory_of_what_was_fetched_ahead(
    cur: pgtwin.AsyncServerCursor[Any],
) -> None:
    cur.itersize = 4
    await cur.execute(NUMBERS)
    async for row in cur:
        assert row == (1,)
        break
    cur.row_factory = dict_row
    async for row in cur:
        assert row == {"n": 2}
        break
    cur.row_factory = scalar_row
    assert await cur.fetchone() == 3
    assert await cur.fetchall() == [4, 5, 6]


async def test_error_loses_nothing(other: pgtwin.AsyncConnection[Any]) -> None:
    async with other.cursor("curs", withhold=True) as cur:
        cur.itersize = 2
        await cur.execute(NUMBERS)
        async for _ in cur:
            break
        with pytest.raises(pgtwin.OperationTimeout):
            await cur.fetchmany(4, timeout=0)
        assert cur.rownumber == 1
        assert await cur.fetchone() == (2,)


async def test_size_of_a_page(cur: pgtwin.AsyncServerCursor[Any]) -> None:
    await cur.execute(NUMBERS)
    assert await cur.fetchone() == (1,)
    cur.arraysize = 0
    assert await cur.fetchmany() == []
    assert await cur.fetchone() == (2,)
    with pytest.raises(ValueError, match="-1"):
        await cur.fetchmany(-1)


async def test_closed_while_iterating(cur: pgtwin.AsyncServerCursor[Any]) -> None:
    await cur.execute(NUMBERS)
    with pytest.raises(e.InterfaceError, match="cursor is closed"):
        async for _ in cur:
            await cur.close()
    with pytest.raises(e.InterfaceError, match="cursor is closed"):
        await cur.fetchone()


async def test_two_tasks_iterate(cur: pgtwin.AsyncServerCursor[Any]) -> None:
    async def collect() -> list[int]:
        return [number async for (number,) in cur]

    cur.itersize = 3
    await cur.execute("SELECT n FROM generate_series(1, 100) AS n")
    found = await asyncio.gather(collect(), collect())
    assert sorted(found[0] + found[1]) == list(range(1, 101))


async def test_iteration_goes_on_where_it_has_stopped(
    cur: pgtwin.AsyncServerCursor[Any],
) -> None:
    cur.itersize = 2
    await cur.execute(NUMBERS)
    async for (number,) in cur:
        if number == 3:
            break
    assert [number async for (number,) in cur] == [4, 5, 6]
    await cur.execute("SELECT 7")
    assert [row async for row in cur] == [(7,)]


async def test_execute_declares_the_cursor_again(
    conn: pgtwin.AsyncConnection[Any], cur: pgtwin.AsyncServerCursor[Any]
) -> None:
    await cur.execute("SELECT 1 AS a")
    await cur.execute("SELECT 'x' AS b, 2 AS c")
    assert await declared(conn) == ["curs"]
    assert await cur.fetchall() == [("x", 2)]


async def test_scroll(conn: pgtwin.AsyncConnection[Any]) -> None:
    async with conn.cursor("curs", scrollable=True) as cur:
        await cur.execute("SELECT n FROM generate_series(0, 9) AS n")
        await cur.scroll(5)
        assert cur.rownumber == 5
        assert await cur.fetchone() == (5,)
        await cur.scroll(-2)
        assert await cur.fetchone() == (4,)
        await cur.scroll(0, mode="absolute")
        assert await cur.fetchone() == (0,)
        await cur.scroll(9, mode="absolute")
        assert await cur.fetchall() == [(9,)]
        with pytest.raises(ValueError, match="mode"):
            await cur.scroll(1, mode="sideways")


async def test_not_scrollable(conn: pgtwin.AsyncConnection[Any]) -> None:
    async with conn.cursor("curs", scrollable=False) as cur:
        await cur.execute(NUMBERS)
        await cur.scroll(2)
        assert await cur.fetchone() == (3,)
        with pytest.raises(e.OperationalError):
            await cur.scroll(-1)


@pytest.mark.parametrize(
    ("scrollable", "words"),
    [(None, '"curs" CURSOR FOR'), (True, " SCROLL CURSOR"), (False, " NO SCROLL ")],
)
async def test_scrollable(
    conn: pgtwin.AsyncConnection[Any], scrollable: bool | None, words: str
) -> None:
    async with conn.cursor("curs", scrollable=scrollable) as cur:
        await cur.execute(NUMBERS)
        assert words in await sent(conn, "curs")


async def test_withhold(conn: pgtwin.AsyncConnection[Any]) -> None:
    async with conn.cursor("curs", withhold=True) as cur:
        await cur.execute(NUMBERS)
        assert await cur.fetchone() == (1,)
        await conn.commit()
        assert await cur.fetchone() == (2,)
        assert conn.info.transaction_status == TransactionStatus.IDLE
        await cur.execute("SELECT 7")
        assert await cur.fetchall() == [(7,)]
        await conn.commit()
        assert await declared(conn) == ["curs"]
    assert await declared(conn) == []


async def test_without_hold(conn: pgtwin.AsyncConnection[Any]) -> None:
    async with conn.cursor("curs") as cur:
        await cur.execute(NUMBERS)
        await conn.commit()
        with pytest.raises(e.InvalidCursorName):
            await cur.fetchone()


async def test_autocommit(other: pgtwin.AsyncConnection[Any]) -> None:
    async with other.cursor("curs") as cur:
        with pytest.raises(e.NoActiveSqlTransaction):
            await cur.execute("SELECT 1")
        assert other.info.transaction_status == TransactionStatus.IDLE
    async with other.cursor("curs", withhold=True) as cur:
        await cur.execute(NUMBERS)
        assert await cur.fetchone() == (1,)
    async with other.transaction(), other.cursor("curs") as cur:
        await cur.execute(NUMBERS)
        assert await cur.fetchone() == (1,)


@pytest.mark.parametrize("fetching", ["one", "many", "all", "iteration"])
async def test_adopt(conn: pgtwin.AsyncConnection[Any], fetching: str) -> None:
    await conn.execute("DECLARE theirs CURSOR FOR SELECT 1 AS a, 'x'::text AS b")
    async with conn.cursor("theirs", row_factory=dict_row) as cur:
        if fetching == "one":
            rows: list[Any] = [await cur.fetchone()]
        elif fetching == "many":
            rows = await cur.fetchmany(3)
        elif fetching == "all":
            rows = await cur.fetchall()
        else:
            rows = [row async for row in cur]
        assert rows == [{"a": 1, "b": "x"}]
    assert await declared(conn) == []


async def test_adopt_what_is_held(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.execute("DECLARE theirs SCROLL CURSOR WITH HOLD FOR " + NUMBERS)
    await conn.commit()
    async with conn.cursor("theirs") as cur:
        await cur.scroll(2)
        assert await cur.fetchone() == (3,)


async def test_adopt_nothing(conn: pgtwin.AsyncConnection[Any]) -> None:
    async with conn.cursor("nobody's") as cur:
        with pytest.raises(e.InvalidCursorName):
            await cur.fetchone()
    await conn.rollback()
    await conn.execute("SELECT 1")
    async with conn.cursor("nobody's"):
        pass
    assert conn.info.transaction_status == TransactionStatus.INTRANS


async def test_odd_name(conn: pgtwin.AsyncConnection[Any]) -> None:
    name = "1-2-3 \\ \"quoted\" 'too' \u20ac"
    async with conn.cursor(name) as cur:
        await cur.execute(NUMBERS)
        assert await declared(conn) == [name]
        assert await cur.fetchone() == (1,)
        await cur.scroll(1)
        assert await cur.fetchone() == (3,)
    assert await declared(conn) == []


async def test_close(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = conn.cursor("curs")
    await cur.execute(NUMBERS)
    await cur.close()
    assert cur.closed
    await cur.close()
    assert await declared(conn) == []
    for action in ("execute", "one", "many", "all", "iteration", "scroll"):
        with pytest.raises(e.InterfaceError, match="cursor is closed"):
            if action == "execute":
                await cur.execute("SELECT 1")
            elif action == "one":
                await cur.fetchone()
            elif action == "many":
                await cur.fetchmany(1)
            elif action == "all":
                await cur.fetchall()
            elif action == "iteration":
                async for _ in cur:
                    pass
            else:
                await cur.scroll(1)


async def test_close_after_an_error(
    conn: pgtwin.AsyncConnection[Any], usable: Usable
) -> None:
    cur = conn.cursor("curs")
    await cur.execute("SELECT 1 / n FROM generate_series(0, 1) AS n")
    with pytest.raises(e.DivisionByZero):
        await cur.fetchone()
    await cur.close()
    assert cur.closed
    assert conn.info.transaction_status == TransactionStatus.INERROR
    await usable(conn)


async def test_close_after_a_rollback(conn: pgtwin.AsyncConnection[Any]) -> None:
    async with conn.cursor("curs") as cur:
        await cur.execute(NUMBERS)
        await conn.rollback()
        await conn.execute("SELECT 1")
        await cur.execute("SELECT 2")
        assert await cur.fetchone() == (2,)
        await conn.rollback()
        await conn.execute("SELECT 1")
    assert conn.info.transaction_status == TransactionStatus.INTRANS


async def test_close_with_an_older_libpq(
    conn: pgtwin.AsyncConnection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        type(pgtwin.capabilities), "has_send_close_prepared", lambda _: False
    )
    async with conn.cursor("it's") as cur:
        await cur.execute(NUMBERS)
        assert await declared(conn) == ["it's"]
    assert await declared(conn) == []
    async with conn.cursor("it's") as cur:
        await cur.execute(NUMBERS)
        await conn.rollback()
        await conn.execute("SELECT 1")
    assert conn.info.transaction_status == TransactionStatus.INTRANS


async def test_error_in_the_query(
    conn: pgtwin.AsyncConnection[Any],
    cur: pgtwin.AsyncServerCursor[Any],
    usable: Usable,
) -> None:
    with pytest.raises(e.SyntaxError):
        await cur.execute("WAT")
    await conn.rollback()
    with pytest.raises(e.SyntaxError):
        await cur.execute("CREATE TABLE things (id int)")
    await conn.rollback()
    with pytest.raises(e.SyntaxError):
        await cur.execute("SELECT 1; SELECT 2")
    await usable(conn)
    await cur.execute("SELECT 1")
    assert await cur.fetchone() == (1,)


async def test_connection_closed(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        cur = conn.cursor("curs")
        await cur.execute(NUMBERS)
        await conn.close()
        with pytest.raises(e.OperationalError, match="closed"):
            await cur.fetchone()
        await cur.close()
        assert cur.closed


async def test_forgotten_server_cursor_warns(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = conn.cursor("curs")
    await cur.execute(NUMBERS)
    with pytest.warns(ResourceWarning, match="'curs' was forgotten"):
        del cur


async def test_not_supported(cur: pgtwin.AsyncServerCursor[Any]) -> None:
    with pytest.raises(e.NotSupportedError):
        await cur.executemany("SELECT %s", [(1,)])
    with pytest.raises(TypeError, match="prepare"):
        await cur.execute("SELECT 1", prepare=True)


async def test_several_at_once(conn: pgtwin.AsyncConnection[Any]) -> None:
    async with conn.cursor("a") as a, conn.cursor("b") as b:
        await a.execute(NUMBERS)
        await b.execute("SELECT n * 10 FROM generate_series(1, 6) AS n")
        found = []
        async for (number,) in a:
            found.append((number, await b.fetchone()))
    assert found == [(n, (n * 10,)) for n in range(1, 7)]


class OwnServerCursor(pgtwin.AsyncServerCursor[Any]):
    """A server-side cursor of a user's own class."""

    async def fetchone(self, *, timeout: float | None = None) -> Any:
        return ("own", await super().fetchone(timeout=timeout))


async def test_factory(conn: pgtwin.AsyncConnection[Any]) -> None:
    conn.server_cursor_factory = OwnServerCursor
    async with conn.cursor("curs", scrollable=True) as cur:
        assert type(cur) is OwnServerCursor
        assert cur.scrollable
        await cur.execute(NUMBERS)
        assert await cur.fetchone() == ("own", (1,))
    assert type(conn.cursor()) is pgtwin.AsyncCursor


async def test_server_cursor_without_cursor_method(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    async with pgtwin.AsyncServerCursor(conn, "curs", row_factory=scalar_row) as cur:
        await cur.execute(NUMBERS)
        assert await cur.fetchmany(3) == [1, 2, 3]


async def test_raw(conn: pgtwin.AsyncConnection[Any]) -> None:
    conn.server_cursor_factory = pgtwin.AsyncRawServerCursor
    async with conn.cursor("curs") as cur:
        assert isinstance(cur, pgtwin.AsyncRawServerCursor)
        await cur.execute("SELECT $1::int + $2 + $1, 10 % 4", [1, 2])
        assert await cur.fetchall() == [(4, 2)]
        with pytest.raises(TypeError, match="sequence"):
            await cur.execute("SELECT $1", {"a": 1})
