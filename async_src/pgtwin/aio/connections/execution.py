"""Where queries begin: the cursors of a connection, and `execute()` without one.

A cursor belongs to one connection as long as it lives.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from psycopg import pq
from psycopg.rows import Row, tuple_row

from pgtwin.aio.connections.pipeline import AsyncPipeline
from pgtwin.aio.cursors.arrow import copy_arrow, fetch_arrow
from pgtwin.aio.cursors.copy_records import copy_records
from pgtwin.aio.cursors.csv_files import CsvFile, copy_from_csv, copy_to_csv
from pgtwin.aio.cursors.cursor import AsyncCursor
from pgtwin.aio.cursors.server_cursor import AsyncServerCursor
from pgtwin.core.copy.csv_format import CsvFormat

if TYPE_CHECKING:
    import pyarrow
    from psycopg import sql

    from pgtwin.aio.cursors.copy import Progress
    from pgtwin.aio.sessions.session import Session
    from pgtwin.core.annotations import (
        Params,
        Query,
        QueryNoTemplate,
        RowFactory,
        Template,
    )
    from pgtwin.core.arrow.rows import ArrowStream
    from pgtwin.core.statements.query_hooks import QueryHook

TEXT = pq.Format.TEXT
BINARY = pq.Format.BINARY

OtherRow = TypeVar("OtherRow")


class AsyncQueries(Generic[Row]):
    """The part of a connection that executes queries."""

    __module__ = "pgtwin"
    _session: Session

    row_factory: RowFactory[Row]
    cursor_factory: type[AsyncCursor[Any]]
    server_cursor_factory: type[AsyncServerCursor[Any]]

    @overload
    def cursor(self, *, binary: bool | None = None) -> AsyncCursor[Row]: ...

    @overload
    def cursor(
        self, *, binary: bool | None = None, row_factory: RowFactory[OtherRow]
    ) -> AsyncCursor[OtherRow]: ...

    @overload
    def cursor(
        self,
        name: str,
        *,
        binary: bool | None = None,
        scrollable: bool | None = None,
        withhold: bool = False,
    ) -> AsyncServerCursor[Row]: ...

    @overload
    def cursor(
        self,
        name: str,
        *,
        binary: bool | None = None,
        row_factory: RowFactory[OtherRow],
        scrollable: bool | None = None,
        withhold: bool = False,
    ) -> AsyncServerCursor[OtherRow]: ...

    def cursor(
        self,
        name: str = "",
        *,
        binary: bool | None = None,
        row_factory: RowFactory[Any] | None = None,
        scrollable: bool | None = None,
        withhold: bool = False,
    ) -> AsyncCursor[Any] | AsyncServerCursor[Any]:
        """Return a new cursor, a server-side one if it has a name.

        `binary` asks for all values in binary format, or in text format; what is not
        given is left to `automatic_binary`. `scrollable` and `withhold`
        are for server-side cursors: whether they can go backward, and whether they
        outlive their transaction. Raises `OperationalError` when the connection is
        closed or lost.
        """
        self._session.check()
        row_factory = row_factory or self.row_factory
        cursor: AsyncCursor[Any]
        # The connection of which this is a part.
        connection: Any = self
        if name:
            cursor = self.server_cursor_factory(
                connection,
                name=name,
                row_factory=row_factory,
                scrollable=scrollable,
                withhold=withhold,
            )
        else:
            cursor = self.cursor_factory(connection, row_factory=row_factory)
        if binary is not None:
            cursor.format = BINARY if binary else TEXT
        return cursor

    @overload
    async def execute(
        self,
        query: QueryNoTemplate,
        params: Params | None = None,
        *,
        prepare: bool | None = None,
        binary: bool | None = None,
        timeout: float | None = None,
    ) -> AsyncCursor[Row]: ...

    @overload
    async def execute(
        self,
        query: Template,
        *,
        prepare: bool | None = None,
        binary: bool | None = None,
        timeout: float | None = None,
    ) -> AsyncCursor[Row]: ...

    async def execute(
        self,
        query: Query,
        params: Params | None = None,
        *,
        prepare: bool | None = None,
        binary: bool | None = None,
        timeout: float | None = None,
    ) -> AsyncCursor[Row]:
        """Execute a query on a new cursor and return that cursor.

        Takes what `cursor.execute()` takes, and raises what it raises.
        """
        cursor = self.cursor(binary=binary)
        either: Any = query  # the overloads take one or the other
        return await cursor.execute(either, params, prepare=prepare, timeout=timeout)

    async def copy_records(
        self,
        table: str | sql.Identifier,
        columns: Sequence[str] | None,
        rows: Iterable[Sequence[Any]] | AsyncIterable[Sequence[Any]],
        *,
        timeout: float | None = None,
        progress: Progress | None = None,
    ) -> int:
        """Copy rows into a table and return their number.

        `table` is a name, or an `Identifier` when it has a schema; without `columns`
        each row has all that are not generated. A value is stored as INSERT stores it:
        strings as what they say for the column's type, JSON too; what else there is
        for JSON is dumped. Values of other types than the column's are refused unless
        their text says the same. Rows go in binary format if the columns' types have
        one, else as text, and so do rows from the first on whose values it does not
        take. `timeout` and `progress` are as for `cursor.copy()`. Raises `DataError`
        for values that do not fit, else the server's error; no row is in the table
        then.
        """
        cursor = self.cursor(row_factory=tuple_row)
        return await copy_records(cursor, table, columns, rows, timeout, progress)

    async def copy_from_csv(
        self,
        table: str | sql.Identifier,
        file: CsvFile,
        columns: Sequence[str] | None = None,
        *,
        header: bool = True,
        delimiter: str = ",",
        quote: str = '"',
        null: str = "",
        encoding: str = "utf-8",
        timeout: float | None = None,
        progress: Progress | None = None,
    ) -> int:
        """Copy a CSV file into a table and return the number of rows.

        `table` is a name, or an `Identifier` when it has a schema. `file` is a path, or
        a file that is open for reading bytes, which is read in blocks of 256 KiB.
        The columns are those that the header names, unless `columns` has other names
        for them; without a header they are all columns of the table. The server reads
        the values: it takes an unquoted `null` for NULL. `encoding` is a name of
        Python's or PostgreSQL's. `timeout` and `progress` are as for `cursor.copy()`.
        Raises `DataError` if the header is missing, else the server's error, which
        tells the line; no row is in the table then.
        """
        form = CsvFormat(header, delimiter, quote, null, encoding)
        cursor = self.cursor(row_factory=tuple_row)
        return await copy_from_csv(
            cursor, table, file, columns, form, timeout, progress
        )

    async def copy_to_csv(
        self,
        query: Query | sql.Identifier,
        file: CsvFile,
        params: Params | None = None,
        *,
        header: bool = True,
        delimiter: str = ",",
        quote: str = '"',
        null: str = "",
        encoding: str = "utf-8",
        timeout: float | None = None,
        progress: Progress | None = None,
    ) -> int:
        """Write what a query returns into a CSV file and return the number of rows.

        `query` is a query, or the name of a table as an `Identifier`; parameters are
        written into it as literals. `file` is a path, or a file that is open for
        writing bytes. At a path a new file is written, which takes the place of an old
        one when it is complete; an open file has, after an error, what was written
        until then. `encoding` is a name of Python's or PostgreSQL's. `timeout` and
        `progress` are as for `cursor.copy()`. Raises the server's error.
        """
        form = CsvFormat(header, delimiter, quote, null, encoding)
        cursor = self.cursor(row_factory=tuple_row)
        return await copy_to_csv(cursor, query, file, params, form, timeout, progress)

    async def copy_arrow(
        self,
        table: str | sql.Identifier,
        data: ArrowStream,
        columns: Sequence[str] | None = None,
        *,
        timeout: float | None = None,
        progress: Progress | None = None,
    ) -> int:
        """Copy Arrow data, or a data frame, into a table and return the rows' number.

        `data` is what has `__arrow_c_stream__()`: tables and readers of pyarrow, data
        frames of polars and pandas, and others. `columns` are the names of its columns
        in the table, if they are others. Values are stored as `copy_records()` stores
        them. Raises `ImportError` if pyarrow is missing, `DataError` for a type that no
        column has and for values that do not fit, else the server's error; no row is
        in the table then.
        """
        cursor = self.cursor(row_factory=tuple_row)
        return await copy_arrow(cursor, table, data, columns, timeout, progress)

    async def fetch_arrow(
        self,
        query: Query | sql.Identifier,
        params: Params | None = None,
        *,
        timeout: float | None = None,
        progress: Progress | None = None,
    ) -> pyarrow.Table:
        """Execute a query and return the rows as a `pyarrow.Table`, in batches.

        `query` is a query, or the name of a table as an `Identifier`; parameters are
        written into it as literals. The rows come by COPY, in binary format, and no
        objects are made of the values. Data frames take the table as it is, or by
        `__arrow_c_stream__()`. `timeout` and `progress` are as for `cursor.copy()`.
        Raises `ImportError` if pyarrow is missing, `DataError` for a value that Arrow's
        type cannot hold, as an infinite date, else the server's error.
        """
        cursor = self.cursor(row_factory=tuple_row)
        return await fetch_arrow(cursor, query, params, timeout, progress)

    def pipeline(self) -> AsyncPipeline:
        """Return a block in which statements do not wait for their results."""
        # The connection of which this is a part.
        connection: Any = self
        return AsyncPipeline(connection)

    def add_query_hook(self, hook: QueryHook) -> None:
        """Call a function with a `QueryEvent` after each statement.

        It is told of what the driver executes by itself (`BEGIN`, `FETCH` ...) too, and
        of no parameter's value; `executemany()`, `copy()` and `stream()` count as one
        statement each. In a pipeline it is called when the results arrive.
        """
        self._session.hooks.append(hook)

    def remove_query_hook(self, hook: QueryHook) -> None:
        """Call it no more; raises `ValueError` when it was not added."""
        self._session.hooks.remove(hook)
