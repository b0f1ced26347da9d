"""A result that has come in binary format, as a table of Arrow.

A value is the server's, exactly; what a column of Arrow cannot hold is an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import pq
from psycopg.errors import NotSupportedError, ProgrammingError

from pgtwin.core.arrow.column_types import (
    find_columns,
    kinds_of,
    make_batch,
    make_table,
)
from pgtwin.core.engine.copy_decoders import SIGNATURE
from pgtwin.core.engine.copy_formatter import NULL_LENGTH, pack_count, pack_length
from pgtwin.core.engine.implementation import make_arrow_reader

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

BINARY = pq.Format.BINARY
# Rows of a batch, about; bytes from which on a batch is made of fewer.
BATCH_ROWS = 65_536
BATCH_SIZE = 64 * 1024 * 1024


def table_of(result: PGresult, start: int, encoding: str) -> Any:
    """Return a `pyarrow.Table` of the rows of a result from one on.

    Raises `ProgrammingError` for a result in text format, `NotSupportedError` for types
    of which only the text is known, `DataError` for values that Arrow cannot hold.
    """
    columns = find_columns(result, encoding)
    for place, column in enumerate(columns):
        if result.fformat(place) != BINARY:
            raise ProgrammingError(
                "the result has come as text: execute the query with binary=True, or "
                "call connection.fetch_arrow() with it"
            )
        if column.kind is None:
            raise NotSupportedError(
                f"column {column.name!r}: the binary format of its type is not known: "
                "cast it to text in the query, or call connection.fetch_arrow() with it"
            )
    names = [column.name for column in columns]
    batches = []
    reader = make_arrow_reader(names, kinds_of(columns), encoding)
    reader.feed(SIGNATURE)
    for row in range(start, result.ntuples):
        parts = [pack_count(len(columns))]
        for place in range(len(columns)):
            value = result.get_value(row, place)
            if value is None:
                parts.append(NULL_LENGTH)
            else:
                parts += (pack_length(len(value)), value)
        reader.feed(b"".join(parts))
        if reader.row_count >= BATCH_ROWS or reader.size >= BATCH_SIZE:
            batches.append(make_batch(columns, reader))
    if reader.row_count:
        batches.append(make_batch(columns, reader))
    return make_table(columns, batches)
