"""Rows into a table, without a word of SQL from the caller.

Law: names reach the server as identifiers, values as COPY data; nothing is formatted
into a statement.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeAlias

from psycopg import sql

from pgtwin.core.copy_rows import takes_binary

if TYPE_CHECKING:
    from pgtwin.aio.cursor import AsyncCursor

COLUMNS = """\
SELECT attname, atttypid FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
AND attgenerated = '' ORDER BY attnum"""


Rows: TypeAlias = Iterable[Sequence[Any]] | AsyncIterable[Sequence[Any]]


async def copy_records(
    cursor: AsyncCursor[tuple[Any, ...]],
    table: str | sql.Identifier,
    columns: Sequence[str] | None,
    rows: Rows,
    timeout: float | None,
) -> int:
    """Copy rows into a table, in binary format if that is possible; return how many."""
    name = sql.Identifier(table) if isinstance(table, str) else table
    await cursor.execute(COLUMNS, (name.as_string(None),), timeout=timeout)
    types = dict(await cursor.fetchall())
    names = list(types if columns is None else columns)
    oids = [types.get(column, 0) for column in names]
    rows, first = await _first(rows)
    binary = first is not None and takes_binary(cursor.adapters, oids, first)
    statement = sql.SQL("COPY {} ({}) FROM STDIN {}").format(
        name,
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL("(FORMAT binary)" if binary else ""),
    )
    async with cursor.copy(statement, timeout=timeout) as copy:
        if binary:
            copy.set_types(oids)
        await copy.write_rows(rows)
    return cursor.rowcount


async def _first(rows: Rows) -> tuple[Rows, Sequence[Any] | None]:
    """Return the rows, all of them still, and the first if there is one."""
    if isinstance(rows, AsyncIterable):  # twingen: async-only
        later = aiter(rows)
        async for first in later:
            return _and_then(first, later), first
        return (), None
    source = iter(rows)
    for first in islice(source, 1):
        return chain((first,), source), first
    return (), None


# twingen: async-only
async def _and_then(
    first: Sequence[Any], later: AsyncIterator[Sequence[Any]]
) -> AsyncIterator[Sequence[Any]]:
    yield first
    async for row in later:
        yield row
