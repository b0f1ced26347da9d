"""The parts of a connection that start queries: its cursors, and its own `execute()`.

A cursor belongs to one connection during its whole life.
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
    from pgtwin.core.arrow.rows import ArrowStream
    from pgtwin.core.statements.query_hooks import QueryHook
    from pgtwin.core.type_aliases import (
        Params,
        Query,
        QueryNoTemplate,
        RowFactory,
        Template,
    )

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
        """Return a new cursor; with a name it is a server-side cursor.

        `binary` requests all values in binary format, or in text format. Without it,
        `automatic_binary` decides. `scrollable` and `withhold` are for server-side
        cursors: whether they can move backward, and whether they remain after their
        transaction. Raises `OperationalError` if the connection is closed or lost.
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
        """Execute a query with a new cursor, and return that cursor.

        It has the parameters of `cursor.execute()`, and raises the same errors.
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
        """Copy rows into a table, and return the number of rows.

        `table` is a name, or an `Identifier` if it has a schema. Without `columns`,
        each row has a value for every column that is not generated. A value is stored
        as INSERT stores it: the server parses strings for the type of the column,
        including JSON; other values for JSON columns are dumped as JSON. A value of
        another type than the column's is refused unless its text means the same. Rows
        are sent in binary format if the types of the columns have one. From the first
        row on with a value that it does not take, they are sent as text. `timeout` and
        `progress` are as for `cursor.copy()`. Raises `DataError` for values that do not
        fit, or the error of the server. In both cases no row is in the table.
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
        """Copy a CSV file into a table, and return the number of rows.

        `table` is a name, or an `Identifier` if it has a schema. `file` is a path, or a
        file that is open for reading bytes, which is read in blocks of 256 KiB. The
        header names the columns, unless `columns` has other names for them. Without a
        header, the file has all columns of the table. The server reads the values: an
        unquoted `null` is NULL. `encoding` is a name that Python or PostgreSQL knows.
        `timeout` and `progress` are as for `cursor.copy()`. Raises `DataError` if the
        header is missing, or the error of the server, which contains the number of the
        line. In both cases no row is in the table.
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
        """Write the rows of a query to a CSV file, and return the number of rows.

        `query` is a query, or the name of a table as an `Identifier`. Parameters are
        written into it as literals. `file` is a path, or a file that is open for
        writing bytes. For a path, a new file is written, which replaces the old one
        when it is complete. After an error, an open file contains what was written
        until then. `encoding` is a name that Python or PostgreSQL knows. `timeout` and
        `progress` are as for `cursor.copy()`. Raises the error of the server.
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
        """Copy Arrow data or a data frame into a table; return the number of rows.

        `data` is an object with `__arrow_c_stream__()`: tables and readers of pyarrow,
        data frames of polars and pandas, and others. `columns` are the names of its
        columns in the table, if they differ. Values are stored as `copy_records()`
        stores them. Raises `ImportError` if pyarrow is missing, `DataError` for a type
        that no column has and for values that do not fit, or the error of the server.
        In these cases no row is in the table.
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
        """Execute a query, and return its rows as a `pyarrow.Table` in batches.

        `query` is a query, or the name of a table as an `Identifier`. Parameters are
        written into it as literals. COPY sends the rows in binary format, and no Python
        objects are created for the values. Data frames accept the table itself, or its
        `__arrow_c_stream__()`. `timeout` and `progress` are as for `cursor.copy()`.
        Raises `ImportError` if pyarrow is missing, `DataError` for a value that the
        type of Arrow does not have, such as an infinite date, or the error of the
        server.
        """
        cursor = self.cursor(row_factory=tuple_row)
        return await fetch_arrow(cursor, query, params, timeout, progress)

    def pipeline(self) -> AsyncPipeline:
        """Return a block in which statements are sent without waiting for results."""
        # The connection of which this is a part.
        connection: Any = self
        return AsyncPipeline(connection)

    def add_query_hook(self, hook: QueryHook) -> None:
        """Call a function with a `QueryEvent` after each statement.

        It is also called for statements of the driver (`BEGIN`, `FETCH` ...). The text
        of the statement has no values of parameters; the message of its error may have
        some, because the server quotes them. `executemany()`, `copy()` and `stream()`
        count as one statement each. In a pipeline it is called when the results arrive.
        """
        self._session.hooks.append(hook)

    def remove_query_hook(self, hook: QueryHook) -> None:
        """Remove a query hook; raise `ValueError` if it was not added."""
        self._session.hooks.remove(hook)
