"""What a program does with a connection, for those who disturb it: `tests/trust`.

Whatever becomes of a scenario, all rows with its mark are in the table, or none.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, NamedTuple

from psycopg_pool import AsyncConnectionPool

import pgtwin
from pgtwin import errors as e
from pgtwin.pq import PipelineStatus, TransactionStatus

ROWS = 6
# Seconds that the workers of a pool may take.
PATIENCE = 60.0
INSERT = "INSERT INTO trust_rows VALUES (%s, %s, %s)"
SERIES = "SELECT n, repeat('x', 10) FROM generate_series(1, 30) AS n"

CONNECTION: Any = pgtwin.AsyncConnection


class Stage(NamedTuple):
    """Where a scenario plays."""

    conn: pgtwin.AsyncConnection[Any]
    dsn: str
    mark: int
    pool: AsyncConnectionPool[Any] | None = None


async def connect(stage: Stage) -> None:
    timeout = stage.conn.command_timeout
    async with pgtwin.AsyncConnection.connect(
        stage.dsn, command_timeout=timeout
    ) as conn:
        await conn.execute("SELECT 1")


async def query(stage: Stage) -> None:
    conn = stage.conn
    cur = await conn.execute("SELECT %s::int, %s::text", (stage.mark, "some text"))
    assert await cur.fetchone() == (stage.mark, "some text")
    cur = await conn.execute("SELECT %s::int", (stage.mark,), prepare=True)
    assert await cur.fetchall() == [(stage.mark,)]


async def large_parameter(stage: Stage) -> None:
    cur = await stage.conn.execute("SELECT length(%s)", ("x" * 2_000_000,))
    assert await cur.fetchone() == (2_000_000,)


async def fetch(stage: Stage) -> None:
    async with stage.conn.cursor() as cur:
        await cur.execute("SELECT repeat('x', 1000) FROM generate_series(1, 1000)")
        assert len(await cur.fetchmany(10)) == 10
        assert len(await cur.fetchall()) == 990


async def fetch_again(stage: Stage) -> None:
    # From the second time on, rows are loaded while others come.
    async with stage.conn.cursor() as cur:
        for _ in range(3):
            await cur.execute("SELECT n, 'some text' FROM generate_series(1, 900) n")
            assert len(await cur.fetchall()) == 900


async def server_cursor(stage: Stage) -> None:
    async with stage.conn.cursor("trust") as cur:
        cur.itersize = 20
        await cur.execute(SERIES)
        assert [row[0] async for row in cur] == list(range(1, 31))
        assert await cur.fetchone() is None


async def stream(stage: Stage) -> None:
    cur = stage.conn.cursor()
    found = [row[0] async for row in cur.stream(SERIES)]
    assert found == list(range(1, 31))


async def copy_in(stage: Stage) -> None:
    async with stage.conn.cursor().copy("COPY trust_rows FROM STDIN") as copy:
        await copy.write_rows((stage.mark, n, "some text") for n in range(ROWS))
    await stage.conn.commit()


async def copy_out(stage: Stage) -> None:
    async with stage.conn.cursor().copy(f"COPY ({SERIES}) TO STDOUT") as copy:
        assert len([row async for row in copy.rows()]) == 30


async def pipeline(stage: Stage) -> None:
    conn = stage.conn
    async with conn.pipeline(), conn.transaction():
        for n in range(ROWS):
            await conn.execute(INSERT, (stage.mark, n, "some text"))
        cur = await conn.execute("SELECT 1")
        assert await cur.fetchone() == (1,)


async def executemany(stage: Stage) -> None:
    rows = [(stage.mark, n, "some text") for n in range(ROWS)]
    await stage.conn.cursor().executemany(INSERT, rows)
    await stage.conn.commit()


async def transaction(stage: Stage) -> None:
    conn = stage.conn
    async with conn.transaction():
        for n in range(ROWS - 1):
            await conn.execute(INSERT, (stage.mark, n, "some text"))
        async with conn.transaction():
            await conn.execute(INSERT, (stage.mark, ROWS, "some text"))


async def two_phase(stage: Stage) -> None:
    conn = stage.conn
    await conn.tpc_begin(conn.xid(1, "trust", str(stage.mark)))
    for n in range(ROWS):
        await conn.execute(INSERT, (stage.mark, n, "some text"))
    await conn.tpc_prepare()
    await conn.tpc_commit()


async def notifies(stage: Stage) -> None:
    conn = stage.conn
    await conn.execute("LISTEN trust")
    await conn.commit()
    await conn.execute("NOTIFY trust, 'something'")
    await conn.commit()
    patience = conn.command_timeout or 60
    async for notification in conn.notifies(timeout=patience, stop_after=1):
        assert notification.payload == "something"


async def pool(stage: Stage) -> None:
    assert stage.pool is not None
    async with stage.pool.connection() as conn:
        for n in range(ROWS):
            await conn.execute(INSERT, (stage.mark, n, "some text"))


class Scenario(NamedTuple):
    """A scenario, and how many rows have its mark at the end."""

    play: Callable[[Stage], Awaitable[None]]
    rows: int = 0

    @property
    def name(self) -> str:
        return getattr(self.play, "__name__", "")


SCENARIOS = (
    Scenario(connect),
    Scenario(query),
    Scenario(large_parameter),
    Scenario(fetch),
    Scenario(fetch_again),
    Scenario(server_cursor),
    Scenario(stream),
    Scenario(copy_in, ROWS),
    Scenario(copy_out),
    Scenario(pipeline, ROWS),
    Scenario(executemany, ROWS),
    Scenario(transaction, ROWS),
    Scenario(two_phase, ROWS),
    Scenario(notifies),
    Scenario(pool, ROWS),
)


async def open_stage(dsn: str, scenario: Scenario, timeout: float | None) -> Stage:
    """Return the stage of a scenario; operations may take `timeout` seconds."""
    conn = await pgtwin.AsyncConnection.connect(dsn, command_timeout=timeout)
    if scenario.name != "pool":
        return Stage(conn, dsn, 0)
    return Stage(conn, dsn, 0, await _open_pool(dsn, timeout))


async def _open_pool(dsn: str, timeout: float | None) -> AsyncConnectionPool[Any]:
    opened: AsyncConnectionPool[Any] = AsyncConnectionPool(
        dsn,
        connection_class=CONNECTION,
        kwargs={"command_timeout": timeout},
        min_size=1,
        open=False,
        reconnect_timeout=1,
    )
    await opened.open(wait=True, timeout=PATIENCE)
    return opened


async def with_whole_pool(stage: Stage) -> Stage:
    """Return a stage whose pool, if it has one, has all its connections.

    A worker may be about to replace a lost one, which would count as left behind by
    the next play. One that Ctrl-C took from the pool's own code is never replaced.
    """
    if stage.pool is None:
        return stage
    stats = stage.pool.get_stats()
    if stats["pool_available"] == stats["pool_size"]:
        return stage
    await stage.pool.close(timeout=PATIENCE)
    return stage._replace(pool=await _open_pool(stage.dsn, stage.conn.command_timeout))


async def close_stage(stage: Stage) -> None:
    """Close what `open_stage()` has opened."""
    if stage.pool is not None:
        await stage.pool.close(timeout=PATIENCE)
    await stage.conn.close()


async def at_rest(conn: pgtwin.AsyncConnection[Any]) -> bool:
    """Return whether a connection works; if not, assert that it says so."""
    assert not conn.lock.locked(), "the lock is held"
    assert (
        not conn._session.messages.listeners
    ), "somebody still waits for notifications"
    if not conn.closed:
        try:
            await _work(conn)
        except e.OperationalError:
            assert conn.closed, "an error of a connection that is not lost"
        else:
            return True
    assert conn.broken
    try:
        await conn.execute("SELECT 1")
    except e.OperationalError:
        return False
    raise AssertionError("a closed connection has executed something")


async def _work(conn: pgtwin.AsyncConnection[Any]) -> None:
    try:
        await conn.rollback()
    except e.ProgrammingError:
        with suppress(e.UndefinedObject):  # not prepared yet, or committed already
            await conn.tpc_rollback()
    assert conn.info.transaction_status == TransactionStatus.IDLE
    assert conn.pgconn.pipeline_status == PipelineStatus.OFF
    cur = await conn.execute("SELECT %s::text", ("as before",))
    assert await cur.fetchone() == ("as before",)
    await conn.rollback()
