"""Behind PgBouncer in transaction mode each transaction may have another server."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from psycopg_pool import AsyncConnectionPool

import pgtwin
from pgtwin import errors as e

Connection = pgtwin.AsyncConnection[Any]
# Fixtures, of which each begins where a test asks for it.
REMEMBERING_OR_NOT = pytest.mark.parametrize(
    "bouncer", ["bouncer_dsn", "remembering_dsn"]
)


async def pid_of(conn: Connection) -> int:
    """Return the server process that executes for a connection just now."""
    # In as many digits each time, for who compares messages (tests/wire).
    query = "SELECT to_char(pg_backend_pid(), 'FM0000000')"
    cur = await conn.execute(query, prepare=False)
    row = await cur.fetchone()
    assert row is not None
    return int(row[0])


async def occupy(conn: Connection, pid: int) -> None:
    """Begin a transaction in a server process, which is then not free for others."""
    await conn.execute("BEGIN", prepare=False)
    assert await pid_of(conn) == pid, "the server used last is given away first"


async def test_console(bouncer_dsn: str) -> None:
    # It closes the connection of who sends more than simple queries.
    async with pgtwin.AsyncConnection.connect(
        bouncer_dsn, dbname="pgbouncer", autocommit=True
    ) as conn:
        for _ in range(8):
            cur = await conn.execute("SHOW DATABASES")
            assert await cur.fetchall()


@REMEMBERING_OR_NOT
async def test_another_server(bouncer: str, request: pytest.FixtureRequest) -> None:
    dsn = request.getfixturevalue(bouncer)
    async with (
        pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn,
        pgtwin.AsyncConnection.connect(dsn, autocommit=True) as other,
    ):
        for _ in range(5):
            cur = await conn.execute("SELECT %s::text", ("x",), prepare=True)
            assert await cur.fetchone() == ("x",)
            pid = await pid_of(conn)
            await occupy(other, pid)
            cur = await conn.execute("SELECT %s::text", ("y",), prepare=True)
            assert await cur.fetchone() == ("y",)
            assert await pid_of(conn) != pid
            await other.execute("COMMIT", prepare=False)


@REMEMBERING_OR_NOT
async def test_statements_of_another_client(
    bouncer: str, request: pytest.FixtureRequest
) -> None:
    # Both prepare first here, and each executes then where the other has prepared.
    dsn = request.getfixturevalue(bouncer)
    async with (
        pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn,
        pgtwin.AsyncConnection.connect(dsn, autocommit=True) as other,
    ):
        for _ in range(5):
            cur = await conn.execute("SELECT 'mine', %s::int", (1,), prepare=True)
            assert await cur.fetchone() == ("mine", 1)
            cur = await other.execute("SELECT 'theirs', %s::int", (2,), prepare=True)
            assert await cur.fetchone() == ("theirs", 2)


async def test_statement_that_was_lost_by_the_bouncer_in_a_transaction(
    bouncer_dsn: str,
) -> None:
    async with (
        pgtwin.AsyncConnection.connect(bouncer_dsn) as conn,
        pgtwin.AsyncConnection.connect(bouncer_dsn, autocommit=True) as other,
    ):
        await conn.execute("SELECT %s::text", ("x",), prepare=True)
        pid = await pid_of(conn)
        await conn.commit()
        await occupy(other, pid)
        # What a transaction has done before is not for the driver to repeat.
        await conn.execute("SELECT 'something'", prepare=False)
        with pytest.raises(e.InvalidSqlStatementName):
            await conn.execute("SELECT %s::text", ("y",), prepare=True)
        await conn.rollback()
        cur = await conn.execute("SELECT %s::text", ("y",), prepare=True)
        assert await cur.fetchone() == ("y",)
        await conn.rollback()
        await other.execute("COMMIT", prepare=False)


async def test_statement_that_was_lost_but_is_remembered_by_the_bouncer(
    remembering_dsn: str,
) -> None:
    async with (
        pgtwin.AsyncConnection.connect(remembering_dsn) as conn,
        pgtwin.AsyncConnection.connect(remembering_dsn, autocommit=True) as other,
    ):
        await conn.execute("SELECT %s::text", ("x",), prepare=True)
        pid = await pid_of(conn)
        await conn.commit()
        await occupy(other, pid)
        cur = await conn.execute("SELECT %s::text", ("y",), prepare=True)
        assert await cur.fetchone() == ("y",)
        assert await pid_of(conn) != pid
        await conn.rollback()
        await other.execute("COMMIT", prepare=False)


async def test_session_discarded(forgetful_dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(
        forgetful_dsn, autocommit=True, prepare_threshold=0
    ) as conn:
        for number in range(5):
            cur = await conn.execute("SELECT %s::int", (number,))
            assert await cur.fetchone() == (number,)
        await conn.execute("DISCARD ALL")
        cur = conn.cursor()
        await cur.executemany("SELECT %s::int", [(1,), (2,)], returning=True)
        assert [await result.fetchone() async for result in cur.results()] == [
            (1,),
            (2,),
        ]
        async with conn.transaction():
            cur = await conn.execute("SELECT 'in a transaction'")
            assert await cur.fetchone() == ("in a transaction",)


async def test_table_changed(bouncer_dsn: str, other: Connection) -> None:
    await other.execute("CREATE TABLE bounced AS SELECT 1 AS id")
    try:
        async with pgtwin.AsyncConnection.connect(bouncer_dsn, autocommit=True) as conn:
            cur = await conn.execute("SELECT * FROM bounced", prepare=True)
            assert await cur.fetchone() == (1,)
            await other.execute("ALTER TABLE bounced ADD name text DEFAULT 'x'")
            cur = await conn.execute("SELECT * FROM bounced", prepare=True)
            assert await cur.fetchone() == (1, "x")
    finally:
        await other.execute("DROP TABLE bounced")


async def test_copy_and_cancel(bouncer_dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(bouncer_dsn) as conn:
        await conn.execute("CREATE TEMP TABLE things (id int) ON COMMIT DROP")
        assert await conn.copy_records("things", None, [(1,), (2,)]) == 2
        cur = conn.cursor()
        async with cur.copy("COPY things TO STDOUT") as copy:
            assert [bytes(block) async for block in copy] == [b"1\n", b"2\n"]
        await conn.rollback()
        await conn.execute("SET LOCAL statement_timeout TO '50ms'")
        with pytest.raises(e.QueryCanceled):
            await conn.execute("SELECT pg_sleep(120)")


@pytest.mark.parametrize("bouncer", ["bouncer_dsn", "forgetful_dsn", "remembering_dsn"])
async def test_many_clients(bouncer: str, request: pytest.FixtureRequest) -> None:
    connection: Any = pgtwin.AsyncConnection
    done: list[int] = []

    async def limit(conn: Connection) -> None:
        conn.prepared_max = 3

    async def work(number: int) -> None:
        async with pool.connection() as conn:
            for step in range(6):
                query = f"SELECT %s::int + {(number + step) % 5}"
                cur = await conn.execute(query.encode(), (number,))
                assert await cur.fetchone() == (number + (number + step) % 5,)
        done.append(number)

    async with AsyncConnectionPool(
        request.getfixturevalue(bouncer),
        connection_class=connection,
        kwargs={"autocommit": True, "prepare_threshold": 1},
        configure=limit,
        min_size=8,
        timeout=60,
        open=False,
    ) as pool:
        await asyncio.gather(*[work(number) for number in range(80)])
    assert sorted(done) == list(range(80))
