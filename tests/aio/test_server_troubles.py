"""The server is in trouble: it crashes, is full, forbids, or says very much."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg.conninfo import make_conninfo

import pgtwin
from pgtwin import errors as e
from tests.aio.support.session_activity import until_sessions, until_sleeping
from tests.support.embedded_server import running_server

DEADLINE = 60

Usable = Callable[[pgtwin.AsyncConnection[Any]], Awaitable[None]]


@pytest.fixture
def own_dsn() -> Iterator[str]:
    """Conninfo of a server that only one test uses."""
    if os.environ.get("PGTWIN_TEST_DSN"):
        pytest.skip("needs a server of its own")
    with running_server() as conninfo:
        yield conninfo


async def test_server_crashes_and_comes_back(own_dsn: str) -> None:
    conn = await pgtwin.AsyncConnection.connect(own_dsn)
    other = await pgtwin.AsyncConnection.connect(own_dsn, autocommit=True)
    task = asyncio.create_task(conn.execute("SELECT pg_sleep(120)"))
    await until_sleeping(other, conn.info.backend_pid)
    os.kill(other.info.backend_pid, signal.SIGKILL)
    # The other processes are told to end at once, and to say so if they can.
    with pytest.raises(e.OperationalError):
        await task
    assert conn.broken
    with pytest.raises(e.OperationalError):
        await other.execute("SELECT 1")
    assert other.broken
    deadline = time.monotonic() + DEADLINE
    again = None
    while again is None:
        try:
            again = await pgtwin.AsyncConnection.connect(own_dsn)
        except e.OperationalError:
            assert time.monotonic() < deadline, "the server does not come back"
            await asyncio.sleep(0.1)
    cur = await again.execute("SELECT 1")
    assert await cur.fetchone() == (1,)
    await again.close()
    await conn.close()
    await other.close()


async def test_server_shuts_down_at_once() -> None:
    if os.environ.get("PGTWIN_TEST_DSN"):
        pytest.skip("needs a server of its own")
    with running_server() as dsn:
        conn = await pgtwin.AsyncConnection.connect(dsn)
        task = asyncio.create_task(conn.execute("SELECT pg_sleep(120)"))
        async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as other:
            await until_sleeping(other, conn.info.backend_pid)
    with pytest.raises(e.OperationalError):
        await task
    assert conn.broken
    await conn.close()
    with pytest.raises(e.OperationalError):
        await pgtwin.AsyncConnection.connect(dsn)


def _has_pending(pid: int, signum: int) -> bool:
    """Return whether a process, which stands still, will be given a signal."""
    status = Path(f"/proc/{pid}/status").read_text()
    masks = re.findall(r"^(?:SigPnd|ShdPnd):\s*(\w+)$", status, re.M)
    return any(int(mask, 16) >> (signum - 1) & 1 for mask in masks)


@pytest.mark.skipif(sys.platform != "linux", reason="looks at signals as Linux does")
async def test_request_to_cancel_overtakes_the_statement(
    own_dsn: str, usable: Usable
) -> None:
    async def sleep() -> None:
        with pytest.raises(pgtwin.OperationTimeout):
            await conn.execute("SELECT pg_sleep(120)", timeout=0.3)

    async with pgtwin.AsyncConnection.connect(own_dsn) as conn:
        await conn.execute("SELECT 1")
        pid = conn.info.backend_pid
        deadline = time.monotonic() + DEADLINE
        os.kill(pid, signal.SIGSTOP)
        try:
            task = asyncio.create_task(sleep())
            # Whoever else stops processes may let it go on: `tests/stalls.py`.
            while not (task.done() or _has_pending(pid, signal.SIGINT)):
                assert time.monotonic() < deadline, "no request to cancel"
                os.kill(pid, signal.SIGSTOP)
                await asyncio.sleep(0.01)
        finally:
            os.kill(pid, signal.SIGCONT)
        # The server's process ignores it, and then begins with the statement.
        await task
        await usable(conn)


async def test_idle_too_long_in_a_transaction(
    dsn: str, other: pgtwin.AsyncConnection[Any]
) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        pid = conn.info.backend_pid
        await conn.execute("SET idle_in_transaction_session_timeout = 100")
        await until_sessions(other, 0, "pid = %s", pid)
        with pytest.raises(e.IdleInTransactionSessionTimeout):
            await conn.execute("SELECT 1")
        assert conn.broken


async def test_too_many_connections(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as admin:
        await admin.execute("DROP ROLE IF EXISTS pgtwin_crowd")
        await admin.execute("CREATE ROLE pgtwin_crowd LOGIN CONNECTION LIMIT 1")
        crowded = make_conninfo(dsn, user="pgtwin_crowd")
        try:
            async with pgtwin.AsyncConnection.connect(crowded):
                with pytest.raises(e.OperationalError, match="too many connections"):
                    await pgtwin.AsyncConnection.connect(crowded)
        finally:
            await until_sessions(admin, 0, "usename = %s", "pgtwin_crowd")
            await admin.execute("DROP ROLE pgtwin_crowd")


async def test_read_only_as_on_a_standby(
    conn: pgtwin.AsyncConnection[Any], usable: Usable
) -> None:
    await conn.execute("SET TRANSACTION READ ONLY")
    with pytest.raises(e.ReadOnlySqlTransaction, match="read-only"):
        await conn.execute("CREATE TABLE never (n int)")
    await usable(conn)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("53100", e.DiskFull),
        ("53200", e.OutOfMemory),
        ("58030", e.IoError),
        ("XX001", e.DataCorrupted),
        ("40001", e.SerializationFailure),
        ("57P05", e.IdleSessionTimeout),
    ],
)
async def test_condition_of_the_server(
    conn: pgtwin.AsyncConnection[Any],
    usable: Usable,
    code: str,
    error: type[e.Error],
) -> None:
    with pytest.raises(error, match="as if") as caught:
        raising = f"RAISE EXCEPTION 'as if' USING ERRCODE = '{code}'"
        await conn.execute(f"DO $$ BEGIN {raising}; END $$".encode())
    assert caught.value.sqlstate == code
    await usable(conn)


async def test_temporary_files_are_limited(
    conn: pgtwin.AsyncConnection[Any], usable: Usable
) -> None:
    await conn.execute("SET temp_file_limit = '1MB'; SET work_mem = '64kB'")
    with pytest.raises(e.ConfigurationLimitExceeded):
        await conn.execute(
            "SELECT count(*) FROM (SELECT repeat('x', 100), n"
            " FROM generate_series(1, 200000) AS n ORDER BY 1, 2 OFFSET 1) AS s"
        )
    await usable(conn)


async def test_very_long_message(
    conn: pgtwin.AsyncConnection[Any], usable: Usable
) -> None:
    with pytest.raises(e.RaiseException) as caught:
        await conn.execute(
            "DO $$ BEGIN RAISE EXCEPTION '%', repeat('x', 10000000); END $$"
        )
    assert len(str(caught.value)) > 10_000_000
    await usable(conn)


async def _drop(admin: pgtwin.AsyncConnection[Any], database: str) -> None:
    # The server itself waits five seconds for sessions that are about to end.
    await until_sessions(admin, 0, "datname = %s", database)
    await admin.execute(f"DROP DATABASE {database}".encode())


ENCODINGS = {"LATIN1": "é", "EUC_JP": "日本", "SQL_ASCII": "é", "WIN1251": "Ж"}


@pytest.fixture(params=ENCODINGS)
async def encoded(dsn: str, request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    """A database in another encoding, and text that it can hold."""
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as admin:
        await admin.execute("DROP DATABASE IF EXISTS pgtwin_encoded")
        await admin.execute(
            f"CREATE DATABASE pgtwin_encoded ENCODING '{request.param}'"
            " TEMPLATE template0 LOCALE 'C'".encode()
        )
        try:
            where = make_conninfo(dsn, dbname="pgtwin_encoded")
            yield where, ENCODINGS[request.param]
        finally:
            await _drop(admin, "pgtwin_encoded")


async def test_other_encodings_of_the_server(encoded: Any, usable: Usable) -> None:
    where, text = encoded
    async with pgtwin.AsyncConnection.connect(where, client_encoding="UTF8") as conn:
        cur = await conn.execute("SELECT %s::text, %s::text", (text, "ascii"))
        assert await cur.fetchone() == (text, "ascii")
        with pytest.raises(e.RaiseException, match=text):
            await conn.execute(f"DO $$ BEGIN RAISE EXCEPTION '{text}'; END $$".encode())
        await usable(conn)


async def test_bytes_that_are_no_text(dsn: str) -> None:
    # With SQL_ASCII there is no encoding: an error may hold any bytes.
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as admin:
        await admin.execute("DROP DATABASE IF EXISTS pgtwin_ascii")
        await admin.execute(
            "CREATE DATABASE pgtwin_ascii ENCODING 'SQL_ASCII' TEMPLATE template0"
            " LOCALE 'C'"
        )
        where = make_conninfo(dsn, dbname="pgtwin_ascii", client_encoding="SQL_ASCII")
        async with pgtwin.AsyncConnection.connect(where) as conn:
            with pytest.raises(e.RaiseException, match="bad"):
                await conn.execute(b"DO $$ BEGIN RAISE EXCEPTION 'bad \xff'; END $$")
        await _drop(admin, "pgtwin_ascii")
