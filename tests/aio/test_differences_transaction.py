"""Differences from psycopg, on purpose: transactions. See docs/compatibility.md.

Each test asks both, so that it tells when psycopg changes too.
"""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

import pgtwin
from pgtwin import errors as e
from pgtwin.pq import TransactionStatus

# psycopg's own connections call add_reader().
pytestmark = pytest.mark.needs_readers

Ours = pgtwin.AsyncConnection[Any]
Theirs = psycopg.AsyncConnection[Any]


async def test_block_in_an_ended_transaction(conn: Ours, theirs: Theirs) -> None:
    with pytest.raises(psycopg.transaction.OutOfOrderTransactionNesting):
        async with theirs.transaction():
            await theirs.execute("ROLLBACK")
            async with theirs.transaction():
                pytest.fail("a block without a transaction around it")
    with pytest.raises(psycopg.transaction.OutOfOrderTransactionNesting):
        async with theirs.transaction():
            pytest.fail("a block after that")
    await theirs.close()
    with pytest.raises(pgtwin.OutOfOrderTransactionNesting):
        async with conn.transaction():
            await conn.execute("ROLLBACK")
            async with conn.transaction():
                pytest.fail("a block without a transaction around it")
    async with conn.transaction():
        await conn.execute("SELECT 1")


async def test_savepoint_of_another(conn: Ours, theirs: Theirs) -> None:
    async def status_of_the_outer(each: Any) -> TransactionStatus:
        await each.execute("CREATE TEMP TABLE things (id int)")
        status: TransactionStatus = each.info.transaction_status
        try:
            async with each.transaction("sp"):
                await each.execute("INSERT INTO things VALUES (1)")
                with pytest.raises(e.DivisionByZero):
                    await each.execute("SELECT 1 / 0")
                with pytest.raises(e.InFailedSqlTransaction):
                    async with each.transaction("sp"):
                        pytest.fail("a block in a transaction that has failed")
                status = each.info.transaction_status
        except (e.InFailedSqlTransaction, e.InvalidSavepointSpecification):
            pass
        await each.rollback()
        return status

    assert await status_of_the_outer(theirs) == TransactionStatus.INTRANS
    assert await status_of_the_outer(conn) == TransactionStatus.INERROR


async def test_ended_two_phase_transaction(conn: Ours, theirs: Theirs) -> None:
    for each in (theirs, conn):
        await each.tpc_begin("ended-by-sql")
        await each.execute("ROLLBACK")
    await theirs.execute("SELECT 1")
    await theirs.tpc_rollback()
    with pytest.raises(e.ProgrammingError, match="ended by SQL"):
        await conn.execute("SELECT 1")
    await conn.tpc_rollback()


@pytest.mark.usefixtures("two_phase")
async def test_failed_statement_before_tpc_prepare(conn: Ours, theirs: Theirs) -> None:
    for each in (theirs, conn):
        await each.tpc_begin("failed-before")
        with pytest.raises(e.DivisionByZero):
            await each.execute("SELECT 1 / 0")
    await theirs.tpc_prepare()
    with pytest.raises(e.UndefinedObject):
        await theirs.tpc_commit()
    await theirs.close()
    with pytest.raises(e.ProgrammingError, match="nothing was prepared"):
        await conn.tpc_prepare()
    await conn.tpc_rollback()


async def test_executed_after_tpc_prepare(
    conn: Ours, theirs: Theirs, other: Ours
) -> None:
    await theirs.tpc_begin("their transaction")
    await theirs.execute("SELECT 1")
    await theirs.tpc_prepare()
    await theirs.execute("SELECT 1")
    with pytest.raises(e.ActiveSqlTransaction):
        await theirs.tpc_rollback()
    await theirs.close()
    await other.execute("ROLLBACK PREPARED 'their transaction'")
    await conn.tpc_begin("our transaction")
    await conn.execute("SELECT 1")
    await conn.tpc_prepare()
    with pytest.raises(e.ProgrammingError, match="two-phase"):
        await conn.execute("SELECT 1")
    await conn.tpc_rollback()


async def test_begun_on_the_handle(
    dsn: str, conn: Ours, caplog: pytest.LogCaptureFixture
) -> None:
    theirs = await psycopg.AsyncConnection.connect(dsn)
    with pytest.raises(ZeroDivisionError):
        async with theirs:
            theirs.pgconn.exec_(b"COPY (SELECT 1) TO STDOUT")
            raise ZeroDivisionError
    assert [record.name for record in caplog.records] == ["psycopg"]
    conn.pgconn.exec_(b"COPY (SELECT 1) TO STDOUT")
    await conn.rollback()
    assert conn.info.transaction_status == TransactionStatus.IDLE
    cur = await conn.execute("SELECT 1")
    assert await cur.fetchone() == (1,)


async def test_savepoint_that_cannot_be_released(conn: Ours, theirs: Theirs) -> None:
    async def end(conn: Ours | Theirs) -> TransactionStatus:
        async with conn.transaction():
            with pytest.raises(e.InFailedSqlTransaction):
                async with conn.transaction():
                    with pytest.raises(e.DivisionByZero):
                        await conn.execute("SELECT 1 / 0")
            return conn.info.transaction_status

    assert await end(theirs) == TransactionStatus.INERROR
    assert await end(conn) == TransactionStatus.INTRANS


async def test_characteristics_in_a_block(conn: Ours, theirs: Theirs) -> None:
    async with theirs.transaction():
        await theirs.execute("ROLLBACK")
        await theirs.set_read_only(True)
    async with conn.transaction():
        await conn.execute("ROLLBACK")
        with pytest.raises(e.ProgrammingError, match="inside a transaction"):
            await conn.set_read_only(True)


async def test_two_phases_in_a_block(conn: Ours, theirs: Theirs) -> None:
    async with theirs.transaction():
        await theirs.execute("ROLLBACK")
        await theirs.tpc_begin("in-a-block")
    # The block has ended it.
    assert theirs.info.transaction_status == TransactionStatus.IDLE
    await theirs.tpc_prepare()
    with pytest.raises(e.UndefinedObject):
        await theirs.tpc_commit()
    await theirs.close()
    async with conn.transaction():
        await conn.execute("ROLLBACK")
        with pytest.raises(e.ProgrammingError, match="inside a transaction"):
            await conn.tpc_begin("in-a-block")
    assert conn.info.transaction_status == TransactionStatus.IDLE
