"""Connections for replication, which have the simple query protocol only."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

import pgtwin
from pgtwin import errors as e, pq
from pgtwin.conninfo import conninfo_to_dict
from pgtwin.core import prepared_statements
from pgtwin.core.connecting import hosts

ACTIVE = pq.TransactionStatus.ACTIVE
IDLE = pq.TransactionStatus.IDLE
COPY_BOTH = pq.ExecStatus.COPY_BOTH

Connection = pgtwin.AsyncConnection[Any]


@pytest.fixture
async def walsender(tcp_dsn: str) -> AsyncIterator[Connection]:
    """A connection for replication, in a database."""
    async with pgtwin.AsyncConnection.connect(
        tcp_dsn, replication="database", autocommit=True
    ) as conn:
        yield conn


async def start(conn: Connection) -> pgtwin.AsyncCursor[Any]:
    """Begin to replicate."""
    cur = await conn.execute("IDENTIFY_SYSTEM")
    row = await cur.fetchone()
    assert row is not None
    return await conn.execute(f"START_REPLICATION PHYSICAL {row[2]}".encode())


def end(conn: Connection) -> None:
    """End a replication with libpq's own functions, which wait here."""
    pgconn = conn.pgconn
    pgconn.nonblocking = 0
    pgconn.put_copy_end()
    while pgconn.get_copy_data(0)[0] > 0:
        pass
    while pgconn.get_result() is not None:
        pass
    pgconn.nonblocking = 1


@pytest.mark.parametrize("replication", ["database", "true", "on", "YES", "1"])
async def test_walsender_prepares_nothing(tcp_dsn: str, replication: str) -> None:
    async with pgtwin.AsyncConnection.connect(
        tcp_dsn, replication=replication, autocommit=True
    ) as conn:
        for _ in range(8):
            cur = await conn.execute("SHOW server_version")
            assert len(await cur.fetchall()) == 1
        # Nothing is prepared there, whatever is asked for.
        cur = await conn.execute("SHOW server_version", prepare=True)
        assert len(await cur.fetchall()) == 1


async def test_often_with_many_rows(walsender: Connection) -> None:
    for _ in range(8):
        cur = await walsender.execute("SELECT * FROM generate_series(1, 2000)")
        assert (await cur.fetchall())[-1] == (2000,)


async def test_often_in_transactions(tcp_dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(tcp_dsn, replication="database") as conn:
        for _ in range(8):
            cur = await conn.execute("SELECT 1")
            assert await cur.fetchone() == (1,)
        await conn.commit()
        for _ in range(8):
            async with conn.transaction():
                await conn.execute("SELECT 2")


async def test_walsender_of_a_service_prepares_nothing(
    tcp_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    params = {**conninfo_to_dict(tcp_dsn), "replication": "database"}
    lines = [f"{name}={value}" for name, value in params.items()]
    service = tmp_path / "services.conf"
    service.write_text("\n".join(["[wal]", *lines, ""]))
    monkeypatch.setenv("PGSERVICEFILE", str(service))
    async with pgtwin.AsyncConnection.connect("service=wal", autocommit=True) as conn:
        for _ in range(8):
            await conn.execute("SELECT 1")


@pytest.mark.parametrize("replication", ["false", "off", "NO", "0", ""])
async def test_no_replication(tcp_dsn: str, replication: str) -> None:
    async with pgtwin.AsyncConnection.connect(
        tcp_dsn, replication=replication, autocommit=True
    ) as conn:
        for _ in range(8):
            await conn.execute("SELECT 'prepared'")
        cur = await conn.execute("SELECT count(*) FROM pg_prepared_statements")
        assert await cur.fetchone() == (1,)


@pytest.mark.parametrize("value", ["t", "Y", "tru", "database", "other"])
def test_what_is_replication(value: str) -> None:
    assert hosts.is_replication({"replication": value})


async def test_refused_when_prepared(walsender: Connection) -> None:
    # A server that does not tell before: what was the driver's idea fails nothing.
    walsender._session.prepared.supported = True
    for _ in range(8):
        cur = await walsender.execute("SELECT 3")
        assert await cur.fetchone() == (3,)
    assert not walsender._session.prepared.supported


async def test_refused_when_asked_to_prepare(walsender: Connection) -> None:
    walsender._session.prepared.supported = True
    with pytest.raises(e.ProtocolViolation):
        await walsender.execute("SELECT 3", prepare=True)
    assert walsender.info.transaction_status == IDLE


async def test_refused_in_a_transaction(walsender: Connection) -> None:
    for _ in range(5):
        walsender._session.prepared.supported = True
        await walsender.execute("SELECT 4")
    with pytest.raises(e.ProtocolViolation):
        async with walsender.transaction():
            await walsender.execute("SELECT 4")
    assert walsender.info.transaction_status == IDLE


async def test_error_of_a_statement_is_no_refusal(tcp_dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(tcp_dsn, autocommit=True) as conn:
        await conn.execute("CREATE TEMP TABLE gone (x int)")
        for _ in range(5):
            await conn.execute("SELECT * FROM gone")
        await conn.execute("DROP TABLE gone")
        with pytest.raises(e.UndefinedTable):
            await conn.execute("SELECT * FROM gone")
        assert conn._session.prepared.supported


def test_console_of_a_pooler() -> None:
    assert prepared_statements.is_console(b"1.18.0/bouncer")
    assert not prepared_statements.is_console(b"18.0 (Debian 18.0-1)")
    assert not prepared_statements.is_console(None)


async def test_start_replication(walsender: Connection) -> None:
    cur = await start(walsender)
    assert cur.pgresult is not None
    assert cur.pgresult.status == COPY_BOTH
    assert cur.rowcount == -1
    assert not walsender.closed
    assert not walsender.broken
    assert walsender.info.transaction_status == ACTIVE
    with pytest.raises(e.ProgrammingError):
        await cur.fetchall()
    # The server asks for a sign of life, or says how far it is: both within its bounds.
    pgconn = walsender.pgconn
    status = b"r" + bytes(32) + b"\1"
    assert pgconn.put_copy_data(status) == 1
    pgconn.nonblocking = 0
    size, data = pgconn.get_copy_data(0)
    assert size > 0
    assert data is not None
    assert bytes(data[:1]) in (b"k", b"w")
    pgconn.nonblocking = 1
    await walsender.close()
    assert walsender.closed


async def test_other_operations_while_replicating(walsender: Connection) -> None:
    await start(walsender)
    attempted: list[Callable[[], Any]] = [
        lambda: walsender.execute("SELECT 1"),
        walsender.commit,
        walsender.rollback,
        lambda: walsender.cursor().executemany("SELECT %s", [(1,)]),
        walsender.transaction().__aenter__,
    ]
    for attempt in attempted:
        with pytest.raises(e.OperationalError, match="replicating"):
            await attempt()
        assert not walsender.closed
        assert walsender.info.transaction_status == ACTIVE
    started = time.monotonic()
    await walsender.close()
    assert time.monotonic() - started < 60


async def test_usable_after_replication(walsender: Connection) -> None:
    for number in range(8):
        await start(walsender)
        end(walsender)
        assert walsender.info.transaction_status == IDLE
        cur = await walsender.execute(f"SELECT {number}".encode())
        assert await cur.fetchone() == (number,)


async def test_start_that_is_refused(walsender: Connection) -> None:
    with pytest.raises(e.Error) as caught:
        await walsender.execute("START_REPLICATION SLOT no_such PHYSICAL 0/0")
    assert caught.value.sqlstate == "42704"
    assert walsender.info.transaction_status == IDLE
    await walsender.execute("SELECT 1")


async def test_start_as_copy(walsender: Connection) -> None:
    with pytest.raises(e.ProgrammingError):
        async with walsender.cursor().copy("START_REPLICATION PHYSICAL 0/1000000"):
            pytest.fail("no COPY has begun")


async def test_leave_a_block_while_replicating(tcp_dsn: str) -> None:
    conn: Connection = await pgtwin.AsyncConnection.connect(
        tcp_dsn, replication="database", autocommit=True
    )
    with pytest.raises(e.OperationalError, match="replicating"):
        async with conn:
            await start(conn)
    assert conn.closed
