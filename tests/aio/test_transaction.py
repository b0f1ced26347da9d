"""Transactions: by hand, as blocks, as savepoints; their characteristics."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

import pgtwin
from pgtwin import IsolationLevel, Rollback, errors as e
from pgtwin.pq import TransactionStatus


@pytest.fixture
async def table(other: pgtwin.AsyncConnection[Any]) -> AsyncIterator[str]:
    """A table that every session sees."""
    await other.execute("CREATE TABLE marks (mark text PRIMARY KEY)")
    try:
        yield "marks"
    finally:
        await other.execute("DROP TABLE marks")


async def mark(conn: pgtwin.AsyncConnection[Any], text: str) -> None:
    await conn.execute("INSERT INTO marks VALUES (%s)", (text,))


async def marks(conn: pgtwin.AsyncConnection[Any]) -> list[str]:
    cur = await conn.execute("SELECT mark FROM marks ORDER BY mark")
    return [text async for (text,) in cur]


def status(conn: pgtwin.AsyncConnection[Any]) -> TransactionStatus:
    return conn.info.transaction_status


pytestmark = pytest.mark.usefixtures("table")


async def test_commit(
    conn: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    await mark(conn, "a")
    assert status(conn) == TransactionStatus.INTRANS
    assert await marks(other) == []
    await conn.commit()
    assert status(conn) == TransactionStatus.IDLE
    assert await marks(other) == ["a"]


async def test_rollback(
    conn: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    await mark(conn, "a")
    await conn.rollback()
    assert status(conn) == TransactionStatus.IDLE
    assert await marks(other) == []


async def test_commit_and_rollback_without_transaction(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    await conn.commit()
    await conn.rollback()
    assert status(conn) == TransactionStatus.IDLE


async def test_rollback_after_error(conn: pgtwin.AsyncConnection[Any]) -> None:
    with pytest.raises(e.SyntaxError):
        await conn.execute("nonsense")
    assert status(conn) == TransactionStatus.INERROR
    await conn.rollback()
    await mark(conn, "a")
    assert await marks(conn) == ["a"]


async def test_left_normally_commits(
    dsn: str, other: pgtwin.AsyncConnection[Any]
) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        await mark(conn, "a")
    assert conn.closed
    assert await marks(other) == ["a"]


async def test_left_by_error_rolls_back(
    dsn: str, other: pgtwin.AsyncConnection[Any]
) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn)
    with pytest.raises(ZeroDivisionError):
        async with conn:
            await mark(conn, "a")
            raise ZeroDivisionError
    assert conn.closed
    assert await marks(other) == []


async def test_left_by_error_of_commit(
    dsn: str, other: pgtwin.AsyncConnection[Any]
) -> None:
    await other.execute(
        "ALTER TABLE marks ADD CHECK (mark <> 'x'), ADD other text "
        "REFERENCES marks DEFERRABLE INITIALLY DEFERRED"
    )
    conn = await pgtwin.AsyncConnection.connect(dsn)
    with pytest.raises(e.ForeignKeyViolation):
        async with conn:
            await conn.execute("INSERT INTO marks VALUES ('a', 'missing')")
    assert conn.closed
    assert await marks(other) == []


async def test_close_in_block(dsn: str, other: pgtwin.AsyncConnection[Any]) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        await mark(conn, "a")
        await conn.close()
    assert conn.closed
    assert await marks(other) == []


async def test_autocommit(
    conn: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    assert conn.autocommit is False
    await conn.set_autocommit(True)
    assert conn.autocommit is True
    await mark(conn, "a")
    assert status(conn) == TransactionStatus.IDLE
    assert await marks(other) == ["a"]
    await conn.set_autocommit(False)
    await mark(conn, "b")
    assert status(conn) == TransactionStatus.INTRANS


async def test_autocommit_in_transaction(conn: pgtwin.AsyncConnection[Any]) -> None:
    await mark(conn, "a")
    with pytest.raises(e.ProgrammingError, match="INTRANS"):
        await conn.set_autocommit(True)
    assert conn.autocommit is False
    await conn.rollback()
    await conn.set_autocommit(True)
    async with conn.transaction():
        with pytest.raises(e.ProgrammingError):
            await conn.set_autocommit(False)
    assert conn.autocommit is True


# twingen: async-only
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("autocommit", True),
        ("isolation_level", IsolationLevel.SERIALIZABLE),
        ("read_only", True),
        ("deferrable", True),
    ],
)
async def test_assignment_is_refused(
    conn: pgtwin.AsyncConnection[Any], name: str, value: Any
) -> None:
    before = getattr(conn, name)
    with pytest.raises(AttributeError, match=rf"set_{name}\("):
        setattr(conn, name, value)
    assert getattr(conn, name) == before


async def test_transaction(
    conn: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    async with conn.transaction() as block:
        assert block.connection is conn
        assert status(conn) == TransactionStatus.INTRANS
        await mark(conn, "a")
        assert await marks(other) == []
    assert status(conn) == TransactionStatus.IDLE
    assert await marks(other) == ["a"]


async def test_transaction_left_by_error(
    conn: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    with pytest.raises(ZeroDivisionError):
        async with conn.transaction():
            await mark(conn, "a")
            raise ZeroDivisionError
    assert status(conn) == TransactionStatus.IDLE
    assert await marks(other) == []


async def test_transaction_left_by_server_error(
    conn: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    with pytest.raises(e.UniqueViolation):
        async with conn.transaction():
            await mark(conn, "a")
            await mark(conn, "a")
    assert status(conn) == TransactionStatus.IDLE
    assert await marks(other) == []


async def test_transaction_in_autocommit(
    dsn: str, other: pgtwin.AsyncConnection[Any]
) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
        async with conn.transaction():
            await mark(conn, "a")
            assert await marks(other) == []
        await mark(conn, "b")
        assert await marks(other) == ["a", "b"]


async def test_transaction_in_open_transaction(
    conn: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    # A transaction was begun by the first statement: the block is a savepoint in it.
    await mark(conn, "a")
    async with conn.transaction():
        await mark(conn, "b")
    assert status(conn) == TransactionStatus.INTRANS
    assert await marks(other) == []
    await conn.rollback()
    assert await marks(conn) == []


async def test_nested_transaction_block(
    conn: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    async with conn.transaction() as outer:
        await mark(conn, "a")
        async with conn.transaction() as inner:
            await mark(conn, "b")
            assert inner.savepoint_name
        with pytest.raises(e.UniqueViolation):
            async with conn.transaction():
                await mark(conn, "c")
                async with conn.transaction():
                    await mark(conn, "a")
        assert await marks(conn) == ["a", "b"]
        assert not outer.savepoint_name
    assert await marks(other) == ["a", "b"]


async def test_named_savepoint(conn: pgtwin.AsyncConnection[Any]) -> None:
    async with conn.transaction('odd "name"') as outer:
        assert outer.savepoint_name == 'odd "name"'
        await mark(conn, "a")
        async with conn.transaction("second"):
            await mark(conn, "b")
            await conn.execute('ROLLBACK TO "odd ""name"""; SAVEPOINT second')
        assert await marks(conn) == []
    assert "COMMITTED" in repr(outer).upper()


async def test_rollback_exception(
    conn: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    async with conn.transaction():
        await mark(conn, "a")
        raise Rollback()
    assert status(conn) == TransactionStatus.IDLE
    assert await marks(other) == []


async def test_rollback_exception_of_inner_block(
    conn: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    async with conn.transaction():
        await mark(conn, "a")
        async with conn.transaction() as inner:
            await mark(conn, "b")
            raise Rollback(inner)
        await mark(conn, "c")
    assert await marks(other) == ["a", "c"]


async def test_rollback_exception_of_outer_block(
    conn: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    reached = False
    async with conn.transaction() as outer:
        await mark(conn, "a")
        async with conn.transaction():
            await mark(conn, "b")
            raise Rollback(outer)
        reached = True
    assert not reached
    assert await marks(other) == []


async def test_force_rollback(
    conn: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    async with conn.transaction(force_rollback=True):
        await mark(conn, "a")
        async with conn.transaction(force_rollback=True):
            await mark(conn, "b")
        assert await marks(conn) == ["a"]
    assert status(conn) == TransactionStatus.IDLE
    assert await marks(other) == []


async def test_commit_in_block(conn: pgtwin.AsyncConnection[Any]) -> None:
    async with conn.transaction():
        with pytest.raises(e.ProgrammingError, match=r"commit\(\)"):
            await conn.commit()
        with pytest.raises(e.ProgrammingError, match=r"rollback\(\)"):
            await conn.rollback()
        await mark(conn, "a")
    assert await marks(conn) == ["a"]


async def test_block_is_entered_once(conn: pgtwin.AsyncConnection[Any]) -> None:
    block = conn.transaction()
    async with block:
        pass
    with pytest.raises(TypeError):
        async with block:
            pytest.fail("entered a block twice")


async def test_blocks_left_in_wrong_order(conn: pgtwin.AsyncConnection[Any]) -> None:
    outer = conn.transaction()
    inner = conn.transaction()
    await outer.__aenter__()
    await inner.__aenter__()
    with pytest.raises(pgtwin.OutOfOrderTransactionNesting):
        await outer.__aexit__(None, None, None)
    with pytest.raises(pgtwin.OutOfOrderTransactionNesting):
        await inner.__aexit__(None, None, None)
    await conn.close()


@pytest.mark.parametrize("autocommit", [False, True])
async def test_block_in_an_ended_transaction(
    conn: pgtwin.AsyncConnection[Any],
    other: pgtwin.AsyncConnection[Any],
    autocommit: bool,
) -> None:
    await conn.set_autocommit(autocommit)
    for word in ("ROLLBACK", "COMMIT"):
        with pytest.raises(pgtwin.OutOfOrderTransactionNesting, match="ended"):
            async with conn.transaction():
                await conn.execute(word)
                async with conn.transaction():
                    pytest.fail("what is executed here would be committed alone")
        assert conn.info.transaction_status == TransactionStatus.IDLE
        async with conn.transaction():
            await conn.execute(word)
            with pytest.raises(pgtwin.OutOfOrderTransactionNesting):
                async with conn.transaction("sp"):
                    pytest.fail("what is executed here would be committed alone")
        async with conn.transaction(), conn.transaction():
            await mark(conn, "a")
        assert await marks(other) == ["a"]
        await other.execute("DELETE FROM marks")


async def test_close_in_transaction(
    dsn: str, other: pgtwin.AsyncConnection[Any]
) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn)
    async with conn.transaction():
        await mark(conn, "a")
        await conn.close()
    assert conn.closed
    assert await marks(other) == []


async def test_use_after_close_in_transaction(dsn: str) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn)
    calls = (
        *(conn.commit, conn.rollback, conn.tpc_recover),
        *(conn.tpc_prepare, conn.tpc_commit, conn.tpc_rollback),
    )
    async with conn.transaction():
        await conn.close()
        for call in calls:
            with pytest.raises(e.OperationalError, match="is closed"):
                await call()


async def test_swallowed_error(
    conn: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    async with conn.transaction():
        await mark(conn, "a")
        with pytest.raises(e.UniqueViolation):
            await mark(conn, "a")
    # The server turned the commit into a rollback.
    assert status(conn) == TransactionStatus.IDLE
    assert await marks(other) == []


@pytest.mark.parametrize("level", list(IsolationLevel))
async def test_isolation_level(
    conn: pgtwin.AsyncConnection[Any], level: IsolationLevel
) -> None:
    assert conn.isolation_level is None
    await conn.set_isolation_level(level)
    assert conn.isolation_level is level
    expected = level.name.replace("_", " ").lower()
    cur = await conn.execute("SHOW transaction_isolation")
    assert await cur.fetchone() == (expected,)
    await conn.rollback()
    async with conn.transaction():
        cur = await conn.execute("SHOW transaction_isolation")
        assert await cur.fetchone() == (expected,)
    await conn.set_isolation_level(None)
    assert conn.isolation_level is None


async def test_isolation_level_as_number(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.set_isolation_level(4)  # type: ignore[arg-type]
    assert conn.isolation_level is IsolationLevel.SERIALIZABLE
    with pytest.raises(ValueError, match="7"):
        await conn.set_isolation_level(7)  # type: ignore[arg-type]


async def test_read_only(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.set_read_only(True)
    assert conn.read_only is True
    with pytest.raises(e.ReadOnlySqlTransaction):
        await mark(conn, "a")
    await conn.rollback()
    await conn.set_read_only(None)
    await mark(conn, "a")


async def test_deferrable(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.set_deferrable(True)
    assert conn.deferrable is True
    cur = await conn.execute("SHOW transaction_deferrable")
    assert await cur.fetchone() == ("on",)


async def test_characteristics_in_transaction(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    await conn.execute("SELECT 1")
    with pytest.raises(e.ProgrammingError, match="isolation_level"):
        await conn.set_isolation_level(IsolationLevel.SERIALIZABLE)
    with pytest.raises(e.ProgrammingError, match="read_only"):
        await conn.set_read_only(True)
    with pytest.raises(e.ProgrammingError, match="deferrable"):
        await conn.set_deferrable(True)
    assert conn.isolation_level is None
    assert conn.read_only is None
    assert conn.deferrable is None


async def test_pgconn_of_a_transaction_block(conn: pgtwin.AsyncConnection[Any]) -> None:
    async with conn.transaction() as block:
        assert block.pgconn is conn.pgconn
        assert block.connection is conn
