"""Where the data of a COPY goes: to the server, into a file, elsewhere."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest

import pgtwin
from pgtwin import errors as e
from pgtwin.copy import (
    AsyncCopy,
    AsyncFileWriter,
    AsyncLibpqWriter,
    AsyncQueuedLibpqWriter,
    AsyncWriter,
)
from pgtwin.pq import TransactionStatus
from tests.support.copy_data import ROWS, TYPES, both

if TYPE_CHECKING:
    from typing_extensions import LiteralString

Connection = pgtwin.AsyncConnection[Any]
Usable = Callable[[Connection], Awaitable[None]]
Content = Callable[[Connection], Awaitable[list[tuple[Any, ...]]]]


@pytest.mark.parametrize("cls", [AsyncLibpqWriter, AsyncQueuedLibpqWriter])
@both
async def test_libpq_writers(
    conn: Connection,
    table: LiteralString,
    cls: type[AsyncLibpqWriter],
    options: LiteralString,
    data: bytes,
    content: Content,
) -> None:
    cur = conn.cursor()
    writer = cls(cur, flush_threshold=0)
    async with cur.copy(f"COPY {table} FROM STDIN {options}", writer=writer) as copy:
        copy.set_types(TYPES)
        await copy.write_rows(ROWS)
        await copy.write_rows((n, "x" * 1000, None) for n in range(100, 1000))
    assert (await content(conn))[:3] == ROWS
    assert cur.rowcount == 903


async def test_queued_error(
    conn: Connection, table: LiteralString, usable: Usable
) -> None:
    cur = conn.cursor()
    writer = AsyncQueuedLibpqWriter(cur)
    with pytest.raises(e.InvalidTextRepresentation):
        async with cur.copy(f"COPY {table} FROM STDIN", writer=writer) as copy:
            await copy.write("no number\ta\tb\n")
            for _ in range(500):
                await copy.write(b"x" * 65_536)
    await usable(conn)


async def test_queued_error_in_block(
    conn: Connection, table: LiteralString, usable: Usable, content: Content
) -> None:
    cur = conn.cursor()
    writer = AsyncQueuedLibpqWriter(cur)
    with pytest.raises(ZeroDivisionError):
        async with cur.copy(f"COPY {table} FROM STDIN", writer=writer) as copy:
            await copy.write_rows((n, "x" * 10_000, "") for n in range(100))
            raise ZeroDivisionError
    await usable(conn)
    assert await content(conn) == []


@both
async def test_file(conn: Connection, options: LiteralString, data: bytes) -> None:
    file = io.BytesIO()
    cur = conn.cursor()
    async with AsyncCopy(
        cur, binary=bool(options), writer=AsyncFileWriter(file)
    ) as copy:
        copy.set_types(TYPES)
        await copy.write_rows(ROWS)
    assert file.getvalue() == data
    assert conn.info.transaction_status == TransactionStatus.IDLE


class Half(AsyncWriter):
    """Gives every other block to the server: a writer that a user wrote."""

    def __init__(self, cur: pgtwin.AsyncCursor[Any]) -> None:
        self.inner = AsyncLibpqWriter(cur)
        self.number = 0
        self.ended: list[BaseException | None] = []

    async def write(self, data: Any) -> None:
        self.number += 1
        if self.number % 2:
            await self.inner.write(data)

    async def finish(self, exc: BaseException | None = None) -> None:
        self.ended.append(exc)
        await self.inner.finish(exc)


async def test_own_writer(
    conn: Connection, table: LiteralString, content: Content
) -> None:
    cur = conn.cursor()
    writer = Half(cur)
    async with cur.copy(f"COPY {table} FROM STDIN", writer=writer) as copy:
        for n in range(4):
            await copy.write(f"{n}\t{'x' * 40_000}\t\n")
    assert [row[0] for row in await content(conn)] == [0, 2]
    assert writer.ended == [None]


class Deaf(AsyncWriter):
    """Ignores everything."""

    async def write(self, data: Any) -> None:
        pass


async def test_writer_that_does_not_end_the_copy(
    conn: Connection, table: LiteralString, usable: Usable, content: Content
) -> None:
    async with conn.cursor().copy(f"COPY {table} FROM STDIN", writer=Deaf()) as copy:
        await copy.write_rows(ROWS)
    await usable(conn)
    assert await content(conn) == []
