"""The bytes of one long conversation, as libpq has traced them.

Both twins are held to the same stored trace: see `tests/parity/golden`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

import pgtwin
from pgtwin import IsolationLevel, Rollback, errors as e
from pgtwin.pq import Trace


async def converse(conn: pgtwin.AsyncConnection[Any]) -> None:
    """Do a little of everything that can be done with a connection."""
    await conn.execute("CREATE TEMP TABLE things (id int PRIMARY KEY, name text)")
    cur = conn.cursor()
    await cur.execute("INSERT INTO things VALUES (%s, %s)", (1, "one"))
    await cur.executemany(
        "INSERT INTO things VALUES (%(id)s, %(name)s)",
        [{"id": 2, "name": "two"}, {"id": 3, "name": None}],
    )
    await conn.commit()
    await cur.execute("SELECT 1; SELECT 2")
    await conn.rollback()
    async with conn.transaction():
        await cur.execute("SELECT * FROM things ORDER BY id", binary=True)
        with pytest.raises(e.UniqueViolation):
            async with conn.transaction():
                await cur.execute("INSERT INTO things VALUES (1, 'again')")
        async with conn.transaction("point"):
            raise Rollback
    conn.prepare_threshold = 1
    conn.prepared_max = 1
    for number in range(3):
        await conn.execute("SELECT name FROM things WHERE id = %s", (number,))
    await conn.execute("SELECT %b", ("evicts the other",), prepare=True)
    await conn.commit()
    await converse_by_other_cursors(conn)
    await conn.set_isolation_level(IsolationLevel.SERIALIZABLE)
    await conn.set_read_only(True)
    with pytest.raises(e.ReadOnlySqlTransaction):
        await conn.execute("CREATE TABLE more_things (id int)")
    await conn.rollback()
    await conn.set_autocommit(True)
    await conn.execute("")
    await conn.execute("LISTEN mychan")
    await conn.execute("NOTIFY mychan, 'hello'")
    async for notification in conn.notifies(timeout=60, stop_after=1):
        await conn.execute("SELECT %s", (notification.payload,))
    await conn.set_read_only(None)
    await conn.set_autocommit(False)
    async with cur.copy("COPY things FROM STDIN") as copy:
        await copy.write("10\tten\n")
        await copy.write_rows([(11, "eleven"), (12, None)])
    async with cur.copy("COPY things TO STDOUT (FORMAT binary)") as copy:
        copy.set_types(["int4", "text"])
        assert len([row async for row in copy.rows()]) >= 3
    with pytest.raises(ZeroDivisionError):
        async with cur.copy("COPY things FROM STDIN"):
            raise ZeroDivisionError("in the block")
    await conn.rollback()
    await conn.copy_records("things", ["id"], [(20,), (21,)])
    async with conn.pipeline() as pipeline:
        await cur.execute("SELECT %s::int", (1,))
        assert await cur.fetchone() == (1,)
        async with conn.transaction():
            await cur.execute("SELECT 2")
        await pipeline.sync()
    with pytest.raises(e.DivisionByZero):
        async with conn.pipeline():
            await cur.execute("SELECT 1 / 0")
            await cur.execute("SELECT 1")
    await conn.rollback()
    await conn.set_autocommit(True)
    await conn.execute("DO $$BEGIN RAISE NOTICE 'by the way'; END$$")


async def converse_by_other_cursors(conn: pgtwin.AsyncConnection[Any]) -> None:
    client = pgtwin.AsyncClientCursor(conn)
    await client.execute("SET LOCAL statement_timeout TO %s", ("60s",))
    await client.executemany("SELECT %s", [(1,), (None,)])
    await pgtwin.AsyncRawCursor(conn).execute("SELECT $1::int % 2", (3,))
    async for row in client.stream("SELECT %s, name FROM things", (1,)):
        assert row[0] == 1
    async for row in conn.cursor().stream("SELECT 1, 2", binary=True):
        assert row == (1, 2)
    async with conn.cursor("curs", scrollable=True, binary=True) as cur:
        cur.itersize = 2
        await cur.execute("SELECT id FROM things WHERE id < %s ORDER BY id", (9,))
        assert len([row async for row in cur]) == 3
        await cur.scroll(-2)
        await cur.fetchone()
        await cur.scroll(0, mode="absolute")
        await cur.fetchall()
    await conn.execute("DECLARE theirs CURSOR FOR SELECT 1")
    async with conn.cursor("theirs") as cur:
        await cur.fetchmany(2)
    await conn.commit()


async def converse_in_two_phases(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.tpc_begin(conn.xid(1, "golden", "trace"))
    await conn.execute("SELECT 1")
    await conn.tpc_prepare()
    await conn.tpc_rollback()
    await conn.tpc_begin("golden trace")
    await conn.execute("SELECT 1")
    await conn.tpc_commit()
    with pytest.raises(e.UndefinedObject):
        await conn.tpc_commit("golden trace")


async def test_conversation(
    dsn: str, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    await compare(converse, "conversation", dsn, tmp_path, pytestconfig)


async def test_two_phase_conversation(
    dsn: str, two_phase: None, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    await compare(converse_in_two_phases, "two_phase", dsn, tmp_path, pytestconfig)


async def compare(
    scenario: Callable[[pgtwin.AsyncConnection[Any]], Awaitable[None]],
    name: str,
    dsn: str,
    tmp_path: Path,
    pytestconfig: pytest.Config,
) -> None:
    """Hold the trace of a scenario to the stored one."""
    golden = pytestconfig.rootpath / f"tests/parity/golden/{name}.trace"
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        with (tmp_path / "trace").open("w") as trace:
            conn.pgconn.trace(trace.fileno())
            conn.pgconn.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS | Trace.REGRESS_MODE)
            await scenario(conn)
            conn.pgconn.untrace()
    # The number of the schema for temporary tables is the server's choice, and what
    # the names of prepared statements begin with is the client's.
    varying = r"(?<=pg_temp_)\d+|(?<=pgtwin_)[0-9a-f]{12}"
    text = re.sub(varying, "N", (tmp_path / "trace").read_text())
    found = text.splitlines()
    if os.environ.get("PGTWIN_WRITE_GOLDEN"):
        golden.write_text("".join(f"{line}\n" for line in found))
    assert found == golden.read_text().splitlines(), (
        "the driver talks differently with the server; if that is wanted, run this "
        "test with PGTWIN_WRITE_GOLDEN=1 and commit what changes"
    )
