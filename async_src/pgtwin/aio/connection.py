"""Connections: open sessions, hand out cursors and transaction blocks.

Law: a connection that is not closed owns its session; it is closed by `close()`, by
leaving its block, or, with a warning, when it is forgotten.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import AsyncIterable, Iterable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

from psycopg import ConnectionInfo, errors as e, pq
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import Row, tuple_row

from pgtwin.aio.attempts import open_exchange
from pgtwin.aio.characteristics import AsyncCharacteristics
from pgtwin.aio.cursor import AsyncCursor
from pgtwin.aio.messages import AsyncMessages
from pgtwin.aio.opening import Opening
from pgtwin.aio.pipeline import AsyncPipeline
from pgtwin.aio.records import copy_records
from pgtwin.aio.server_cursor import AsyncServerCursor
from pgtwin.aio.session import Session
from pgtwin.aio.transaction import AsyncTransaction
from pgtwin.aio.two_phase import AsyncTwoPhase
from pgtwin.aio.type_info import find_type

if TYPE_CHECKING:
    import asyncio

    from psycopg import sql
    from psycopg.pq.abc import PGconn
    from typing_extensions import Self

    from pgtwin.aio.exchange import Exchange
    from pgtwin.core.adapters import Adapters
    from pgtwin.core.annotations import (
        AdaptContext,
        ConnParam,
        Params,
        Query,
        QueryNoTemplate,
        RowFactory,
        Template,
    )
    from pgtwin.types.info import TypeInfo

BINARY = pq.Format.BINARY

OtherRow = TypeVar("OtherRow")
Info = TypeVar("Info", bound="TypeInfo")

logger = logging.getLogger("pgtwin")


class AsyncConnection(AsyncCharacteristics, AsyncTwoPhase, AsyncMessages, Generic[Row]):
    """A connection with a PostgreSQL server (PEP 249).

    Used as a block it commits when the block is left normally, rolls back when an
    error leaves it, and closes in both cases.
    """

    __module__ = "pgtwin"

    Warning = e.Warning
    Error = e.Error
    InterfaceError = e.InterfaceError
    DatabaseError = e.DatabaseError
    DataError = e.DataError
    OperationalError = e.OperationalError
    IntegrityError = e.IntegrityError
    InternalError = e.InternalError
    ProgrammingError = e.ProgrammingError
    NotSupportedError = e.NotSupportedError

    row_factory: RowFactory[Row]
    cursor_factory: type[AsyncCursor[Any]]
    server_cursor_factory: type[AsyncServerCursor[Any]]

    def __init__(
        self,
        exchange: Exchange,
        row_factory: RowFactory[Row] | None = None,
        context: AdaptContext | None = None,
    ) -> None:
        self._session = Session(
            exchange, self, context.adapters if context is not None else None
        )
        self.row_factory = row_factory or cast("RowFactory[Row]", tuple_row)
        self.cursor_factory = AsyncCursor
        self.server_cursor_factory = AsyncServerCursor

    @overload
    @classmethod
    def connect(
        cls,
        conninfo: str = "",
        *,
        autocommit: bool = False,
        prepare_threshold: int | None = 5,
        context: AdaptContext | None = None,
        row_factory: RowFactory[Row] | None = None,
        cursor_factory: type[AsyncCursor[Any]] | None = None,
        **kwargs: ConnParam,
    ) -> Opening[Self]: ...

    @overload
    @classmethod
    def connect(
        cls,
        conninfo: str = "",
        *,
        autocommit: bool = False,
        prepare_threshold: int | None = 5,
        context: AdaptContext | None = None,
        row_factory: RowFactory[OtherRow],
        cursor_factory: type[AsyncCursor[Any]] | None = None,
        **kwargs: ConnParam,
    ) -> Opening[AsyncConnection[OtherRow]]: ...

    @classmethod
    def connect(
        cls,
        conninfo: str = "",
        *,
        autocommit: bool = False,
        prepare_threshold: int | None = 5,
        context: AdaptContext | None = None,
        row_factory: RowFactory[Any] | None = None,
        cursor_factory: type[AsyncCursor[Any]] | None = None,
        **kwargs: ConnParam,
    ) -> Opening[Any]:
        """Connect to a server and return the connection.

        `conninfo` and the other keywords are libpq's connection parameters; each
        attempt may take `connect_timeout` seconds. Raises `ProgrammingError` for
        parameters that libpq does not know, `ConnectionTimeout` or another
        `OperationalError`, with all attempts in its message, when there is no server
        that accepts us.
        """
        return Opening(
            cls._connect(
                conninfo,
                autocommit,
                prepare_threshold,
                context,
                row_factory,
                cursor_factory,
                kwargs,
            )
        )

    @classmethod
    async def _connect(
        cls,
        conninfo: str,
        autocommit: bool,
        prepare_threshold: int | None,
        context: AdaptContext | None,
        row_factory: RowFactory[Row] | None,
        cursor_factory: type[AsyncCursor[Any]] | None,
        kwargs: dict[str, ConnParam],
    ) -> Self:
        exchange = await open_exchange(conninfo_to_dict(conninfo, **kwargs))
        try:
            connection = cls(exchange, row_factory, context)
            connection._session.autocommit = bool(autocommit)
            connection.prepare_threshold = prepare_threshold
            if cursor_factory is not None:
                connection.cursor_factory = cursor_factory
        except BaseException:
            exchange.finish()
            raise
        return connection

    def __del__(self) -> None:
        session: Session | None = getattr(self, "_session", None)
        if session is None or session.closed or session.inherited:
            return
        warnings.warn(
            f"{self!r} was forgotten while open: close it, or use it in a with block",
            ResourceWarning,
            stacklevel=2,
        )
        session.close()

    def __repr__(self) -> str:
        cls = type(self)
        name = f"{cls.__module__}.{cls.__qualname__}"
        if self.closed:
            return f"<{name} [{'BROKEN' if self.broken else 'CLOSED'}]>"
        info = self.info
        status = info.transaction_status.name
        where = f"host={info.host} port={info.port} database={info.dbname}"
        return f"<{name} [{status}] ({where} user={info.user}) at 0x{id(self):x}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        if self.closed:
            return
        try:
            if exc_type is None:
                await self.commit()
                return
            try:
                await self.rollback()
            except Exception as failure:
                # The error that is on its way tells more than this one.
                logger.warning("rollback of %r failed: %s", self, failure)
        finally:
            await self.close()

    @property
    def closed(self) -> bool:
        """Whether the connection can no longer be used, closed or lost."""
        return self._session.closed

    @property
    def broken(self) -> bool:
        """Whether the connection ended without having been closed."""
        return self._session.broken

    @property
    def pgconn(self) -> PGconn:
        """The libpq handle. What is executed on it directly is not noticed here."""
        return self._session.pgconn

    @property
    def lock(self) -> asyncio.Lock:
        """The lock that each operation holds while it talks with the server."""
        return self._session.lock

    @property
    def info(self) -> ConnectionInfo:
        """What is known of the server, the parameters and the transaction."""
        return ConnectionInfo(self._session.pgconn)

    @property
    def adapters(self) -> Adapters:
        """The adapters of the connection; cursors use them unless they have others."""
        return self._session.adapters

    @property
    def connection(self) -> Any:
        """The connection itself, as adaptation contexts have it."""
        # Not Self: psycopg's own functions take contexts of its own connections.
        return self

    @property
    def prepare_threshold(self) -> int | None:
        """Executions before a statement is prepared; `None` prepares none."""
        return self._session.prepared.threshold

    @prepare_threshold.setter
    def prepare_threshold(self, value: int | None) -> None:
        self._session.prepared.threshold = value

    @property
    def prepared_max(self) -> int | None:
        """How many statements stay prepared; `None` sets no limit."""
        return self._session.prepared.limit

    @prepared_max.setter
    def prepared_max(self, value: int | None) -> None:
        self._session.prepared.limit = value

    async def close(self) -> None:
        """Close the connection; what has not been committed is lost."""
        self._session.close()

    @overload
    def cursor(self, *, binary: bool = False) -> AsyncCursor[Row]: ...

    @overload
    def cursor(
        self, *, binary: bool = False, row_factory: RowFactory[OtherRow]
    ) -> AsyncCursor[OtherRow]: ...

    @overload
    def cursor(
        self,
        name: str,
        *,
        binary: bool = False,
        scrollable: bool | None = None,
        withhold: bool = False,
    ) -> AsyncServerCursor[Row]: ...

    @overload
    def cursor(
        self,
        name: str,
        *,
        binary: bool = False,
        row_factory: RowFactory[OtherRow],
        scrollable: bool | None = None,
        withhold: bool = False,
    ) -> AsyncServerCursor[OtherRow]: ...

    def cursor(
        self,
        name: str = "",
        *,
        binary: bool = False,
        row_factory: RowFactory[Any] | None = None,
        scrollable: bool | None = None,
        withhold: bool = False,
    ) -> AsyncCursor[Any] | AsyncServerCursor[Any]:
        """Return a new cursor, a server-side one if it has a name.

        `binary` asks for all values in binary format. `scrollable` and `withhold`
        are for server-side cursors: whether they can go backward, and whether they
        outlive their transaction. Raises `OperationalError` when the connection is
        closed or lost.
        """
        self._session.check()
        row_factory = row_factory or self.row_factory
        cursor: AsyncCursor[Any]
        if name:
            cursor = self.server_cursor_factory(
                self,
                name=name,
                row_factory=row_factory,
                scrollable=scrollable,
                withhold=withhold,
            )
        else:
            cursor = self.cursor_factory(self, row_factory=row_factory)
        if binary:
            cursor.format = BINARY
        return cursor

    @overload
    async def execute(
        self,
        query: QueryNoTemplate,
        params: Params | None = None,
        *,
        prepare: bool | None = None,
        binary: bool = False,
    ) -> AsyncCursor[Row]: ...

    @overload
    async def execute(
        self, query: Template, *, prepare: bool | None = None, binary: bool = False
    ) -> AsyncCursor[Row]: ...

    async def execute(
        self,
        query: Query,
        params: Params | None = None,
        *,
        prepare: bool | None = None,
        binary: bool = False,
    ) -> AsyncCursor[Row]:
        """Execute a query on a new cursor and return that cursor."""
        cursor = self.cursor(binary=binary)
        either: Any = query  # the overloads take one or the other
        return await cursor.execute(either, params, prepare=prepare)

    async def copy_records(
        self,
        table: str | sql.Identifier,
        columns: Sequence[str] | None,
        rows: Iterable[Sequence[Any]] | AsyncIterable[Sequence[Any]],
    ) -> int:
        """Copy rows into a table and return their number.

        `table` is a name, or an `Identifier` when it has a schema; without `columns`
        each row has all that are not generated. The values go in binary format if
        those of the first row can, as the columns' types, else as text. Raises
        `DataError` for values that do not fit, else the server's error; no row is in
        the table then.
        """
        cursor = self.cursor(row_factory=tuple_row)
        return await copy_records(cursor, table, columns, rows)

    def transaction(
        self, savepoint_name: str | None = None, force_rollback: bool = False
    ) -> AsyncTransaction:
        """Return a transaction block, or a savepoint inside another transaction.

        `force_rollback` rolls back even when the block is left normally.
        """
        return AsyncTransaction(self, savepoint_name, force_rollback)

    def pipeline(self) -> AsyncPipeline:
        """Return a block in which statements do not wait for their results."""
        return AsyncPipeline(self)

    def fileno(self) -> int:
        """Return the descriptor of the socket; it is readable when the server speaks.

        Raises `OperationalError` when the connection is closed or lost.
        """
        self._session.check()
        return self._session.pgconn.socket

    def cancel(self) -> None:
        """Ask the server to cancel what the connection executes (`PQcancel`).

        Blocks until the server has the request; does nothing on a closed connection.
        Use `cancel_safe()` where blocking matters.
        """
        if not self.closed:
            self._session.check_cancellable()
            self._session.pgconn.get_cancel().cancel()

    async def cancel_safe(self, *, timeout: float = 30.0) -> None:
        """Ask the server to cancel what the connection executes.

        The cancelled operation raises `QueryCanceled`. Does nothing on a closed
        connection. Raises `CancellationTimeout` after `timeout` seconds.
        """
        if not self.closed:
            self._session.check_cancellable()
            await self._session.exchange.cancel(timeout)

    async def _find_type(
        self, cls: type[Info], name: str | sql.Identifier
    ) -> Info | None:
        """Fetch what `pgtwin.types` knows of a type."""
        return await find_type(self, cls, name)
