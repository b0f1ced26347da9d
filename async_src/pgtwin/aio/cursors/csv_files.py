"""Copies CSV files into a table, and the rows of a query to a CSV file.

The file is passed through in blocks, unchanged. The server reads and writes the values.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import IO, TYPE_CHECKING, Any, TypeAlias

from psycopg import sql

from pgtwin.core.copy.csv_format import CsvFormat, unknown_encoding
from pgtwin.core.copy.output_file import OutputFile
from pgtwin.core.copy.statements import copy_to_client

if TYPE_CHECKING:
    from pgtwin.aio.cursors.copy import Progress
    from pgtwin.aio.cursors.cursor import AsyncCursor
    from pgtwin.core.type_aliases import Params, Query

# Bytes that are read from a file at a time.
BLOCK = 256 * 1024

CsvFile: TypeAlias = "str | os.PathLike[str] | IO[bytes]"
"""The path of a CSV file, or a file that is open in binary mode."""


async def copy_from_csv(
    cursor: AsyncCursor[Any],
    table: str | sql.Identifier,
    file: CsvFile,
    columns: Sequence[str] | None,
    form: CsvFormat,
    timeout: float | None,
    progress: Progress | None,
) -> int:
    """Copy a file into a table and return the number of rows."""
    with _reading(file) as source:
        data = form.without_signature(_block_of(source))
        if form.header and columns is None:
            columns, data = _header(source, data, form)
        name = sql.Identifier(table) if isinstance(table, str) else table
        target: sql.Composable = name
        if columns is not None:
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            target = sql.SQL("{} ({})").format(name, names)
        options: Any = form.options()
        statement = sql.SQL("COPY {} FROM STDIN ({})").format(target, sql.SQL(options))
        async with cursor.copy(statement, timeout=timeout, progress=progress) as copy:
            if form.header:
                copy._expect_header()
            while data:
                await copy.write(data)
                data = _block_of(source)
    return cursor.rowcount


async def copy_to_csv(
    cursor: AsyncCursor[Any],
    query: Query | sql.Identifier,
    file: CsvFile,
    params: Params | None,
    form: CsvFormat,
    timeout: float | None,
    progress: Progress | None,
) -> int:
    """Write the rows of a query to a file, and return the number of rows."""
    statement: Any = copy_to_client(query, params, form.options())
    with _writing(file) as target:
        async with cursor.copy(
            statement, params, timeout=timeout, progress=progress
        ) as copy:
            if form.header:
                copy._expect_header()
            async for block in copy.blocks():
                target.write(block)
    return cursor.rowcount


def _reading(file: CsvFile) -> AbstractContextManager[IO[bytes]]:
    if isinstance(file, (str, os.PathLike)):
        return open(file, "rb")
    return nullcontext(file)


def _writing(file: CsvFile) -> AbstractContextManager[IO[bytes]]:
    if isinstance(file, (str, os.PathLike)):
        return OutputFile(file)
    return nullcontext(file)


def _block_of(source: IO[bytes]) -> bytes:
    data = source.read(BLOCK)
    if isinstance(data, str):
        raise TypeError(
            "the file is open for reading text: open it with mode 'rb', and give the "
            "encoding here"
        )
    return data


def _header(source: IO[bytes], data: bytes, form: CsvFormat) -> tuple[list[str], bytes]:
    """Return the names in the header, and the data from the beginning of the file."""
    try:
        names = form.header_of(data, False)
        while names is None:
            more = _block_of(source)
            data += more
            names = form.header_of(data, not more)
    except LookupError:
        raise unknown_encoding(form.encoding) from None
    return names, data
