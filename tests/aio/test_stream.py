"""Streaming: rows that are received while the server still sends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest

import pgtwin
from pgtwin import errors as e, sql
from pgtwin.adapt import Loader
from pgtwin.pq import TransactionStatus
from pgtwin.rows import dict_row, scalar_row

if TYPE_CHECKING:
    from typing_extensions import LiteralString

NUMBERS = "SELECT n FROM generate_series(1, 5) AS n"
MANY = "SELECT n, repeat('x', 1000) FROM generate_series(1, 1000000) AS n"
SIZES = [1, 2, 3, 100]

Usable = Callable[[pgtwin.AsyncConnection[Any]], Awaitable[None]]

needs_chunks = pytest.mark.skipif(
    not pgtwin.capabilities.has_stream_chunked(), reason="libpq is older than 17"
)


@needs_chunks
@pytest.mark.parametrize("size", SIZES)
async def test_rows(conn: pgtwin.AsyncConnection[Any], size: int) -> None:
    cur = conn.cursor()
    rows = [row async for row in cur.stream(NUMBERS, size=size)]
    assert rows == [(1,), (2,), (3,), (4,), (5,)]


async def test_row_by_row(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = conn.cursor()
    seen = []
    async with aclosing(cur.stream(NUMBERS)) as rows:
        async for row in rows:
            assert cur.pgresult is not None
            seen.append((row, cur.pgresult.ntuples))
    assert seen == [((n,), 1) for n in range(1, 6)]


@needs_chunks
@pytest.mark.parametrize("size", SIZES)
async def test_session_that_is_terminated(
    conn: pgtwin.AsyncConnection[Any], size: int
) -> None:
    cur = conn.cursor()
    query = "SELECT pg_terminate_backend(pg_backend_pid())"
    with pytest.raises(e.AdminShutdown):
        async for _ in cur.stream(query, size=size):
            pass
    assert conn.broken


async def test_parameters(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = conn.cursor()
    query = "SELECT n, %(word)s::text FROM generate_series(1, %(end)s::int) AS n"
    rows = [row async for row in cur.stream(query, {"word": "a", "end": 2})]
    assert rows == [(1, "a"), (2, "a")]
    with pytest.raises(e.ProgrammingError, match="placeholder"):
        async for _ in cur.stream("SELECT %s", (1, 2)):
            pass
    assert conn.info.transaction_status == TransactionStatus.INTRANS


async def test_composed(conn: pgtwin.AsyncConnection[Any]) -> None:
    query = sql.SQL("SELECT n FROM generate_series({}, {}) AS n").format(1, 2)
    assert [row async for row in conn.cursor().stream(query)] == [(1,), (2,)]


@pytest.mark.parametrize("binary", [False, True])
async def test_format(conn: pgtwin.AsyncConnection[Any], binary: bool) -> None:
    for cur, asked in (
        (conn.cursor(), binary),
        (conn.cursor(binary=binary), None),
        (conn.cursor(binary=not binary), binary),
    ):
        async for row in cur.stream("SELECT 1::int4, 'a'::text", binary=asked):
            assert row == (1, "a")
            assert cur.pgresult is not None
            assert cur.pgresult.fformat(0) == binary


async def test_description(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = conn.cursor()
    async for _ in cur.stream("SELECT 1 AS one, 'a'::text AS word"):
        assert cur.description is not None
        assert [column.name for column in cur.description] == ["one", "word"]
        assert cur.rownumber is None
        assert cur.rowcount == -1


async def test_no_rows(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = conn.cursor()
    assert [row async for row in cur.stream("SELECT 1 WHERE false")] == []
    assert [row async for row in cur.stream("SELECT")] == [()]


async def test_row_factory(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = conn.cursor(row_factory=dict_row)
    rows = [row async for row in cur.stream("SELECT 1 AS a")]
    assert rows == [{"a": 1}]
    found: list[Any] = []
    cur2: pgtwin.AsyncCursor[Any] = conn.cursor()
    async for row in cur2.stream(NUMBERS):
        found.append(row)
        cur2.row_factory = dict_row if len(found) < 2 else scalar_row
    assert found == [(1,), {"n": 2}, 3, 4, 5]


class UpperLoader(Loader):
    """Loads a text in capitals."""

    def load(self, data: Any) -> Any:
        return bytes(data).decode().upper()


async def test_adapters_of_the_cursor(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = conn.cursor()
    cur.adapters.register_loader("text", UpperLoader)
    assert [row async for row in cur.stream("SELECT 'a'::text")] == [("A",)]


async def test_nothing_to_fetch_after_a_stream(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    cur = conn.cursor()
    async for _ in cur.stream(NUMBERS):
        pass
    with pytest.raises(e.ProgrammingError, match="no rows to fetch"):
        await cur.fetchone()
    await cur.execute("SELECT 1")
    assert await cur.fetchone() == (1,)


@pytest.mark.parametrize("size", [0, -1])
async def test_bad_size(
    conn: pgtwin.AsyncConnection[Any], size: int, usable: Usable
) -> None:
    with pytest.raises(ValueError, match="size"):
        async for _ in conn.cursor().stream("SELECT 1", size=size):
            pass
    await usable(conn)


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("SELEC 1", e.SyntaxError),
        ("SELECT 1/0", e.DivisionByZero),
        ("CREATE TEMP TABLE things (id int)", e.ProgrammingError),
        ("", e.ProgrammingError),
        ("COPY (SELECT 1) TO STDOUT", e.ProgrammingError),
        ("COPY pg_class FROM STDIN", e.Error),
        ("SELECT 1; SELECT 2", e.SyntaxError),
    ],
)
async def test_errors(
    conn: pgtwin.AsyncConnection[Any],
    query: LiteralString,
    error: type[e.Error],
    usable: Usable,
) -> None:
    with pytest.raises(error):
        async for _ in conn.cursor().stream(query):
            pass
    await usable(conn)


async def test_copy_in(conn: pgtwin.AsyncConnection[Any], usable: Usable) -> None:
    await conn.execute("CREATE TEMP TABLE things (id int)")
    await conn.commit()
    with pytest.raises(e.ProgrammingError, match="COPY"):
        async for _ in conn.cursor().stream("COPY things FROM STDIN"):
            pass
    await usable(conn)


@needs_chunks
@pytest.mark.parametrize("size", SIZES)
async def test_error_between_rows(
    conn: pgtwin.AsyncConnection[Any], size: int, usable: Usable
) -> None:
    found = []
    with pytest.raises(e.DivisionByZero):
        async for (value,) in conn.cursor().stream(
            "SELECT 12 / (4 - n) FROM generate_series(1, 5) AS n", size=size
        ):
            found.append(value)
    assert found == [4, 6, 12][: 3 // size * size]
    assert conn.info.transaction_status == TransactionStatus.INERROR
    await usable(conn)


async def test_error_in_the_block(
    conn: pgtwin.AsyncConnection[Any], usable: Usable
) -> None:
    with pytest.raises(ZeroDivisionError):
        async with aclosing(conn.cursor().stream(MANY)) as rows:
            async for number, _ in rows:
                assert 1 / (number - 3)
    await usable(conn)


@needs_chunks
@pytest.mark.parametrize("size", [1, 100])
async def test_stream_that_is_left_early(
    conn: pgtwin.AsyncConnection[Any], size: int, usable: Usable
) -> None:
    cur = conn.cursor()
    async for number, _ in cur.stream(MANY, size=size):
        if number == 3:
            break
    # The lock is free as soon as the generator is gone.
    await usable(conn)
    await cur.execute("SELECT 1")
    assert await cur.fetchone() == (1,)


async def test_left_early_in_autocommit(other: pgtwin.AsyncConnection[Any]) -> None:
    async with aclosing(other.cursor().stream(MANY)) as rows:
        async for _ in rows:
            break
    assert other.info.transaction_status == TransactionStatus.IDLE
    cur = await other.execute("SELECT 1")
    assert await cur.fetchone() == (1,)


async def test_stream_that_is_closed_before_it_begins(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    rows = conn.cursor().stream("SELECT 1")
    await rows.aclose()
    assert conn.info.transaction_status == TransactionStatus.IDLE


async def test_connection_closed_before_the_end(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        found = []
        with pytest.raises(e.OperationalError, match="closed"):
            async for (number,) in conn.cursor().stream(NUMBERS):
                found.append(number)
                await conn.close()
        assert found == [1]


async def test_connection_closed_meanwhile(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        found = []
        with pytest.raises(e.OperationalError, match="closed"):
            async for number, _ in conn.cursor().stream(MANY):
                found.append(number)
                if number == 2:
                    await conn.close()
        assert found == [1, 2]


async def test_server_ends_the_session(
    conn: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    with pytest.raises(e.OperationalError):
        async for number, _ in conn.cursor().stream(MANY):
            if number == 1:
                await other.execute(
                    "SELECT pg_terminate_backend(%s)", (conn.info.backend_pid,)
                )
    assert conn.broken


async def test_cancelled_by_another(
    conn: pgtwin.AsyncConnection[Any], usable: Usable
) -> None:
    with pytest.raises(e.QueryCanceled):
        async for number, _ in conn.cursor().stream(MANY):
            if number == 1:
                await conn.cancel_safe()
    await usable(conn)


async def test_other_tasks_wait_for_the_stream(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    async def ask() -> Any:
        return await (await conn.execute("SELECT 'asked'")).fetchone()

    async with aclosing(conn.cursor().stream(NUMBERS)) as rows:
        assert await anext(rows) == (1,)
        task = asyncio.create_task(ask())
        assert [row async for row in rows] == [(2,), (3,), (4,), (5,)]
    assert await task == ("asked",)


async def test_notifications_are_not_lost(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    await conn.set_autocommit(True)
    await conn.execute("LISTEN mychan")
    async for _ in conn.cursor().stream("SELECT pg_notify('mychan', 'hello')"):
        pass
    payloads = [each.payload async for each in conn.notifies(timeout=60, stop_after=1)]
    assert payloads == ["hello"]


async def test_closed_cursor(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = conn.cursor()
    await cur.close()
    with pytest.raises(e.InterfaceError, match="cursor is closed"):
        async for _ in cur.stream("SELECT 1"):
            pass


async def test_twenty_megabytes_of_rows(conn: pgtwin.AsyncConnection[Any]) -> None:
    total = 0
    async for number, text in conn.cursor().stream(
        "SELECT n, repeat('x', 1000) FROM generate_series(1, 20000) AS n"
    ):
        total += number
        assert len(text) == 1000
    assert total == 20000 * 20001 // 2


async def test_pipeline_after_stream(other: pgtwin.AsyncConnection[Any]) -> None:
    cur = other.cursor()
    for _ in range(2):
        async for row in cur.stream("SELECT generate_series(1, 3)"):
            assert row
        async with other.pipeline():
            await cur.execute("SELECT generate_series(1, 3)")
            assert await cur.fetchall() == [(1,), (2,), (3,)]
        async for row in cur.stream("SELECT generate_series(1, 3)"):
            assert row
        await cur.executemany("SELECT generate_series(1, %s)", [(2,)], returning=True)
        assert await cur.fetchall() == [(1,), (2,)]


async def test_big_parameter(conn: pgtwin.AsyncConnection[Any]) -> None:
    size = 32 << 20
    stream = conn.cursor().stream("SELECT length(%s)", ("x" * size,))
    assert [row async for row in stream] == [(size,)]
