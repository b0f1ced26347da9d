"""Two-phase commit: `xid`, `tpc_begin()` to `tpc_recover()` (PEP 249)."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

import pgtwin
from pgtwin import Xid, errors as e
from pgtwin.sql import SQL, Identifier

pytestmark = pytest.mark.usefixtures("two_phase")


@pytest.fixture
def gtrid() -> str:
    """A name that no other test gives to a transaction."""
    return f"pgtwin-{uuid.uuid4().hex}"


@pytest.fixture
async def table(
    other: pgtwin.AsyncConnection[Any], gtrid: str
) -> AsyncIterator[Identifier]:
    """A table of its own; what is prepared under `gtrid` is rolled back after."""
    name = Identifier(gtrid)
    # A test that fails may still hold the table.
    await other.execute("SET lock_timeout TO '60s'")
    await other.execute(SQL("CREATE TABLE {} (id int)").format(name))
    yield name
    for xid in await other.tpc_recover():
        if xid.gtrid == gtrid:
            await other.tpc_rollback(xid)
    await other.execute(SQL("DROP TABLE {}").format(name))


async def count(conn: pgtwin.AsyncConnection[Any], table: Identifier) -> int:
    cur = await conn.execute(SQL("SELECT count(*) FROM {}").format(table))
    row = await cur.fetchone()
    assert row is not None
    await conn.commit()
    number: int = row[0]
    return number


async def insert(conn: pgtwin.AsyncConnection[Any], table: Identifier) -> None:
    await conn.execute(SQL("INSERT INTO {} VALUES (1)").format(table))


async def prepared(conn: pgtwin.AsyncConnection[Any], gtrid: str) -> list[Xid]:
    return [xid for xid in await conn.tpc_recover() if xid.gtrid == gtrid]


async def test_commit_in_two_phases(
    conn: pgtwin.AsyncConnection[Any],
    other: pgtwin.AsyncConnection[Any],
    table: Identifier,
    gtrid: str,
) -> None:
    xid = conn.xid(7, gtrid, "branch")
    assert (xid.format_id, xid.gtrid, xid.bqual) == (7, gtrid, "branch")
    await conn.tpc_begin(xid)
    assert conn.info.transaction_status.name == "INTRANS"
    await insert(conn, table)
    await conn.tpc_prepare()
    assert conn.info.transaction_status.name == "IDLE"
    assert await count(other, table) == 0
    (found,) = await prepared(other, gtrid)
    assert (found.format_id, found.gtrid, found.bqual) == (7, gtrid, "branch")
    assert found.database == conn.info.dbname
    assert found.owner == conn.info.user
    assert found.prepared is not None
    await conn.tpc_commit()
    assert await count(other, table) == 1
    assert await prepared(other, gtrid) == []
    assert await count(conn, table) == 1


async def test_roll_back_in_two_phases(
    conn: pgtwin.AsyncConnection[Any],
    other: pgtwin.AsyncConnection[Any],
    table: Identifier,
    gtrid: str,
) -> None:
    await conn.tpc_begin(gtrid)
    await insert(conn, table)
    await conn.tpc_prepare()
    (found,) = await prepared(other, gtrid)
    assert (found.format_id, found.bqual) == (None, None)
    await conn.tpc_rollback()
    assert await prepared(other, gtrid) == []
    assert await count(other, table) == 0
    assert await count(conn, table) == 0


@pytest.mark.parametrize(("action", "expected"), [("commit", 1), ("rollback", 0)])
async def test_one_phase(
    conn: pgtwin.AsyncConnection[Any],
    other: pgtwin.AsyncConnection[Any],
    table: Identifier,
    gtrid: str,
    action: str,
    expected: int,
) -> None:
    await conn.tpc_begin(gtrid)
    await insert(conn, table)
    if action == "commit":
        await conn.tpc_commit()
    else:
        await conn.tpc_rollback()
    assert await count(other, table) == expected
    await conn.execute("SELECT 1")
    await conn.commit()


@pytest.mark.parametrize("action", ["commit", "rollback"])
async def test_not_ended_inside_a_block(
    conn: pgtwin.AsyncConnection[Any],
    other: pgtwin.AsyncConnection[Any],
    table: Identifier,
    gtrid: str,
    action: str,
) -> None:
    await conn.tpc_begin(gtrid)
    async with conn.transaction():
        await insert(conn, table)
        with pytest.raises(e.ProgrammingError, match="transaction\\(\\) block"):
            if action == "commit":
                await conn.tpc_commit()
            else:
                await conn.tpc_rollback()
        assert conn.info.transaction_status.name == "INTRANS"
    await conn.tpc_commit()
    assert await count(other, table) == 1


@pytest.mark.parametrize(("action", "expected"), [("commit", 1), ("rollback", 0)])
async def test_recover(
    dsn: str,
    other: pgtwin.AsyncConnection[Any],
    table: Identifier,
    gtrid: str,
    action: str,
    expected: int,
) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as lost:
        await lost.tpc_begin(lost.xid(1, gtrid, "b"))
        await insert(lost, table)
        await lost.tpc_prepare()
        await lost.close()
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        (xid,) = await prepared(conn, gtrid)
        assert conn.info.transaction_status.name == "IDLE"
        if action == "commit":
            await conn.tpc_commit(xid)
        else:
            await conn.tpc_rollback(str(xid))
    assert await count(other, table) == expected


async def test_recover_in_transaction(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.execute("SELECT 1")
    await conn.tpc_recover()
    assert conn.info.transaction_status.name == "INTRANS"


async def test_characteristics(conn: pgtwin.AsyncConnection[Any], gtrid: str) -> None:
    await conn.set_read_only(True)
    await conn.tpc_begin(gtrid)
    with pytest.raises(e.ReadOnlySqlTransaction):
        await conn.execute("CREATE TABLE never (id int)")
    await conn.tpc_rollback()


async def test_not_in_autocommit(
    other: pgtwin.AsyncConnection[Any], gtrid: str
) -> None:
    with pytest.raises(e.ProgrammingError, match="autocommit"):
        await other.tpc_begin(gtrid)
    assert await other.execute("SELECT 1")


async def test_not_inside_transactions(
    conn: pgtwin.AsyncConnection[Any], gtrid: str
) -> None:
    await conn.execute("SELECT 1")
    with pytest.raises(e.ProgrammingError, match="INTRANS"):
        await conn.tpc_begin(gtrid)
    await conn.rollback()
    async with conn.transaction():
        with pytest.raises(e.ProgrammingError, match="block"):
            await conn.tpc_begin(gtrid)
    await conn.tpc_begin(gtrid)
    with pytest.raises(e.ProgrammingError, match="two-phase"):
        await conn.tpc_begin(gtrid)
    with pytest.raises(e.ProgrammingError, match="two-phase"):
        await conn.commit()
    with pytest.raises(e.ProgrammingError, match="two-phase"):
        await conn.rollback()
    with pytest.raises(e.ProgrammingError, match="two-phase"):
        await conn.set_autocommit(True)
    with pytest.raises(e.ProgrammingError, match="inside"):
        await conn.tpc_commit(gtrid)
    await conn.tpc_rollback()


async def test_savepoint(
    conn: pgtwin.AsyncConnection[Any],
    other: pgtwin.AsyncConnection[Any],
    table: Identifier,
    gtrid: str,
) -> None:
    await conn.tpc_begin(gtrid)
    async with conn.transaction():
        await insert(conn, table)
    async with conn.transaction(force_rollback=True):
        await insert(conn, table)
    await conn.tpc_prepare()
    await conn.tpc_commit()
    assert await count(other, table) == 1


async def test_tpc_methods_without_tpc_begin(conn: pgtwin.AsyncConnection[Any]) -> None:
    with pytest.raises(e.ProgrammingError, match="tpc_begin"):
        await conn.tpc_prepare()
    with pytest.raises(e.ProgrammingError, match="tpc_begin"):
        await conn.tpc_commit()
    with pytest.raises(e.ProgrammingError, match="tpc_begin"):
        await conn.tpc_rollback()


async def test_prepared(conn: pgtwin.AsyncConnection[Any], gtrid: str) -> None:
    await conn.tpc_begin(gtrid)
    await conn.tpc_prepare()
    with pytest.raises(e.ProgrammingError, match="prepared already"):
        await conn.tpc_prepare()
    with pytest.raises(e.ProgrammingError, match="tpc_commit"):
        await conn.execute("SELECT 1")
    with pytest.raises(e.ProgrammingError, match="cancelled"):
        conn.cancel()
    with pytest.raises(e.ProgrammingError, match="cancelled"):
        await conn.cancel_safe()
    with pytest.raises(e.ProgrammingError, match="two-phase"):
        async with conn.transaction():
            pytest.fail("a transaction between two phases")
    await conn.tpc_rollback()
    await conn.execute("SELECT 1")


async def test_failed_to_prepare(
    dsn: str, conn: pgtwin.AsyncConnection[Any], gtrid: str
) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as first:
        await first.tpc_begin(gtrid)
        await first.tpc_prepare()
        await conn.tpc_begin(gtrid)
        with pytest.raises(e.DuplicateObject):
            await conn.tpc_prepare()
        with pytest.raises(e.ProgrammingError, match="rolled"):
            await conn.tpc_commit()
        await conn.execute("SELECT 1")
        await conn.rollback()
        await first.tpc_rollback()


@pytest.fixture
async def slow(
    other: pgtwin.AsyncConnection[Any], table: Identifier
) -> AsyncIterator[None]:
    """Let what inserts into the table wait when it is prepared."""
    await other.execute(
        SQL(
            "CREATE FUNCTION {0}() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN PERFORM pg_sleep(120); RETURN NULL; END'; "
            "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON {0} DEFERRABLE "
            "INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {0}()"
        ).format(table)
    )
    yield
    await other.execute(SQL("DROP FUNCTION {} CASCADE").format(table))


async def begin_slow(
    conn: pgtwin.AsyncConnection[Any], table: Identifier, gtrid: str
) -> None:
    """Begin what is interrupted when it is prepared."""
    await conn.tpc_begin(gtrid)
    await insert(conn, table)
    conn.command_timeout = 0.3
    with pytest.raises(pgtwin.OperationTimeout):
        await conn.tpc_prepare()
    conn.command_timeout = None


@pytest.mark.usefixtures("slow")
async def test_interrupted(
    conn: pgtwin.AsyncConnection[Any],
    other: pgtwin.AsyncConnection[Any],
    table: Identifier,
    gtrid: str,
) -> None:
    await begin_slow(conn, table, gtrid)
    await conn.tpc_rollback()
    assert await count(conn, table) == 0
    conn.add_query_hook(lambda event: None)
    await begin_slow(conn, table, gtrid)
    with pytest.raises(e.ProgrammingError, match="rolled"):
        await conn.tpc_commit()
    assert await count(conn, table) == 0
    assert await prepared(other, gtrid) == []


@pytest.mark.usefixtures("slow")
async def test_interrupted_with_another_of_that_name(
    conn: pgtwin.AsyncConnection[Any],
    other: pgtwin.AsyncConnection[Any],
    table: Identifier,
    gtrid: str,
    dsn: str,
) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as first:
        await first.tpc_begin(gtrid)
        await first.tpc_prepare()
        await begin_slow(conn, table, gtrid)
        await conn.tpc_rollback()
        assert len(await prepared(other, gtrid)) == 1
        await first.tpc_commit()


@pytest.mark.usefixtures("slow")
async def test_interrupted_in_a_pipeline(
    conn: pgtwin.AsyncConnection[Any],
    other: pgtwin.AsyncConnection[Any],
    table: Identifier,
    gtrid: str,
) -> None:
    async with conn.pipeline():
        await begin_slow(conn, table, gtrid)
    await conn.tpc_rollback()
    assert await count(conn, table) == 0
    assert await prepared(other, gtrid) == []


# twingen: async-only
async def test_cancelled_at_every_step(
    conn: pgtwin.AsyncConnection[Any],
    other: pgtwin.AsyncConnection[Any],
    table: Identifier,
    gtrid: str,
) -> None:
    interrupted = 0
    for turns in range(12):
        await conn.tpc_begin(gtrid)
        await insert(conn, table)
        task = asyncio.create_task(conn.tpc_prepare())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            interrupted += 1
        await conn.tpc_rollback()
        assert await prepared(other, gtrid) == []
        assert await count(conn, table) == 0
    assert interrupted


async def test_failed_statement(
    conn: pgtwin.AsyncConnection[Any],
    other: pgtwin.AsyncConnection[Any],
    gtrid: str,
) -> None:
    await conn.tpc_begin(gtrid)
    with pytest.raises(e.DivisionByZero):
        await conn.execute("SELECT 1/0")
    with pytest.raises(e.ProgrammingError, match="nothing was prepared"):
        await conn.tpc_prepare()
    assert await prepared(other, gtrid) == []
    await conn.tpc_rollback()
    await conn.execute("SELECT 1")


async def test_unknown_xid(conn: pgtwin.AsyncConnection[Any], gtrid: str) -> None:
    with pytest.raises(e.UndefinedObject):
        await conn.tpc_commit(gtrid)
    await conn.tpc_begin(gtrid)
    await conn.tpc_rollback()


@pytest.mark.parametrize(
    "parts", [(-1, "g", "b"), (0x80000000, "g", "b"), (1, "g" * 65, "b")]
)
async def test_bad_xid(
    conn: pgtwin.AsyncConnection[Any], parts: tuple[int, str, str]
) -> None:
    with pytest.raises(ValueError, match=r"format_id|gtrid"):
        conn.xid(*parts)


async def test_quotes(
    conn: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any], gtrid: str
) -> None:
    gtrid = f"it's \\ {gtrid}"
    await conn.tpc_begin(gtrid)
    await conn.tpc_prepare()
    assert len(await prepared(other, gtrid)) == 1
    await conn.tpc_rollback()


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
async def test_name_beyond_ascii(
    conn: pgtwin.AsyncConnection[Any],
    other: pgtwin.AsyncConnection[Any],
    gtrid: str,
    encoding: str,
) -> None:
    await conn.execute(SQL("SET client_encoding TO {}").format(encoding))
    await conn.commit()
    gtrid = f"é {gtrid}"
    await conn.tpc_begin(gtrid)
    await conn.tpc_prepare()
    assert len(await prepared(other, gtrid)) == 1
    await conn.tpc_rollback()
