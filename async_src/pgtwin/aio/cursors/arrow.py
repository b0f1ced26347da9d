"""Arrow tables from queries, and Arrow data into tables of the server.

The data is passed through in batches, by COPY in binary format.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from psycopg import pq, sql

from pgtwin.aio.cursors.copy_records import copy_records
from pgtwin.core.arrow.column_types import (
    ArrowColumn,
    find_columns,
    kinds_of,
    make_batch,
    make_table,
    text_casts,
)
from pgtwin.core.arrow.results import BATCH_ROWS, BATCH_SIZE
from pgtwin.core.arrow.rows import ArrowRows, open_stream
from pgtwin.core.arrow_library import pyarrow
from pgtwin.core.copy.statements import as_query, surrounded
from pgtwin.core.engine.implementation import make_arrow_reader
from pgtwin.core.statements.client_side_binding import bind_merged

if TYPE_CHECKING:
    from pgtwin.aio.cursors.copy import Progress
    from pgtwin.aio.cursors.cursor import AsyncCursor
    from pgtwin.core.type_aliases import Params, Query

IDLE = pq.TransactionStatus.IDLE


async def fetch_arrow(
    cursor: AsyncCursor[Any],
    query: Query | sql.Identifier,
    params: Params | None,
    timeout: float | None,
    progress: Progress | None,
) -> Any:
    """Return the rows of a query as a `pyarrow.Table`."""
    pyarrow()  # if it is missing, nothing is sent
    session = cursor._session
    if session.autocommit and session.pgconn.transaction_status == IDLE:
        # The description is of the columns that come: nobody changes them meanwhile.
        async with cursor.connection.transaction():
            return await _fetch(cursor, query, params, timeout, progress)
    return await _fetch(cursor, query, params, timeout, progress)


async def _fetch(
    cursor: AsyncCursor[Any],
    query: Query | sql.Identifier,
    params: Params | None,
    timeout: float | None,
    progress: Progress | None,
) -> Any:
    text, columns, encoding = await _describe(cursor, query, params, timeout)
    text = text_casts(columns, text)
    statement: Any = surrounded(text, "COPY (", "\n) TO STDOUT (FORMAT binary)")
    batches = []
    names = [column.name for column in columns]
    reader = make_arrow_reader(names, kinds_of(columns), encoding)
    async with cursor.copy(statement, timeout=timeout, progress=progress) as copy:
        async for block in copy.blocks():
            reader.feed(block)
            if reader.row_count >= BATCH_ROWS or reader.size >= BATCH_SIZE:
                batches.append(make_batch(columns, reader))
    reader.finish()
    if reader.row_count:
        batches.append(make_batch(columns, reader))
    return make_table(columns, batches)


async def _describe(
    cursor: AsyncCursor[Any],
    query: Query | sql.Identifier,
    params: Params | None,
    timeout: float | None,
) -> tuple[bytes, list[ArrowColumn], str]:
    """Return the text of a query, its columns, and the encoding of both."""
    session = cursor._session
    async with session.lock.held(timeout):
        session.check_no_pipeline("fetch_arrow()")
        await session.ready()
        await session.begin()
        transformer = cursor._dumper() or session.adaptation.transformer()
        encoding = session.adaptation.encoding
        bound = bind_merged(as_query(query), params, transformer, encoding)
        text = bound.text.rstrip(b"; \t\r\n")
        result = await session.describe(text)
    return text, find_columns(result, encoding), encoding


async def copy_arrow(
    cursor: AsyncCursor[tuple[Any, ...]],
    table: str | sql.Identifier,
    data: Any,
    columns: Sequence[str] | None,
    timeout: float | None,
    progress: Progress | None,
) -> int:
    """Copy the rows of an Arrow stream into a table, and return their number."""
    stream = open_stream(data)
    names = stream.schema.names if columns is None else columns
    rows = ArrowRows(stream)
    return await copy_records(cursor, table, names, rows, timeout, progress)
