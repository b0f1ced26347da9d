"""Copies rows into a table, without SQL from the caller.

Names are sent as identifiers, and values as COPY data. No value becomes part of a
statement.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeAlias

from psycopg import pq, sql

from pgtwin.core.adaptation.adapt_context import AdaptationContext
from pgtwin.core.arrow.rows import ArrowRows
from pgtwin.core.copy.dumpers import CopyAdapters
from pgtwin.core.copy.records import (
    Table,
    Unfit,
    columns_query,
    found_table,
    has_usual_dumpers,
    take_documents,
    takes_binary,
)
from pgtwin.core.engine.implementation import make_arrow_writer

if TYPE_CHECKING:
    from pgtwin.aio.cursors.copy import AsyncCopy, Progress
    from pgtwin.aio.cursors.cursor import AsyncCursor
    from pgtwin.core.engine.contract import ArrowWriter

IDLE = pq.TransactionStatus.IDLE

Rows: TypeAlias = Iterable[Sequence[Any]] | AsyncIterable[Sequence[Any]]


async def copy_records(
    cursor: AsyncCursor[tuple[Any, ...]],
    table: str | sql.Identifier,
    columns: Sequence[str] | None,
    rows: Rows,
    timeout: float | None,
    progress: Progress | None,
) -> int:
    """Copy rows into a table, and return the number of rows.

    They are sent in binary format, until a row has a value that may mean something else
    in it. This row and all after it are sent as text.
    """
    name = sql.Identifier(table) if isinstance(table, str) else table
    found = await _look_up(cursor, name.as_string(None), columns, timeout)
    given = rows
    write = _find_writer(cursor, found, rows)
    if write is None:
        rows, first = await _first(rows)
        if first is None or not _takes_binary(cursor, found, first):
            await _copy(cursor, found, rows, False, timeout, progress)
            return cursor.rowcount
    session = cursor._session
    if not session.autocommit or session.pgconn.transaction_status != IDLE:
        return await _copy_both(cursor, found, rows, timeout, progress, write)
    if not isinstance(given, Sequence):
        async with cursor.connection.transaction():
            return await _copy_both(cursor, found, rows, timeout, progress, write)
    try:
        await _copy(cursor, found, rows, True, timeout, progress)
    except Unfit:
        # The server has nothing, and the rows are there still.
        await _copy(cursor, found, given, False, timeout, progress)
    return cursor.rowcount


async def _copy_both(
    cursor: AsyncCursor[tuple[Any, ...]],
    table: Table,
    rows: Rows,
    timeout: float | None,
    progress: Progress | None,
    write: ArrowWriter | None,
) -> int:
    """Copy rows in binary format, and as text from the first that does not fit it."""
    left: Rows | None = None
    async with cursor.copy(
        table.statement(True), timeout=timeout, progress=progress
    ) as copy:
        copy._rows.set_columns(table.columns)
        try:
            if write is not None and isinstance(rows, ArrowRows):
                await _write_arrow(copy, rows, write)
            else:
                await copy.write_rows(rows)
        except Unfit as unfit:
            left = _rest(unfit.rows, rows)
    number = cursor.rowcount
    if left is not None:
        before = copy.rows_done, copy.bytes_done
        await _copy(cursor, table, left, False, timeout, progress, before)
        number += cursor.rowcount
    return number


def _find_writer(
    cursor: AsyncCursor[tuple[Any, ...]], table: Table, rows: Rows
) -> ArrowWriter | None:
    """Return what writes rows of Arrow without their values, if that can be."""
    if not isinstance(rows, ArrowRows):
        return None
    oids = [column.oid for column in table.columns]
    write = make_arrow_writer(rows.schema, oids, cursor._session.adaptation.encoding)
    adapters = CopyAdapters(cursor.adapters)
    return write if has_usual_dumpers(adapters, table.columns) else None


async def _write_arrow(copy: AsyncCopy, rows: ArrowRows, write: ArrowWriter) -> None:
    """Write rows in binary format, those that can be without their values."""
    while (batch := rows.batch()) is not None:
        data, number = write(batch, rows.position)
        if number:
            rows.position += number
            if copy._rows.add_block(data, number):
                await copy._send()
        else:
            await copy.write_rows(rows.some())


async def _look_up(
    cursor: AsyncCursor[tuple[Any, ...]],
    name: str,
    columns: Sequence[str] | None,
    timeout: float | None,
) -> Table:
    session = cursor._session
    async with session.lock.held(timeout):
        await session.ready()
        await session.begin()
        result = await session.command(columns_query(name))
    return found_table(result, columns, name)


def _takes_binary(
    cursor: AsyncCursor[tuple[Any, ...]], table: Table, row: Sequence[Any]
) -> bool:
    adapters = CopyAdapters(cursor.adapters)
    take_documents(adapters)
    transformer = AdaptationContext(adapters, cursor.connection).transformer()
    return takes_binary(adapters, transformer, table.columns, row)


async def _copy(
    cursor: AsyncCursor[tuple[Any, ...]],
    table: Table,
    rows: Rows,
    binary: bool,
    timeout: float | None,
    progress: Progress | None,
    before: tuple[int, int] = (0, 0),
) -> None:
    """Copy rows in one format. Raises `Unfit` if some do not fit the binary one.

    `before` are the rows and bytes of a COPY that has begun with the same rows.
    """
    async with cursor.copy(
        table.statement(binary), timeout=timeout, progress=progress
    ) as copy:
        copy.rows_done, copy.bytes_done = before
        copy._rows.set_columns(table.columns)
        await copy.write_rows(rows)


async def _first(rows: Rows) -> tuple[Rows, Sequence[Any] | None]:
    """Return the rows, all of them still, and the first if there is one."""
    if isinstance(rows, ArrowRows):
        return rows, rows.first()
    if isinstance(rows, AsyncIterable):  # twingen: async-only
        later = aiter(rows)
        async for first in later:
            return _and_then((first,), later), first
        return (), None
    source = iter(rows)
    if isinstance(rows, Sequence) and rows:
        return source, rows[0]
    for first in islice(source, 1):
        return chain((first,), source), first
    return (), None


def _rest(before: Sequence[Sequence[Any]], rows: Rows) -> Rows:
    """Return rows, and those that are left of others."""
    if isinstance(rows, AsyncIterable):  # twingen: async-only
        return _and_then(before, rows)
    return chain(before, rows)


# twingen: async-only
async def _and_then(
    before: Iterable[Sequence[Any]], later: AsyncIterable[Sequence[Any]]
) -> AsyncIterator[Sequence[Any]]:
    for row in before:
        yield row
    async for row in later:
        yield row
