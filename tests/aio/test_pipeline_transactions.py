"""Transactions in pipeline mode: commit, rollback, blocks, the implicit transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest

import pgtwin
from pgtwin import Rollback, errors as e
from pgtwin.pq import TransactionStatus
from tests.aio.support.numbers_table import numbers_in_table

if TYPE_CHECKING:
    from typing_extensions import LiteralString


Connection = pgtwin.AsyncConnection[Any]
Usable = Callable[[Connection], Awaitable[None]]


async def test_starts_one_transaction(conn: Connection, numbers: LiteralString) -> None:
    async with conn.pipeline():
        await conn.execute(f"INSERT INTO {numbers} VALUES (1)")
        await conn.execute(f"INSERT INTO {numbers} VALUES (2)")
    assert conn.info.transaction_status == TransactionStatus.INTRANS
    await conn.rollback()
    assert await numbers_in_table(conn) == []


async def test_commit(conn: Connection, numbers: LiteralString) -> None:
    async with conn.pipeline():
        await conn.execute(f"INSERT INTO {numbers} VALUES (1)")
        await conn.commit()
        assert conn.info.transaction_status == TransactionStatus.IDLE
        await conn.execute(f"INSERT INTO {numbers} VALUES (2)")
        await conn.rollback()
        await conn.execute(f"INSERT INTO {numbers} VALUES (3)")
    await conn.commit()
    assert await numbers_in_table(conn) == [1, 3]


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


async def test_transaction_block(conn: Connection, numbers: LiteralString) -> None:
    async with conn.pipeline():
        async with conn.transaction():
            await conn.execute(f"INSERT INTO {numbers} VALUES (1)")
        assert conn.info.transaction_status == TransactionStatus.IDLE
        async with conn.transaction():
            await conn.execute(f"INSERT INTO {numbers} VALUES (2)")
            raise Rollback
        with pytest.raises(ZeroDivisionError):
            async with conn.transaction():
                await conn.execute(f"INSERT INTO {numbers} VALUES (3)")
                raise ZeroDivisionError
    assert await numbers_in_table(conn) == [1]


async def test_transaction_after_a_block(conn: Connection, numbers: str) -> None:
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
    assert await numbers_in_table(conn) == [1, 2, 4]


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
    conn: Connection, numbers: LiteralString
) -> None:
    async with conn.pipeline():
        for n in range(2):
            block = conn.transaction()
            await block.__aenter__()
            await conn.execute(f"INSERT INTO {numbers} VALUES (1)")
            del block  # as when a signal comes before it can be left
            query = f"INSERT INTO {numbers} VALUES (%s)"
            if n:
                await conn.cursor().executemany(query, [(n + 2,)])
            else:
                await conn.execute(query, (n + 2,))
            await conn.commit()
    assert await numbers_in_table(conn) == [2, 3]


async def test_transaction_block_around(
    conn: Connection, numbers: LiteralString
) -> None:
    async with conn.transaction(), conn.pipeline():
        await conn.execute(f"INSERT INTO {numbers} VALUES (1)")
    with pytest.raises(e.UniqueViolation):
        async with conn.transaction(), conn.pipeline():
            await conn.execute(f"INSERT INTO {numbers} VALUES (2)")
            await conn.execute(f"INSERT INTO {numbers} VALUES (1)")
    assert conn.info.transaction_status == TransactionStatus.IDLE
    assert await numbers_in_table(conn) == [1]


async def test_error_at_end_of_transaction(
    conn: Connection, numbers: LiteralString
) -> None:
    async with conn.pipeline():
        with pytest.raises(e.UndefinedTable):
            async with conn.transaction():
                await conn.execute("SELECT 1 FROM no_such_table")
        cur = await conn.execute("SELECT 1")
        with pytest.raises(e.UniqueViolation):
            async with conn.transaction():
                await conn.execute(f"INSERT INTO {numbers} VALUES (1)")
                async with conn.transaction():
                    await conn.execute(f"INSERT INTO {numbers} VALUES (1)")
    assert await cur.fetchone() == (1,)
    await conn.rollback()
    assert await numbers_in_table(conn) == []


async def test_savepoint(conn: Connection, numbers: LiteralString) -> None:
    async with conn.pipeline(), conn.transaction():
        await conn.execute(f"INSERT INTO {numbers} VALUES (1)")
        with pytest.raises(e.UniqueViolation):
            async with conn.transaction():
                await conn.execute(f"INSERT INTO {numbers} VALUES (2)")
                await conn.execute(f"INSERT INTO {numbers} VALUES (1)")
        await conn.execute(f"INSERT INTO {numbers} VALUES (3)")
    assert await numbers_in_table(conn) == [1, 3]


async def test_implicit_transaction(conn: Connection, numbers: LiteralString) -> None:
    await conn.set_autocommit(True)
    with pytest.raises(e.UniqueViolation):
        async with conn.pipeline() as pipeline:
            await conn.execute(f"INSERT INTO {numbers} VALUES (1)")
            await pipeline.sync()
            await conn.execute(f"INSERT INTO {numbers} VALUES (2)")
            await conn.execute(f"INSERT INTO {numbers} VALUES (1)")
    assert conn.info.transaction_status == TransactionStatus.IDLE
    assert await numbers_in_table(conn) == [1]


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


async def test_transaction_is_begun_once(conn: Connection) -> None:
    notices: list[str | None] = []
    conn.add_notice_handler(lambda notice: notices.append(notice.message_primary))
    async with conn.pipeline():
        for n in range(3):
            cur = await conn.execute("SELECT %s::int", (n,))
            assert await cur.fetchone() == (n,)
    assert notices == []
    assert conn.info.transaction_status == TransactionStatus.INTRANS
