"""Rows into a table, without a word of SQL from the caller.

Law: names reach the server as identifiers, values as COPY data; nothing is formatted
into a statement.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeAlias

from psycopg import pq, sql

from pgtwin.core.adapters import Place
from pgtwin.core.copy_records import (
    Table,
    Unfit,
    columns_query,
    found_table,
    take_documents,
    takes_binary,
)
from pgtwin.core.copy_values import CopyAdapters

if TYPE_CHECKING:
    from pgtwin.aio.cursor import AsyncCursor

IDLE = pq.TransactionStatus.IDLE

Rows: TypeAlias = Iterable[Sequence[Any]] | AsyncIterable[Sequence[Any]]


async def copy_records(
    cursor: AsyncCursor[tuple[Any, ...]],
    table: str | sql.Identifier,
    columns: Sequence[str] | None,
    rows: Rows,
    timeout: float | None,
) -> int:
    """Copy rows into a table and return how many.

    They go in binary format up to the first that has a value for which that is not
    known to mean the same, that one and the others as text.
    """
    name = sql.Identifier(table) if isinstance(table, str) else table
    found = await _look_up(cursor, name.as_string(None), columns, timeout)
    rows, first = await _first(rows)
    if first is None or not _takes_binary(cursor, found, first):
        left = await _copy(cursor, found, rows, False, timeout)
        assert left is None
        return cursor.rowcount
    session = cursor._session
    if session.autocommit and session.pgconn.transaction_status == IDLE:
        async with cursor.connection.transaction():
            return await _copy_both(cursor, found, rows, timeout)
    return await _copy_both(cursor, found, rows, timeout)


async def _copy_both(
    cursor: AsyncCursor[tuple[Any, ...]],
    table: Table,
    rows: Rows,
    timeout: float | None,
) -> int:
    """Copy rows in binary format, and those that it does not take as text."""
    left = await _copy(cursor, table, rows, True, timeout)
    number = cursor.rowcount
    if left is not None:
        await _copy(cursor, table, left, False, timeout)
        number += cursor.rowcount
    return number


async def _look_up(
    cursor: AsyncCursor[tuple[Any, ...]],
    name: str,
    columns: Sequence[str] | None,
    timeout: float | None,
) -> Table:
    session = cursor._session
    async with session.turn(timeout):
        await session.ready()
        await session.begin()
        result = await session.command(columns_query(name))
    return found_table(result, columns, name)


def _takes_binary(
    cursor: AsyncCursor[tuple[Any, ...]], table: Table, row: Sequence[Any]
) -> bool:
    adapters = CopyAdapters(cursor.adapters)
    take_documents(adapters)
    transformer = Place(adapters, cursor.connection).transformer()
    return takes_binary(adapters, transformer, table.columns, row)


async def _copy(
    cursor: AsyncCursor[tuple[Any, ...]],
    table: Table,
    rows: Rows,
    binary: bool,
    timeout: float | None,
) -> Rows | None:
    """Copy rows in one format; return those that are left if some do not fit it."""
    async with cursor.copy(table.statement(binary), timeout=timeout) as copy:
        copy._rows.set_columns(table.columns)
        try:
            await copy.write_rows(rows)
        except Unfit as unfit:
            if isinstance(rows, AsyncIterable):  # twingen: async-only
                return _and_then(unfit.rows, rows)
            return chain(unfit.rows, rows)
    return None


async def _first(rows: Rows) -> tuple[Rows, Sequence[Any] | None]:
    """Return the rows, all of them still, and the first if there is one."""
    if isinstance(rows, AsyncIterable):  # twingen: async-only
        later = aiter(rows)
        async for first in later:
            return _and_then((first,), later), first
        return (), None
    source = iter(rows)
    for first in islice(source, 1):
        return chain((first,), source), first
    return (), None


# twingen: async-only
async def _and_then(
    before: Iterable[Sequence[Any]], later: AsyncIterable[Sequence[Any]]
) -> AsyncIterator[Sequence[Any]]:
    for row in before:
        yield row
    async for row in later:
        yield row
