"""executemany(): one pipeline, its results, errors, and prepared statements."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

import pgtwin
from pgtwin import errors as e, sql
from pgtwin.pq import PipelineStatus, TransactionStatus

Connection = pgtwin.AsyncConnection[Any]
Usable = Callable[[Connection], Awaitable[None]]

INSERT = "INSERT INTO things (id, name) VALUES (%s, %s)"


@pytest.fixture(autouse=True)
async def table(conn: Connection) -> None:
    """A temporary table of two columns."""
    await conn.execute("CREATE TEMP TABLE things (id int8 PRIMARY KEY, name text)")
    await conn.commit()


async def content(conn: Connection) -> list[tuple[Any, ...]]:
    cur = await conn.execute("SELECT * FROM things ORDER BY id")
    return await cur.fetchall()


async def test_rows(conn: Connection) -> None:
    cur = conn.cursor()
    await cur.executemany(INSERT, [(1, "one"), [2, None], (3, "three")])
    assert cur.rowcount == 3
    assert cur.statusmessage == "INSERT 0 1"
    assert cur.nextset() is None
    with pytest.raises(e.ProgrammingError, match="no result"):
        await cur.fetchone()
    assert conn.pgconn.pipeline_status == PipelineStatus.OFF
    assert conn.info.transaction_status == TransactionStatus.INTRANS
    assert await content(conn) == [(1, "one"), (2, None), (3, "three")]
    await conn.rollback()
    assert await content(conn) == []


async def test_mappings(conn: Connection) -> None:
    cur = conn.cursor()
    await cur.executemany(
        sql.SQL("INSERT INTO {} VALUES (%(id)s, %(name)s)").format(
            sql.Identifier("things")
        ),
        [{"name": "one", "id": 1}, {"id": 2, "name": "two", "more": 3}],
    )
    assert await content(conn) == [(1, "one"), (2, "two")]


async def test_generator(conn: Connection) -> None:
    def rows() -> Iterator[tuple[int, str]]:
        for n in range(1000):
            yield n, f"name {n}"

    cur = conn.cursor()
    await cur.executemany(INSERT, rows())
    assert cur.rowcount == 1000
    assert len(await content(conn)) == 1000


async def test_executemany_of_nothing(conn: Connection) -> None:
    cur = conn.cursor()
    await cur.executemany(INSERT, [])
    assert cur.rowcount == 0
    await cur.executemany("SELECT %s", [], returning=True)
    with pytest.raises(e.ProgrammingError):
        await cur.fetchone()


async def test_without_placeholders(conn: Connection) -> None:
    cur = conn.cursor()
    await cur.executemany(
        "INSERT INTO things SELECT count(*) FROM things", [(), {}, ()]
    )
    assert await content(conn) == [(0, None), (1, None), (2, None)]


async def test_rowcount_is_the_sum(conn: Connection) -> None:
    cur = conn.cursor()
    await cur.executemany(INSERT, [(n, "") for n in range(10)])
    await cur.executemany(
        "UPDATE things SET name = 'x' WHERE id < %s", [(2,), (5,), (0,)]
    )
    assert cur.rowcount == 7
    await cur.executemany("INSERT INTO things VALUES (%s) RETURNING id", [(20,), (21,)])
    assert cur.rowcount == 2


async def test_returning(conn: Connection) -> None:
    cur = conn.cursor()
    query = "INSERT INTO things VALUES (%s, %s) RETURNING id, name"
    rows = [(n, f"name {n}") for n in range(250)]
    await cur.executemany(query, rows, returning=True)
    assert cur.rowcount == 1
    assert [await each.fetchone() async for each in cur.results()] == rows
    await cur.set_result(0)
    assert await cur.fetchall() == [(0, "name 0")]
    assert cur.nextset()
    assert await cur.fetchone() == (1, "name 1")
    await cur.set_result(-1)
    assert await cur.fetchone() == (249, "name 249")
    assert cur.nextset() is None


async def test_returning_nothing(conn: Connection) -> None:
    cur = conn.cursor()
    await cur.executemany(INSERT, [(1, ""), (2, "")], returning=True)
    assert cur.rowcount == 1
    with pytest.raises(e.ProgrammingError, match="INSERT"):
        await cur.fetchone()
    assert cur.nextset()
    assert cur.nextset() is None


async def test_returning_binary(conn: Connection) -> None:
    cur = conn.cursor(binary=True)
    await cur.executemany("SELECT %s::int4", [(1,), (2,)], returning=True)
    assert cur.pgresult is not None
    assert cur.pgresult.get_value(0, 0) == b"\0\0\0\x01"


async def test_types_that_change(conn: Connection) -> None:
    numbers = [1, 100_000, 2**40, 2, None, 200_000]
    cur = conn.cursor()
    await cur.executemany("SELECT %s::int8", [(n,) for n in numbers], returning=True)
    found = [await each.fetchone() async for each in cur.results()]
    assert found == [(n,) for n in numbers]


async def test_error(conn: Connection, usable: Usable) -> None:
    cur = conn.cursor()
    rows = [(1, ""), (2, ""), (1, ""), (3, "")]
    with pytest.raises(e.UniqueViolation):
        await cur.executemany(INSERT, rows)
    assert conn.info.transaction_status == TransactionStatus.INERROR
    assert conn.pgconn.pipeline_status == PipelineStatus.OFF
    with pytest.raises(e.ProgrammingError):
        await cur.fetchone()
    await usable(conn)
    assert await content(conn) == []


async def test_error_with_autocommit(conn: Connection, usable: Usable) -> None:
    await conn.set_autocommit(True)
    with pytest.raises(e.UniqueViolation):
        await conn.cursor().executemany(INSERT, [(1, ""), (2, ""), (1, "")])
    assert await content(conn) == []
    await usable(conn)


async def test_error_ends_the_sending(conn: Connection, usable: Usable) -> None:
    sent = 0

    def rows() -> Iterator[tuple[int, str]]:
        nonlocal sent
        for _ in range(100_000):
            sent += 1
            yield 1, "x" * 1000

    with pytest.raises(e.UniqueViolation):
        await conn.cursor().executemany(INSERT, rows())
    assert sent < 100_000
    await usable(conn)


async def test_value_that_cannot_be_adapted(conn: Connection, usable: Usable) -> None:
    with pytest.raises(e.ProgrammingError, match="cannot adapt"):
        await conn.cursor().executemany(INSERT, [(1, ""), (2, object())])
    await usable(conn)


@pytest.mark.parametrize("returning", [False, True])
@pytest.mark.parametrize("inside", [False, True])
async def test_fetch_after_a_value_that_cannot_be_sent(
    conn: Connection, usable: Usable, returning: bool, inside: bool
) -> None:
    conn.command_timeout = 30
    rows = [(1,), ("\0",)]

    async def fail(cur: pgtwin.AsyncCursor[Any]) -> None:
        with pytest.raises(e.DataError, match="NUL"):
            await cur.executemany("SELECT %s::int", rows, returning=returning)

    for closed in (False, True):
        cur = conn.cursor()
        if not inside:
            await fail(cur)
        async with conn.pipeline():
            if inside:
                await fail(cur)
            if closed:
                await cur.close()
            else:
                with pytest.raises(e.ProgrammingError, match="no result"):
                    await cur.fetchall()
            assert [each async for each in cur.results()] == []
    await usable(conn)


@pytest.mark.parametrize("rows", [[(1,)], [(1, "", 2)], [{"id": 1}], [5], [None]])
async def test_wrong_parameters(
    conn: Connection, rows: list[Any], usable: Usable
) -> None:
    with pytest.raises((e.ProgrammingError, TypeError)):
        await conn.cursor().executemany(INSERT, [(1, ""), *rows])
    await usable(conn)


async def test_error_of_the_generator(conn: Connection, usable: Usable) -> None:
    def rows() -> Iterator[tuple[int, str]]:
        yield 1, ""
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await conn.cursor().executemany(INSERT, rows())
    assert conn.pgconn.pipeline_status == PipelineStatus.OFF
    await usable(conn)


async def test_error_in_statement(conn: Connection, usable: Usable) -> None:
    with pytest.raises(e.UndefinedTable):
        await conn.cursor().executemany("INSERT INTO nowhere VALUES (%s)", [(1,), (2,)])
    await usable(conn)
    with pytest.raises(e.SyntaxError):
        await conn.cursor().executemany("SELECT 1; SELECT %s", [(1,)])
    await usable(conn)


@pytest.mark.parametrize("returning", [False, True])
async def test_error_at_the_implicit_commit(
    conn: Connection, usable: Usable, returning: bool
) -> None:
    await conn.set_autocommit(True)
    await conn.execute(
        "CREATE TEMP TABLE late (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)"
    )
    with pytest.raises(e.UniqueViolation):
        await conn.cursor().executemany(
            "INSERT INTO late VALUES (%s) RETURNING id",
            [(1,), (2,), (1,)],
            returning=returning,
        )
    cur = await conn.execute("SELECT count(*) FROM late")
    assert await cur.fetchone() == (0,)
    await usable(conn)


async def test_large_both_ways(conn: Connection) -> None:
    cur = conn.cursor()
    size = 100_000
    await cur.executemany(
        "SELECT %s::text || 'b'", [("x" * size,) for _ in range(500)], returning=True
    )
    found = 0
    async for each in cur.results():
        assert await each.fetchone() == ("x" * size + "b",)
        found += 1
    assert found == 500


async def test_prepared_once(conn: Connection) -> None:
    await conn.set_autocommit(True)
    for _ in range(2):
        await conn.cursor().executemany("SELECT %s::text", [("a",), ("b",)])
        cur = await conn.execute("SELECT statement FROM pg_prepared_statements")
        assert await cur.fetchall() == [("SELECT $1::text",)]


async def test_without_prepared_statements(conn: Connection) -> None:
    conn.prepare_threshold = None
    await conn.cursor().executemany(INSERT, [(1, "a"), (2, "b")])
    cur = await conn.execute("SELECT count(*) FROM pg_prepared_statements")
    assert await cur.fetchone() == (0,)
    assert await content(conn) == [(1, "a"), (2, "b")]


@pytest.mark.parametrize("autocommit", [False, True])
async def test_prepared_statement_that_is_gone(
    conn: Connection, autocommit: bool
) -> None:
    await conn.set_autocommit(autocommit)
    await conn.cursor().executemany(INSERT, [(1, "a")])
    await conn.commit()
    conn.pgconn.exec_(b"DEALLOCATE ALL")
    cur = conn.cursor()
    await cur.executemany(INSERT, [(2, "b"), (3, "c")])
    assert cur.rowcount == 2
    assert len(await content(conn)) == 3


@pytest.fixture
async def counted(conn: Connection) -> None:
    """A function that counts its calls, which no rollback undoes, and may fail."""
    await conn.execute("CREATE TEMP SEQUENCE calls")
    await conn.execute(
        """CREATE FUNCTION pg_temp.call(fail text) RETURNS int LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM nextval('calls');
            IF fail <> '' THEN
                RAISE EXCEPTION 'prepared statement does not exist'
                USING ERRCODE = fail;
            END IF;
            RETURN 1;
        END $$"""
    )
    await conn.commit()


async def calls(conn: Connection) -> int:
    await conn.rollback()
    cur = await conn.execute("SELECT last_value FROM calls WHERE is_called")
    row = await cur.fetchone()
    return 0 if row is None else int(row[0])


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("autocommit", [False, True])
@pytest.mark.parametrize("state", ["26000", "0A000"])
@pytest.mark.parametrize("first", [True, False])
async def test_failing_batch_is_executed_once(
    conn: Connection, autocommit: bool, state: str, first: bool
) -> None:
    await conn.set_autocommit(autocommit)
    cur = conn.cursor()
    await cur.executemany("SELECT pg_temp.call(%s)", [("",)])
    await conn.commit()
    values = [(state,), ("",)] if first else [("",), (state,)]
    with pytest.raises(e.Error) as caught:
        await cur.executemany("SELECT pg_temp.call(%s)", values)
    assert caught.value.sqlstate == state
    assert await calls(conn) == (2 if first else 3)


@pytest.mark.usefixtures("counted")
async def test_second_statement_is_gone(conn: Connection) -> None:
    # The types of the second values make it another statement.
    await conn.set_autocommit(True)
    query = "SELECT pg_temp.call(''), %s"
    values = [(1,), ("x",)]
    cur = conn.cursor()
    await cur.executemany(query, values)
    await conn.execute(
        "DO $$ DECLARE gone text; BEGIN SELECT name INTO gone "
        "FROM pg_prepared_statements ORDER BY prepare_time DESC LIMIT 1; "
        "EXECUTE format('DEALLOCATE %I', gone); END $$",
    )
    with pytest.raises(e.InvalidSqlStatementName):
        await cur.executemany(query, values)
    assert await calls(conn) == 3
    await cur.executemany(query, values)
    assert await calls(conn) == 5


@pytest.mark.usefixtures("counted")
async def test_plan_is_stale(conn: Connection, other: Connection) -> None:
    await other.execute("CREATE TABLE plans AS SELECT 1 AS n")
    try:
        cur = conn.cursor()
        query = "SELECT pg_temp.call(%s), * FROM plans"
        await cur.executemany(query, [("",)], returning=True)
        await conn.commit()
        await other.execute("ALTER TABLE plans ADD more text DEFAULT 'x'")
        await cur.executemany(query, [("",), ("",)], returning=True)
        assert await cur.fetchone() == (1, 1, "x")
        assert await calls(conn) == 3
        await conn.rollback()
    finally:
        await other.execute("DROP TABLE plans")


@pytest.mark.parametrize("returning", [False, True])
@pytest.mark.parametrize("before", [0, 1, 500])
async def test_closed_by_the_values(
    conn: Connection, returning: bool, before: int
) -> None:
    def values() -> Iterator[tuple[int]]:
        for n in range(before):
            yield (n,)
        conn.pgconn.finish()

    cur = conn.cursor()
    with pytest.raises(e.OperationalError, match="the connection is"):
        await cur.executemany("SELECT %s::int", values(), returning=returning)
    assert conn.closed
    assert cur.pgresult is None


async def test_executemany_in_a_pipeline(conn: Connection) -> None:
    query = "INSERT INTO things (id, name) VALUES (%s, %s) RETURNING id"
    async with conn.pipeline():
        one = conn.cursor()
        await one.executemany(INSERT, [(1, "a"), (2, "b")])
        assert one.rowcount == -1
        two = conn.cursor()
        await two.executemany(query, [(3, "c"), (4, "d")], returning=True)
        three = await conn.execute("SELECT count(*) FROM things")
        assert [await each.fetchone() async for each in two.results()] == [(3,), (4,)]
        assert one.rowcount == 2
    assert await three.fetchone() == (4,)


async def test_returning_in_a_pipeline(conn: Connection) -> None:
    query = "INSERT INTO things (id, name) VALUES (%s, %s) RETURNING id AS number"
    async with conn.pipeline(), conn.cursor() as cur:
        before = await conn.execute("SELECT 'before'")
        await cur.executemany(query, [(1, "a"), (2, "b")], returning=True)
        # Received without being asked for, and all before it too.
        assert before.statusmessage == "SELECT 1"
        assert (cur.rowcount, cur.statusmessage) == (1, "INSERT 0 1")
        assert cur.pgresult is not None
        assert cur.description is not None
        assert cur.description[0].name == "number"
        await cur.set_result(-1)
        assert await cur.fetchone() == (2,)
        await cur.set_result(0)
        assert await cur.fetchall() == [(1,)]
        assert cur.nextset() is True
        assert await cur.fetchone() == (2,)
        assert cur.nextset() is None
        await cur.executemany(query, [], returning=True)
        assert cur.description is None
        await cur.executemany("UPDATE things SET name = %s", [("x",)], returning=True)
        assert (cur.rowcount, cur.description) == (2, None)


async def test_error_of_returning_in_a_pipeline(
    conn: Connection, usable: Usable
) -> None:
    query = "INSERT INTO things (id) VALUES (%s) RETURNING id"
    async with conn.pipeline():
        cur = conn.cursor()
        with pytest.raises(e.UniqueViolation):
            await cur.executemany(query, [(1,), (1,), (2,)], returning=True)
        assert (cur.rowcount, cur.description) == (-1, None)
        await conn.rollback()
        await conn.execute("SELECT 1 / 0")
        with pytest.raises(e.DivisionByZero):
            await cur.executemany(query, [(1,)], returning=True)
        await conn.rollback()
    await usable(conn)


async def test_cursor_closed_in_a_pipeline(conn: Connection) -> None:
    async with conn.pipeline(), conn.cursor() as cur:
        await cur.executemany(INSERT, [(1, "a"), (2, "b")])
    assert (cur.rowcount, cur.statusmessage) == (2, "INSERT 0 1")


async def test_error_in_a_pipeline(conn: Connection, usable: Usable) -> None:
    cur = conn.cursor()
    with pytest.raises(e.UniqueViolation):
        async with conn.pipeline():
            await cur.executemany(INSERT, [(1, "a"), (1, "b")])
    assert cur.rowcount == -1
    await usable(conn)


async def test_server_ends_meanwhile(conn: Connection, other: Connection) -> None:
    pid = conn.info.backend_pid
    await other.execute("SELECT pg_terminate_backend(%s, 60000)", (pid,))
    with pytest.raises(e.OperationalError):
        await conn.cursor().executemany(INSERT, [(n, "") for n in range(1000)])
    assert conn.broken


async def test_tags_that_differ(conn: Connection) -> None:
    """The sum is of all, the message of the last."""
    await conn.execute("INSERT INTO things SELECT generate_series(1, 12), 'x'")
    cur = conn.cursor()
    bounds = [(3,), (3,), (5,), (12,), (0,)]
    await cur.executemany("UPDATE things SET name = 'y' WHERE id <= %s", bounds)
    assert cur.rowcount == 23
    assert cur.statusmessage == "UPDATE 0"
    await cur.executemany("SELECT id FROM things WHERE id <= %s", bounds[:2])
    assert cur.rowcount == 6
    assert cur.statusmessage == "SELECT 3"
    assert cur.pgresult is None
    await cur.executemany("CREATE TEMP TABLE IF NOT EXISTS others ()", [(), ()])
    assert cur.rowcount == 0
    assert cur.statusmessage == "CREATE TABLE"


async def test_empty_query(conn: Connection) -> None:
    cur = conn.cursor()
    await cur.executemany("", [(), (), ()])
    assert cur.rowcount == -1
    assert cur.statusmessage is None
    assert await content(conn) == []


@pytest.mark.parametrize("number", [2, 99, 100, 101, 250])
async def test_error_at_the_end(conn: Connection, number: int, usable: Usable) -> None:
    """The server's error tells all, wherever a look at what has come back was."""
    await conn.commit()
    rows = [(n, "x") for n in range(1, number)]
    with pytest.raises(e.UniqueViolation) as caught:
        await conn.cursor().executemany(INSERT, [*rows, rows[-1]])
    assert caught.value.diag.constraint_name == "things_pkey"
    assert (
        caught.value.diag.message_detail == f"Key (id)=({number - 1}) already exists."
    )
    await conn.rollback()
    await usable(conn)
    assert await content(conn) == []


async def test_error_after_another_statement_in_a_pipeline(
    conn: Connection, usable: Usable
) -> None:
    """What has failed before aborts it; the first error is told."""
    cur = conn.cursor()
    with pytest.raises(e.DivisionByZero):
        async with conn.pipeline():
            await conn.execute("SELECT 1 / %s", (0,))
            await cur.executemany(INSERT, [(1, "one"), (2, "two")])
    assert cur.rowcount == -1
    assert cur.statusmessage is None
    await conn.rollback()
    await usable(conn)
    assert await content(conn) == []
