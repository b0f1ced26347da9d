"""Prepared statements in pipeline mode."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest

import pgtwin
from pgtwin import errors as e

if TYPE_CHECKING:
    from typing_extensions import LiteralString


Connection = pgtwin.AsyncConnection[Any]
Usable = Callable[[Connection], Awaitable[None]]


async def test_prepared(conn: Connection) -> None:
    await conn.set_autocommit(True)
    async with conn.pipeline():
        one = await conn.execute("SELECT %s::int", (10,), prepare=True)
        two = await conn.execute("SELECT statement FROM pg_prepared_statements")
        assert await one.fetchone() == (10,)
        assert await two.fetchall() == [("SELECT $1::int",)]
        again = await conn.execute("SELECT %s::int", (11,))
    assert await again.fetchone() == (11,)


async def test_prepared_after_the_threshold(conn: Connection) -> None:
    query = "SELECT count(*) FROM pg_prepared_statements"
    async with conn.pipeline():
        cursors = [await conn.execute(query) for _ in range(10)]
    assert [(await cur.fetchone()) for cur in cursors] == [(0,)] * 5 + [(1,)] * 5


async def test_prepared_already(conn: Connection, usable: Usable) -> None:
    query = "SELECT 10 / %s::int"
    for _ in range(6):
        await conn.execute(query, (1,))
    used = conn.cursor()
    await used.executemany("SELECT %s::int", [(1,), (2,)])
    assert used.rowcount == 2
    async with conn.pipeline():
        cursors = [await conn.execute(query, (n,)) for n in (1, 2, 5)]
        await used.execute(query, (10,))
        assert used.rowcount == -1
        assert used.description is None
        with pytest.raises(e.ProgrammingError, match=r"1 placeholder.* 2 parameters"):
            await conn.execute(query, (1, 2))
        with pytest.raises(TypeError, match="named"):
            await conn.execute("SELECT %(n)s::int", (1,))
        again = await used.execute(query, (3,))
        await used.execute(query, (4,))
    assert [await cur.fetchone() for cur in cursors] == [(10,), (5,), (2,)]
    assert again is used
    assert await used.fetchall() == [(2,)]
    good, lost = conn.cursor(), conn.cursor()
    with pytest.raises(e.DivisionByZero):
        async with conn.pipeline():
            await good.execute(query, (1,))
            await conn.execute(query, (0,))
            await lost.execute(query, (1,))
    assert await good.fetchone() == (10,)
    with pytest.raises(e.ProgrammingError, match="no result"):
        await lost.fetchone()
    await usable(conn)


async def test_statement_that_cannot_be_prepared(conn: Connection) -> None:
    await conn.set_autocommit(True)
    for _ in range(2):
        with pytest.raises(e.UndefinedTable):
            async with conn.pipeline():
                await conn.execute("SELECT 1 FROM later_table", prepare=True)
    await conn.execute("CREATE TEMP TABLE later_table ()")
    async with conn.pipeline():
        cur = await conn.execute("SELECT 1 FROM later_table", prepare=True)
    assert await cur.fetchall() == []


async def test_prepared_statement_that_is_gone(conn: Connection) -> None:
    await conn.set_autocommit(True)
    await conn.execute("SELECT %s::int", (1,), prepare=True)
    conn.pgconn.exec_(b"DEALLOCATE ALL")
    with pytest.raises(e.InvalidSqlStatementName):
        async with conn.pipeline():
            await conn.execute("SELECT %s::int", (1,))
    async with conn.pipeline():
        cur = await conn.execute("SELECT %s::int", (1,), prepare=True)
    assert await cur.fetchone() == (1,)


async def count_prepared(conn: Connection) -> int:
    cur = await conn.execute("SELECT count(*) FROM pg_prepared_statements")
    row = await cur.fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize(("limit", "left"), [(0, 1), (1, 1), (3, 3), (None, 200)])
async def test_prepared_max(conn: Connection, limit: int | None, left: int) -> None:
    await conn.set_autocommit(True)
    conn.prepared_max = limit
    async with conn.pipeline():
        cursors = [
            await conn.execute(f"SELECT {n}, %s::int".encode(), (n,), prepare=True)
            for n in range(200)
        ]
        assert await count_prepared(conn) == left
    for n, cur in enumerate(cursors):
        assert await cur.fetchone() == (n, n)


async def test_prepared_max_changed_on_the_way(conn: Connection) -> None:
    await conn.set_autocommit(True)
    conn.prepared_max = None
    async with conn.pipeline() as pipeline:
        for limit, left in ((None, 50), (10, 10), (5, 5), (20, 20)):
            conn.prepared_max = limit
            for n in range(50):
                await conn.execute(f"SELECT {n}".encode(), prepare=True)
                if n == 20:
                    await pipeline.sync()
            assert await count_prepared(conn) == left


async def test_prepared_max_is_kept_in_order(conn: Connection) -> None:
    # Each is used after it has made room for others, under whatever name.
    await conn.set_autocommit(True)
    conn.prepared_max = 2
    async with conn.pipeline():
        cursors = [
            await conn.execute(f"SELECT {n % 5}, %s::int".encode(), (n,), prepare=True)
            for n in range(100)
        ]
        many = conn.cursor()
        values = [(value,) for _ in range(50) for value in (1, "x", 1.5, 10**12)]
        await many.executemany("SELECT %s", values, returning=True)
        assert await count_prepared(conn) == 2
    for n, cur in enumerate(cursors):
        assert await cur.fetchone() == (n % 5, n)
    assert [await each.fetchone() async for each in many.results()] == values


async def test_prepared_max_after_an_error(conn: Connection) -> None:
    await conn.set_autocommit(True)
    conn.prepared_max = 1
    for _ in range(3):
        await conn.execute("SELECT 1", prepare=True)
        with pytest.raises(e.DivisionByZero):
            async with conn.pipeline():
                await conn.execute("SELECT 1 / 0")
                for n in range(10):
                    await conn.execute(f"SELECT {n}".encode(), prepare=True)
        # What was to be closed behind the error is closed now.
        await conn.execute("SELECT 'x'", prepare=True)
        assert await count_prepared(conn) == 1


async def test_prepared_max_with_an_older_libpq(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        type(pgtwin.capabilities), "has_send_close_prepared", lambda self: False
    )
    conn.prepared_max = 2
    async with conn.pipeline() as pipeline:
        for n in range(50):
            await conn.execute(f"SELECT {n}".encode(), prepare=True)
        assert await count_prepared(conn) == 2
        await conn.commit()
        await conn.execute("SELECT 1 FROM no_such_table", prepare=True)
        await conn.execute("SELECT 50", prepare=True)
        await conn.execute("SELECT 51", prepare=True)
        with pytest.raises(e.UndefinedTable):
            await pipeline.sync()
        await conn.rollback()
    for n in range(5):
        await conn.execute(f"SELECT {n}, 'x'".encode(), prepare=True)
    assert await count_prepared(conn) == 2
    await conn.commit()


@pytest.mark.parametrize("command", ["DISCARD ALL", "DEALLOCATE ALL"])
async def test_discarded(conn: Connection, command: LiteralString) -> None:
    await conn.set_autocommit(True)
    conn.prepared_max = 3
    await conn.execute("SELECT 1", prepare=True)
    async with conn.pipeline() as pipeline:
        await conn.execute("SELECT 2", prepare=True)
        if command == "DISCARD ALL":
            await pipeline.sync()
        await conn.execute(command)
        if command == "DISCARD ALL":
            await pipeline.sync()
        # Prepared behind the command: still there, and not forgotten here.
        for n in range(10):
            await conn.execute(f"SELECT {n}, 'x'".encode(), prepare=True)
        assert await count_prepared(conn) == 3
        cur = await conn.execute("SELECT 1", prepare=True)
        await conn.execute("SELECT 2", prepare=True)
        await conn.execute("SELECT 3", prepare=True)
        assert await cur.fetchone() == (1,)
        assert await count_prepared(conn) == 3


async def test_prepared_in_an_implicit_transaction(conn: Connection) -> None:
    await conn.set_autocommit(True)
    for kind in ("int", "text"):
        with pytest.raises(e.DivisionByZero):
            async with conn.pipeline():
                await conn.execute(f"CREATE TEMP TABLE brief (a {kind})".encode())
                await conn.execute("INSERT INTO brief VALUES ('1')")
                cur = await conn.execute("SELECT * FROM brief", prepare=True)
                assert await cur.fetchone() == (1 if kind == "int" else "1",)
                await conn.execute("SELECT 1 / 0")
    await conn.execute("CREATE TEMP TABLE brief (a date)")
    cur = await conn.execute("SELECT * FROM brief", prepare=True)
    assert await cur.fetchall() == []
    assert await count_prepared(conn) == 1


PLAIN = "SELECT %s::int4, %s::text"


@pytest.fixture
async def prepared(conn: Connection) -> Connection:
    """A connection that has prepared `PLAIN`, and is in no transaction."""
    await conn.commit()
    for _ in range(2):
        await conn.execute(PLAIN, (0, ""), prepare=True)
        await conn.execute(PLAIN, (0, ""))
    await conn.commit()
    return conn


async def test_prepared_statements_are_owed(prepared: Connection) -> None:
    """More than are sent between two looks at what has come back."""
    async with prepared.pipeline():
        cursors = [await prepared.execute(PLAIN, (n, str(n))) for n in range(120)]
        last = cursors[-1]
        assert (last.rowcount, last.statusmessage, last.pgresult) == (-1, None, None)
        assert last.nextset() is None
        assert await cursors[50].fetchone() == (50, "50")
    for n, cur in enumerate(cursors):
        if n != 50:
            assert cur.rowcount == 1
            assert cur.statusmessage == "SELECT 1"
            assert await cur.fetchall() == [(n, str(n))]
            assert await cur.fetchall() == []


async def test_prepared_statement_of_a_cursor_with_rows(prepared: Connection) -> None:
    """The rows that it had are gone; the results of its last query come."""
    cur = prepared.cursor()
    await cur.execute("SELECT generate_series(1, 50)")
    await cur.fetchone()
    async with prepared.pipeline():
        await prepared.execute("SELECT 1")
        await cur.execute(PLAIN, (1, "one"))
        assert (cur.rowcount, cur.rownumber, cur.statusmessage) == (-1, None, None)
        await cur.execute(PLAIN, (2, "two"))
        closed = await prepared.execute(PLAIN, (3, "three"))
        await closed.close()
    assert await cur.fetchall() == [(2, "two")]
    assert closed.pgresult is not None
    with pytest.raises(e.InterfaceError, match="closed"):
        await closed.fetchone()


async def test_prepared_statement_that_sets_something(prepared: Connection) -> None:
    """What comes after it is read by the new settings."""
    setting = "SELECT set_config('TimeZone', %s, false)"
    query = "SELECT '2000-01-01 00:00+00'::timestamptz, %s::text"
    for _ in range(2):
        await prepared.execute(setting, ("UTC",), prepare=True)
        await prepared.execute(query, ("",), prepare=True)
    await prepared.commit()
    async with prepared.pipeline():
        await prepared.execute(PLAIN, (1, "one"))
        for zone, hours in ("Asia/Tokyo", 9), ("UTC", 0), ("Asia/Tokyo", 9):
            await prepared.execute(setting, (zone,))
            row = await (await prepared.execute(query, (zone,))).fetchone()
            assert row is not None
            assert row[0].utcoffset().total_seconds() == 3600 * hours
            assert row[1] == zone


async def test_prepared_statement_after_one_that_fails(
    prepared: Connection, usable: Usable
) -> None:
    cursors: list[Any] = []
    with pytest.raises(e.DivisionByZero):
        async with prepared.pipeline():
            cursors.append(await prepared.execute(PLAIN, (1, "one")))
            await prepared.execute("SELECT 1 / %s", (0,))
            cursors.append(await prepared.execute(PLAIN, (2, "two")))
    assert await cursors[0].fetchall() == [(1, "one")]
    with pytest.raises(e.ProgrammingError, match="no result"):
        await cursors[1].fetchall()
    await prepared.rollback()
    await usable(prepared)


async def test_hooks_see_prepared_statements(prepared: Connection) -> None:
    """Those that were sent when there was a hook, when their results come."""
    seen: list[Any] = []
    async with prepared.pipeline() as pipeline:
        await prepared.execute(PLAIN, (1, "one"))
        await prepared.execute(PLAIN, (2, "two"))
        prepared.add_query_hook(seen.append)
        await prepared.execute(PLAIN, (3, "three"))
        assert seen == []
        await pipeline.sync()
        prepared.remove_query_hook(seen.append)
        await prepared.execute(PLAIN, (4, "four"))
        await prepared.execute(PLAIN, (5, "five"))
    assert [(event.query, event.rowcount) for event in seen] == [(PLAIN, 1)]


async def test_adapters_that_change_in_a_pipeline(prepared: Connection) -> None:
    class Loader(pgtwin.adapt.Loader):
        def load(self, data: Any) -> Any:
            return "loaded " + bytes(data).decode()

    class BinaryLoader(Loader):
        format = pgtwin.pq.Format.BINARY

    async with prepared.pipeline():
        await prepared.execute(PLAIN, (1, "one"))
        cursors = [await prepared.execute(PLAIN, (n, "x")) for n in range(3)]
        prepared.adapters.register_loader("text", Loader)
        prepared.adapters.register_loader("text", BinaryLoader)
        cursors.append(await prepared.execute(PLAIN, (3, "x")))
        cursors[0].row_factory = pgtwin.rows.dict_row
    rows = [(await cur.fetchall())[0] for cur in cursors]
    assert rows[0] == {"int4": 0, "text": "loaded x"}
    assert rows[1:] == [(n, "loaded x") for n in (1, 2, 3)]


async def test_cursor_that_was_owed_something(prepared: Connection) -> None:
    """An interruption may have left what nobody gives it any more."""
    cur = prepared.cursor()
    async with prepared.pipeline():
        await prepared.execute(PLAIN, (1, "one"))
        await cur.execute(PLAIN, (2, "two"))
        owed = cur._pending
    cur._pending = owed
    assert owed is not None
    await cur.execute(PLAIN, (3, "three"))
    assert await cur.fetchall() == [(3, "three")]
