"""Pipeline mode: results in order, errors, transactions, nesting, large amounts."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest

import pgtwin
from pgtwin import Rollback, errors as e
from pgtwin.pq import PipelineStatus, TransactionStatus

if TYPE_CHECKING:
    from typing_extensions import LiteralString

Connection = pgtwin.AsyncConnection[Any]
Usable = Callable[[Connection], Awaitable[None]]


@pytest.fixture
async def table(conn: Connection) -> LiteralString:
    """A temporary table of one column."""
    await conn.execute("CREATE TEMP TABLE numbers (n int PRIMARY KEY)")
    await conn.commit()
    return "numbers"


async def content(conn: Connection) -> list[int]:
    cur = await conn.execute("SELECT n FROM numbers ORDER BY n")
    return [row[0] for row in await cur.fetchall()]


def test_is_supported() -> None:
    assert pgtwin.AsyncPipeline.is_supported()


async def test_results_at_exit(conn: Connection) -> None:
    async with conn.pipeline() as pipeline:
        assert pipeline.status.name == "ON"
        assert "[ON]" in repr(pipeline)
        cursors = [await conn.execute("SELECT %s::int", (n,)) for n in range(10)]
        assert cursors[0].statusmessage is None
        assert cursors[0].rowcount == -1
        assert conn.info.transaction_status.name == "ACTIVE"
    assert pipeline.status.name == "OFF"
    assert conn.info.transaction_status == TransactionStatus.INTRANS
    for n, cur in enumerate(cursors):
        assert cur.statusmessage == "SELECT 1"
        assert await cur.fetchall() == [(n,)]


async def test_results_when_asked_for(conn: Connection) -> None:
    async with conn.pipeline():
        one = await conn.execute("SELECT 1")
        two = await conn.execute("SELECT generate_series(2, 4)")
        three = await conn.execute("SELECT 5 UNION SELECT 6 ORDER BY 1")
        assert await two.fetchone() == (2,)
        assert one.statusmessage == "SELECT 1"
        assert await two.fetchmany(2) == [(3,), (4,)]
        assert [row async for row in three] == [(5,), (6,)]
        assert await one.fetchall() == [(1,)]
        await two.scroll(0, "absolute")
        assert await two.fetchone() == (2,)


async def test_results_at_sync(conn: Connection) -> None:
    async with conn.pipeline() as pipeline:
        cur = await conn.execute("SELECT 1")
        await pipeline.sync()
        assert cur.statusmessage == "SELECT 1"
        cur = await conn.execute("SELECT 2")
        assert cur.statusmessage is None
        await pipeline.sync()
        await pipeline.sync()
        assert cur.rowcount == 1


async def test_cursor_is_used_again(conn: Connection) -> None:
    async with conn.pipeline(), conn.cursor() as cur:
        await cur.execute("SELECT 1")
        await cur.execute("SELECT 2")
        assert await cur.fetchall() == [(2,)]
        await cur.execute("SELECT 3")
        assert await cur.fetchall() == [(3,)]


async def test_nothing_executed(conn: Connection) -> None:
    async with conn.pipeline():
        pass
    assert conn.info.transaction_status == TransactionStatus.IDLE
    async with conn.pipeline(), conn.cursor() as cur:
        with pytest.raises(e.ProgrammingError, match="no result"):
            await cur.fetchone()


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


async def test_copy(conn: Connection, usable: Usable) -> None:
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


async def test_binary(conn: Connection) -> None:
    async with conn.pipeline(), conn.cursor(binary=True) as cur:
        await cur.execute("SELECT %s::int4", (1,))
        await cur.fetchone()
        assert cur.pgresult is not None
        assert cur.pgresult.get_value(0, 0) == b"\0\0\0\x01"


async def test_parameters_of_other_kinds(conn: Connection) -> None:
    async with conn.pipeline():
        named = await conn.execute("SELECT %(a)s::text", {"a": "x"})
        with pytest.raises(e.ProgrammingError):
            await conn.execute("SELECT %s, %s", (1,))
        assert await named.fetchone() == ("x",)


# Transactions.


async def test_starts_one_transaction(conn: Connection, table: LiteralString) -> None:
    async with conn.pipeline():
        await conn.execute(f"INSERT INTO {table} VALUES (1)")
        await conn.execute(f"INSERT INTO {table} VALUES (2)")
    assert conn.info.transaction_status == TransactionStatus.INTRANS
    await conn.rollback()
    assert await content(conn) == []


async def test_commit(conn: Connection, table: LiteralString) -> None:
    async with conn.pipeline():
        await conn.execute(f"INSERT INTO {table} VALUES (1)")
        await conn.commit()
        assert conn.info.transaction_status == TransactionStatus.IDLE
        await conn.execute(f"INSERT INTO {table} VALUES (2)")
        await conn.rollback()
        await conn.execute(f"INSERT INTO {table} VALUES (3)")
    await conn.commit()
    assert await content(conn) == [1, 3]


async def test_error_at_commit(conn: Connection) -> None:
    async with conn.pipeline():
        await conn.execute("SELECT 1 FROM no_such_table")
        with pytest.raises(e.UndefinedTable):
            await conn.commit()
        await conn.rollback()
        one = await conn.execute("SELECT 1")
    two = await conn.execute("SELECT 2")
    assert await one.fetchone() == (1,)
    assert await two.fetchone() == (2,)


async def test_rollback_of_an_error(conn: Connection) -> None:
    async with conn.pipeline():
        await conn.execute("SELECT 1 FROM no_such_table")
        await conn.rollback()
        cur = await conn.execute("SELECT 1")
    assert await cur.fetchone() == (1,)


async def test_transaction_block(conn: Connection, table: LiteralString) -> None:
    async with conn.pipeline():
        async with conn.transaction():
            await conn.execute(f"INSERT INTO {table} VALUES (1)")
        assert conn.info.transaction_status == TransactionStatus.IDLE
        async with conn.transaction():
            await conn.execute(f"INSERT INTO {table} VALUES (2)")
            raise Rollback
        with pytest.raises(ZeroDivisionError):
            async with conn.transaction():
                await conn.execute(f"INSERT INTO {table} VALUES (3)")
                raise ZeroDivisionError
    assert await content(conn) == [1]


async def test_transaction_after_a_block(conn: Connection, table: str) -> None:
    async with conn.pipeline():
        async with conn.transaction():
            await conn.execute("INSERT INTO numbers VALUES (1)")
        await conn.execute("INSERT INTO numbers VALUES (2)")
    await conn.commit()
    async with conn.pipeline():
        with pytest.raises(ZeroDivisionError):
            async with conn.transaction():
                await conn.execute("INSERT INTO numbers VALUES (3)")
                raise ZeroDivisionError
        await conn.cursor().executemany("INSERT INTO numbers VALUES (%s)", [(4,)])
    await conn.commit()
    await conn.rollback()
    assert await content(conn) == [1, 2, 4]


@pytest.mark.parametrize("received", [False, True])
async def test_characteristics(conn: Connection, received: bool) -> None:
    setters: list[Callable[[], Awaitable[None]]] = [
        lambda: conn.set_autocommit(True),
        lambda: conn.set_isolation_level(pgtwin.IsolationLevel.SERIALIZABLE),
        lambda: conn.set_read_only(True),
        lambda: conn.set_deferrable(True),
    ]
    for setter in setters:
        async with conn.pipeline():
            cur = await conn.execute("SELECT 1")
            if received:
                await cur.fetchone()
            with pytest.raises(e.ProgrammingError, match=r"INTRANS|ACTIVE"):
                await setter()
            await conn.rollback()
            await setter()
            await conn.set_autocommit(False)
    assert (conn.read_only, conn.deferrable) == (True, True)


async def test_transaction_that_was_left_open(
    conn: Connection, table: LiteralString
) -> None:
    async with conn.pipeline():
        for n in range(2):
            block = conn.transaction()
            await block.__aenter__()
            await conn.execute(f"INSERT INTO {table} VALUES (1)")
            del block  # as when a signal comes before it can be left
            query = f"INSERT INTO {table} VALUES (%s)"
            if n:
                await conn.cursor().executemany(query, [(n + 2,)])
            else:
                await conn.execute(query, (n + 2,))
            await conn.commit()
    assert await content(conn) == [2, 3]


async def test_transaction_block_around(conn: Connection, table: LiteralString) -> None:
    async with conn.transaction(), conn.pipeline():
        await conn.execute(f"INSERT INTO {table} VALUES (1)")
    with pytest.raises(e.UniqueViolation):
        async with conn.transaction(), conn.pipeline():
            await conn.execute(f"INSERT INTO {table} VALUES (2)")
            await conn.execute(f"INSERT INTO {table} VALUES (1)")
    assert conn.info.transaction_status == TransactionStatus.IDLE
    assert await content(conn) == [1]


async def test_error_at_end_of_transaction(
    conn: Connection, table: LiteralString
) -> None:
    async with conn.pipeline():
        with pytest.raises(e.UndefinedTable):
            async with conn.transaction():
                await conn.execute("SELECT 1 FROM no_such_table")
        cur = await conn.execute("SELECT 1")
        with pytest.raises(e.UniqueViolation):
            async with conn.transaction():
                await conn.execute(f"INSERT INTO {table} VALUES (1)")
                async with conn.transaction():
                    await conn.execute(f"INSERT INTO {table} VALUES (1)")
    assert await cur.fetchone() == (1,)
    await conn.rollback()
    assert await content(conn) == []


async def test_savepoint(conn: Connection, table: LiteralString) -> None:
    async with conn.pipeline(), conn.transaction():
        await conn.execute(f"INSERT INTO {table} VALUES (1)")
        with pytest.raises(e.UniqueViolation):
            async with conn.transaction():
                await conn.execute(f"INSERT INTO {table} VALUES (2)")
                await conn.execute(f"INSERT INTO {table} VALUES (1)")
        await conn.execute(f"INSERT INTO {table} VALUES (3)")
    assert await content(conn) == [1, 3]


async def test_implicit_transaction(conn: Connection, table: LiteralString) -> None:
    await conn.set_autocommit(True)
    with pytest.raises(e.UniqueViolation):
        async with conn.pipeline() as pipeline:
            await conn.execute(f"INSERT INTO {table} VALUES (1)")
            await pipeline.sync()
            await conn.execute(f"INSERT INTO {table} VALUES (2)")
            await conn.execute(f"INSERT INTO {table} VALUES (1)")
    assert conn.info.transaction_status == TransactionStatus.IDLE
    assert await content(conn) == [1]


async def test_error_at_the_implicit_commit(conn: Connection, usable: Usable) -> None:
    await conn.set_autocommit(True)
    await conn.execute(
        "CREATE TEMP TABLE late (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)"
    )
    async with conn.pipeline() as pipeline:
        cur = await conn.execute("INSERT INTO late VALUES (1), (1) RETURNING id")
        assert await cur.fetchall() == [(1,), (1,)]
        with pytest.raises(e.UniqueViolation):
            await pipeline.sync()
        await conn.execute("INSERT INTO late VALUES (2)")
    with pytest.raises(e.UniqueViolation):
        async with conn.pipeline():
            await conn.execute("INSERT INTO late VALUES (3)")
            await conn.execute("INSERT INTO late VALUES (3)")
    cur = await conn.execute("SELECT id FROM late")
    assert await cur.fetchall() == [(2,)]
    await usable(conn)


async def test_nested(conn: Connection) -> None:
    async with conn.pipeline() as outer:
        one = await conn.execute("SELECT 1")
        async with conn.pipeline() as inner:
            assert one.statusmessage == "SELECT 1"
            two = await conn.execute("SELECT 2")
        assert two.statusmessage == "SELECT 1"
        assert inner.status == outer.status == PipelineStatus.ON
        three = await conn.execute("SELECT 3")
    assert [(await cur.fetchone()) for cur in (one, two, three)] == [(1,), (2,), (3,)]


async def test_after_the_end(conn: Connection) -> None:
    async with conn.pipeline() as pipeline:
        pass
    with pytest.raises(e.ProgrammingError, match="has ended"):
        await pipeline.sync()
    async with conn.pipeline():
        cur = await conn.execute("SELECT 1")
    assert await cur.fetchone() == (1,)


# Prepared statements.


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


# Cursors that are closed in the block.


async def test_closed_cursor(conn: Connection, table: LiteralString) -> None:
    async with conn.pipeline():
        async with conn.cursor() as inserted:
            await inserted.execute(f"INSERT INTO {table} VALUES (1), (2)")
        async with conn.cursor() as many:
            await many.executemany(f"INSERT INTO {table} VALUES (%s)", [(3,), (4,)])
        async with conn.cursor() as selected:
            await selected.execute("SELECT 1 AS a UNION SELECT 2")
            await selected.close()
        assert selected.rowcount == -1
        for fetch in (selected.fetchone, selected.fetchmany, selected.fetchall):
            with pytest.raises(e.InterfaceError, match="cursor is closed"):
                await fetch()
        with pytest.raises(e.InterfaceError, match="cursor is closed"):
            await selected.execute("SELECT 1")
    assert (inserted.rowcount, inserted.statusmessage) == (2, "INSERT 0 2")
    assert (many.rowcount, many.statusmessage) == (2, "INSERT 0 1")
    assert (selected.rowcount, selected.statusmessage) == (2, "SELECT 2")
    assert selected.description is not None
    assert selected.description[0].name == "a"
    for fetch in (selected.fetchone, selected.fetchmany, selected.fetchall):
        with pytest.raises(e.InterfaceError, match="cursor is closed"):
            await fetch()
    with pytest.raises(e.InterfaceError, match="cursor is closed"):
        async for _ in selected:
            pass


async def test_closed_cursor_of_an_error(conn: Connection) -> None:
    cur = conn.cursor()
    with pytest.raises(e.DivisionByZero):
        async with conn.pipeline(), cur:
            await cur.execute("SELECT 1 / 0")
    assert cur.rowcount == -1
    with pytest.raises(e.InterfaceError, match="cursor is closed"):
        await cur.fetchone()


# Large amounts, interruptions.


async def test_large_both_ways(conn: Connection) -> None:
    size = 200_000
    async with conn.pipeline():
        cursors = [
            await conn.execute("SELECT %s::text || 'b'", (str(n % 10) * size,))
            for n in range(250)
        ]
    for n, cur in enumerate(cursors):
        assert await cur.fetchone() == (str(n % 10) * size + "b",)


async def test_many_statements(conn: Connection, table: LiteralString) -> None:
    async with conn.pipeline():
        for n in range(5000):
            await conn.execute(f"INSERT INTO {table} VALUES (%s)", (n,))
    assert await content(conn) == list(range(5000))


async def test_notifications(conn: Connection) -> None:
    await conn.set_autocommit(True)
    received = []
    conn.add_notify_handler(lambda notification: received.append(notification.payload))
    await conn.execute("LISTEN pipelined")
    async with conn.pipeline() as pipeline:
        await conn.execute("NOTIFY pipelined, 'a'")
        await pipeline.sync()
        await conn.execute("SELECT 1")
    assert received == ["a"]


async def test_settings(conn: Connection) -> None:
    async with conn.pipeline() as pipeline:
        await conn.execute("SET client_encoding TO latin1")
        await pipeline.sync()
        cur = await conn.execute("SELECT %s::text", ("é",))
    assert await cur.fetchone() == ("é",)


async def test_two_tasks(conn: Connection) -> None:
    async def ask(start: int) -> list[Any]:
        found = []
        for n in range(start, start + 50):
            cur = await conn.execute("SELECT %s::int", (n,))
            found.append(await cur.fetchone())
        return found

    async with conn.pipeline():
        one = asyncio.create_task(ask(0))
        two = asyncio.create_task(ask(100))
        assert await one == [(n,) for n in range(50)]
        assert await two == [(n,) for n in range(100, 150)]


async def test_server_ends_meanwhile(conn: Connection, other: Connection) -> None:
    with pytest.raises(e.OperationalError):
        async with conn.pipeline():
            await conn.execute("SELECT 1")
            pid = conn.info.backend_pid
            await other.execute("SELECT pg_terminate_backend(%s, 60000)", (pid,))
            await conn.execute("SELECT 2")
    assert conn.broken


@pytest.mark.parametrize("autocommit", [False, True])
@pytest.mark.parametrize("statements", [0, 1, 100])
async def test_close_meanwhile(
    conn: Connection, autocommit: bool, statements: int
) -> None:
    await conn.set_autocommit(autocommit)
    with pytest.raises(e.OperationalError, match="the connection is closed"):
        async with conn.pipeline():
            for n in range(statements):
                await conn.execute("SELECT %s::int", (n,))
            await conn.close()
    assert conn.closed
    assert not conn.broken


async def test_close_after_a_sync(conn: Connection) -> None:
    # As in psycopg: it is simpler to rely on than a block that may be silent.
    cur = conn.cursor()
    with pytest.raises(e.OperationalError, match="the connection is closed"):
        async with conn.pipeline() as pipeline:
            await cur.execute("SELECT 1")
            await pipeline.sync()
            await conn.close()
    assert cur.statusmessage == "SELECT 1"


async def test_close_after_an_error(conn: Connection) -> None:
    with pytest.raises(e.OperationalError, match="the connection is closed"):
        async with conn.pipeline():
            await conn.execute("SELECT 1 / 0")
            await conn.close()


async def test_use_after_close(conn: Connection) -> None:
    cur = conn.cursor()
    with pytest.raises(e.OperationalError, match="the connection is closed"):
        async with conn.pipeline() as pipeline:
            await cur.execute("SELECT 1")
            await conn.close()
            for use in (cur.fetchone, cur.fetchall, pipeline.sync, conn.commit):
                with pytest.raises(e.OperationalError, match="connection is closed"):
                    await use()
            with pytest.raises(e.OperationalError, match="the connection is closed"):
                await conn.execute("SELECT 1")
    with pytest.raises(e.ProgrammingError, match="no result"):
        await cur.fetchone()


async def test_close_in_nested_block(conn: Connection) -> None:
    outer = conn.pipeline()
    await outer.__aenter__()
    with pytest.raises(e.OperationalError, match="the connection is closed"):
        async with conn.pipeline():
            await conn.execute("SELECT 1")
            await conn.close()
    with pytest.raises(e.OperationalError, match="the connection is closed"):
        await outer.__aexit__(None, None, None)


async def test_close_in_blocks_of_other_kinds(conn: Connection) -> None:
    transaction = conn.transaction()
    with pytest.raises(e.OperationalError, match="the connection is closed"):
        async with conn.pipeline(), transaction:
            await conn.execute("SELECT 1")
            await conn.close()
    assert transaction.status == transaction.Status.FAILED


async def test_block_of_the_connection_inside(
    conn: Connection, other: Connection
) -> None:
    await other.execute("CREATE TABLE inside (n int)")
    try:
        with pytest.raises(e.OperationalError, match="the connection is closed"):
            async with conn.pipeline(), conn:
                await conn.execute("INSERT INTO inside VALUES (1)")
        cur = await other.execute("SELECT n FROM inside")
        assert await cur.fetchall() == [(1,)]
    finally:
        await other.execute("DROP TABLE inside")


@pytest.mark.parametrize("levels", [1, 2])
async def test_close_does_not_mask_an_error(
    conn: Connection, caplog: pytest.LogCaptureFixture, levels: int
) -> None:
    caplog.set_level(logging.WARNING, logger="pgtwin")
    inner: Any = conn.pipeline() if levels == 2 else conn.cursor()
    with pytest.raises(ZeroDivisionError):
        async with conn.pipeline(), inner:
            await conn.execute("SELECT 1")
            await conn.close()
            raise ZeroDivisionError
    assert len(caplog.records) == levels
    assert "the connection is closed" in caplog.text


async def test_close_by_another_task(conn: Connection) -> None:
    with pytest.raises(e.OperationalError, match="the connection is closed"):
        async with conn.pipeline():
            await conn.execute("SELECT 1")
            await asyncio.create_task(conn.close())


async def test_lost_before_the_outer_block_ends(
    conn: Connection, other: Connection
) -> None:
    with pytest.raises(e.OperationalError, match="the connection is lost"):
        async with conn.pipeline():
            with pytest.raises(e.OperationalError):
                async with conn.pipeline():
                    await conn.execute("SELECT 1")
                    pid = conn.info.backend_pid
                    await other.execute(
                        "SELECT pg_terminate_backend(%s, 60000)", (pid,)
                    )
    assert conn.broken


async def test_cancelled_by_another(
    conn: Connection, until_sleeping: Callable[[int], Awaitable[None]], usable: Usable
) -> None:
    async def wait() -> None:
        async with conn.pipeline():
            await conn.execute("SELECT 1")
            await conn.execute("SELECT pg_sleep(120)")
            await conn.execute("SELECT 2")

    task = asyncio.create_task(wait())
    await until_sleeping(conn.info.backend_pid)
    await conn.cancel_safe()
    with pytest.raises(e.QueryCanceled):
        await task
    await usable(conn)


async def test_transaction_is_begun_once(conn: Connection) -> None:
    notices: list[str | None] = []
    conn.add_notice_handler(lambda notice: notices.append(notice.message_primary))
    async with conn.pipeline():
        for n in range(3):
            cur = await conn.execute("SELECT %s::int", (n,))
            assert await cur.fetchone() == (n,)
    assert notices == []
    assert conn.info.transaction_status == TransactionStatus.INTRANS


async def test_other_cursors(conn: Connection, table: str) -> None:
    async with conn.pipeline():
        client = pgtwin.AsyncClientCursor(conn)
        await client.executemany(f"INSERT INTO {table} VALUES (%s)".encode(), [(1,)])
        raw = pgtwin.AsyncRawCursor(conn)
        await raw.executemany(f"INSERT INTO {table} VALUES ($1)".encode(), [(2,), (3,)])
        async with conn.cursor("portal") as server:
            with pytest.raises(e.NotSupportedError, match="pipeline"):
                await server.execute("SELECT 1")
        with pytest.raises(e.ProgrammingError, match="pipeline"):
            async for _ in client.stream("SELECT 1"):
                pass
    assert client.rowcount == 1
    assert raw.rowcount == 2


async def test_server_cursor_opened_before(conn: Connection) -> None:
    async with conn.cursor("portal") as server:
        await server.execute("SELECT generate_series(1, 3)")
        async with conn.pipeline():
            cur = await conn.execute("SELECT 1")
            assert await server.fetchmany(2) == [(1,), (2,)]
            assert await cur.fetchone() == (1,)
            await server.close()


async def test_handle(conn: Connection) -> None:
    async with conn.pipeline() as pipeline:
        assert pipeline.pgconn is conn.pgconn


async def test_result_chosen_when_asked_for(conn: Connection) -> None:
    async with conn.pipeline():
        cur = await conn.execute("SELECT 1")
        await cur.set_result(-1)
        assert await cur.fetchall() == [(1,)]
        cur = await conn.execute("SELECT 2")
        with pytest.raises(IndexError):
            await cur.set_result(1)
        assert await cur.fetchall() == [(2,)]


async def test_ended(conn: Connection) -> None:
    async with conn.pipeline() as pipeline:
        await conn.execute("SELECT 1")
    with pytest.raises(e.ProgrammingError, match="the pipeline has ended"):
        await pipeline.sync()


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


async def test_many_of_nothing_waits(conn: Connection) -> None:
    await conn.set_autocommit(True)
    async with conn.pipeline():
        cursor = await conn.execute("SELECT 1")
        await conn.cursor().executemany("SELECT %s", [], returning=True)
        assert cursor.rowcount == 1
        await conn.set_autocommit(False)


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
