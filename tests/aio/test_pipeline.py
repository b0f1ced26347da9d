"""Pipeline mode: results in order, nesting, large amounts, other cursors."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

import pgtwin
from pgtwin import errors as e
from pgtwin.pq import PipelineStatus, TransactionStatus
from tests.aio.support.numbers_table import numbers_in_table

if TYPE_CHECKING:
    from typing_extensions import LiteralString


Connection = pgtwin.AsyncConnection[Any]


def test_is_supported() -> None:
    assert pgtwin.AsyncPipeline.is_supported()


async def test_results_at_exit(conn: Connection) -> None:
    async with conn.pipeline() as pipeline:
        assert pipeline.status.name == "ON"
        assert "[ON]" in repr(pipeline)
        cursors = [await conn.execute("SELECT %s::int", (n,)) for n in range(10)]
        assert cursors[0].statusmessage is None
        assert cursors[0].rowcount == -1
        assert conn.info.transaction_status.name == "ACTIVE"
    assert pipeline.status.name == "OFF"
    assert conn.info.transaction_status == TransactionStatus.INTRANS
    for n, cur in enumerate(cursors):
        assert cur.statusmessage == "SELECT 1"
        assert await cur.fetchall() == [(n,)]


async def test_results_when_asked_for(conn: Connection) -> None:
    async with conn.pipeline():
        one = await conn.execute("SELECT 1")
        two = await conn.execute("SELECT generate_series(2, 4)")
        three = await conn.execute("SELECT 5 UNION SELECT 6 ORDER BY 1")
        assert await two.fetchone() == (2,)
        assert one.statusmessage == "SELECT 1"
        assert await two.fetchmany(2) == [(3,), (4,)]
        assert [row async for row in three] == [(5,), (6,)]
        assert await one.fetchall() == [(1,)]
        await two.scroll(0, "absolute")
        assert await two.fetchone() == (2,)


async def test_results_at_sync(conn: Connection) -> None:
    async with conn.pipeline() as pipeline:
        cur = await conn.execute("SELECT 1")
        await pipeline.sync()
        assert cur.statusmessage == "SELECT 1"
        cur = await conn.execute("SELECT 2")
        assert cur.statusmessage is None
        await pipeline.sync()
        await pipeline.sync()
        assert cur.rowcount == 1


async def test_cursor_is_used_again(conn: Connection) -> None:
    async with conn.pipeline(), conn.cursor() as cur:
        await cur.execute("SELECT 1")
        await cur.execute("SELECT 2")
        assert await cur.fetchall() == [(2,)]
        await cur.execute("SELECT 3")
        assert await cur.fetchall() == [(3,)]


async def test_nothing_executed(conn: Connection) -> None:
    async with conn.pipeline():
        pass
    assert conn.info.transaction_status == TransactionStatus.IDLE
    async with conn.pipeline(), conn.cursor() as cur:
        with pytest.raises(e.ProgrammingError, match="no result"):
            await cur.fetchone()


async def test_binary_results_in_a_pipeline(conn: Connection) -> None:
    async with conn.pipeline(), conn.cursor(binary=True) as cur:
        await cur.execute("SELECT %s::int4", (1,))
        await cur.fetchone()
        assert cur.pgresult is not None
        assert cur.pgresult.get_value(0, 0) == b"\0\0\0\x01"


async def test_parameters_of_other_kinds(conn: Connection) -> None:
    async with conn.pipeline():
        named = await conn.execute("SELECT %(a)s::text", {"a": "x"})
        with pytest.raises(e.ProgrammingError):
            await conn.execute("SELECT %s, %s", (1,))
        assert await named.fetchone() == ("x",)


async def test_nested(conn: Connection) -> None:
    async with conn.pipeline() as outer:
        one = await conn.execute("SELECT 1")
        async with conn.pipeline() as inner:
            assert one.statusmessage == "SELECT 1"
            two = await conn.execute("SELECT 2")
        assert two.statusmessage == "SELECT 1"
        assert inner.status == outer.status == PipelineStatus.ON
        three = await conn.execute("SELECT 3")
    assert [(await cur.fetchone()) for cur in (one, two, three)] == [(1,), (2,), (3,)]


async def test_after_the_end(conn: Connection) -> None:
    async with conn.pipeline() as pipeline:
        pass
    with pytest.raises(e.ProgrammingError, match="has ended"):
        await pipeline.sync()
    async with conn.pipeline():
        cur = await conn.execute("SELECT 1")
    assert await cur.fetchone() == (1,)


async def test_large_both_ways(conn: Connection) -> None:
    size = 200_000
    async with conn.pipeline():
        cursors = [
            await conn.execute("SELECT %s::text || 'b'", (str(n % 10) * size,))
            for n in range(250)
        ]
    for n, cur in enumerate(cursors):
        assert await cur.fetchone() == (str(n % 10) * size + "b",)


async def test_many_statements(conn: Connection, numbers: LiteralString) -> None:
    async with conn.pipeline():
        for n in range(5000):
            await conn.execute(f"INSERT INTO {numbers} VALUES (%s)", (n,))
    assert await numbers_in_table(conn) == list(range(5000))


async def test_notifications(conn: Connection) -> None:
    await conn.set_autocommit(True)
    received = []
    conn.add_notify_handler(lambda notification: received.append(notification.payload))
    await conn.execute("LISTEN pipelined")
    async with conn.pipeline() as pipeline:
        await conn.execute("NOTIFY pipelined, 'a'")
        await pipeline.sync()
        await conn.execute("SELECT 1")
    assert received == ["a"]


async def test_settings(conn: Connection) -> None:
    async with conn.pipeline() as pipeline:
        await conn.execute("SET client_encoding TO latin1")
        await pipeline.sync()
        cur = await conn.execute("SELECT %s::text", ("é",))
    assert await cur.fetchone() == ("é",)


async def test_two_tasks(conn: Connection) -> None:
    async def ask(start: int) -> list[Any]:
        found = []
        for n in range(start, start + 50):
            cur = await conn.execute("SELECT %s::int", (n,))
            found.append(await cur.fetchone())
        return found

    async with conn.pipeline():
        one = asyncio.create_task(ask(0))
        two = asyncio.create_task(ask(100))
        assert await one == [(n,) for n in range(50)]
        assert await two == [(n,) for n in range(100, 150)]


async def test_other_cursors(conn: Connection, numbers: str) -> None:
    async with conn.pipeline():
        client = pgtwin.AsyncClientCursor(conn)
        await client.executemany(f"INSERT INTO {numbers} VALUES (%s)".encode(), [(1,)])
        raw = pgtwin.AsyncRawCursor(conn)
        await raw.executemany(
            f"INSERT INTO {numbers} VALUES ($1)".encode(), [(2,), (3,)]
        )
        async with conn.cursor("portal") as server:
            with pytest.raises(e.NotSupportedError, match="pipeline"):
                await server.execute("SELECT 1")
        with pytest.raises(e.ProgrammingError, match="pipeline"):
            async for _ in client.stream("SELECT 1"):
                pass
    assert client.rowcount == 1
    assert raw.rowcount == 2


async def test_server_cursor_opened_before(conn: Connection) -> None:
    async with conn.cursor("portal") as server:
        await server.execute("SELECT generate_series(1, 3)")
        async with conn.pipeline():
            cur = await conn.execute("SELECT 1")
            assert await server.fetchmany(2) == [(1,), (2,)]
            assert await cur.fetchone() == (1,)
            await server.close()


async def test_pgconn_of_a_pipeline(conn: Connection) -> None:
    async with conn.pipeline() as pipeline:
        assert pipeline.pgconn is conn.pgconn


async def test_result_chosen_when_asked_for(conn: Connection) -> None:
    async with conn.pipeline():
        cur = await conn.execute("SELECT 1")
        await cur.set_result(-1)
        assert await cur.fetchall() == [(1,)]
        cur = await conn.execute("SELECT 2")
        with pytest.raises(IndexError):
            await cur.set_result(1)
        assert await cur.fetchall() == [(2,)]


async def test_sync_of_an_ended_pipeline(conn: Connection) -> None:
    async with conn.pipeline() as pipeline:
        await conn.execute("SELECT 1")
    with pytest.raises(e.ProgrammingError, match="the pipeline has ended"):
        await pipeline.sync()


async def test_many_of_nothing_waits(conn: Connection) -> None:
    await conn.set_autocommit(True)
    async with conn.pipeline():
        cursor = await conn.execute("SELECT 1")
        await conn.cursor().executemany("SELECT %s", [], returning=True)
        assert cursor.rowcount == 1
        await conn.set_autocommit(False)
