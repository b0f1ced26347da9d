"""Connections: open sessions, hand out cursors and transaction blocks.

Law: a connection that is not closed owns its session; it is closed by `close()`, by
leaving its block, or, with a warning, when it is forgotten.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

from psycopg import ConnectionInfo, IsolationLevel, Notify, errors as e, pq
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import Row, tuple_row

from pgtwin.aio.attempts import open_exchange
from pgtwin.aio.cursor import AsyncCursor
from pgtwin.aio.notify import notifications
from pgtwin.aio.opening import Opening
from pgtwin.aio.pipeline import AsyncPipeline
from pgtwin.aio.records import copy_records
from pgtwin.aio.server_cursor import AsyncServerCursor
from pgtwin.aio.session import Session
from pgtwin.aio.set_by_method import set_by_method  # twingen: async-only
from pgtwin.aio.transaction import AsyncTransaction, check_no_block
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
        NoticeHandler,
        NotifyHandler,
        Params,
        Query,
        QueryNoTemplate,
        RowFactory,
        Template,
    )
    from pgtwin.types.info import TypeInfo

IDLE = pq.TransactionStatus.IDLE
BINARY = pq.Format.BINARY

OtherRow = TypeVar("OtherRow")
Info = TypeVar("Info", bound="TypeInfo")

logger = logging.getLogger("pgtwin")


class AsyncConnection(Generic[Row]):
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

    @property
    def autocommit(self) -> bool:
        """Whether each statement is a transaction of its own."""
        return self._session.autocommit

    @autocommit.setter
    @set_by_method("set_autocommit")  # twingen: async-only
    async def autocommit(self, value: bool) -> None:
        await self.set_autocommit(value)

    async def set_autocommit(self, value: bool) -> None:
        """Set `autocommit`; raises `ProgrammingError` inside a transaction."""
        async with self._session.lock:
            self._check_idle("autocommit")
            self._session.autocommit = bool(value)

    @property
    def isolation_level(self) -> IsolationLevel | None:
        """The isolation level of new transactions; `None` leaves it to the server."""
        return self._session.characteristics.isolation_level

    @isolation_level.setter
    @set_by_method("set_isolation_level")  # twingen: async-only
    async def isolation_level(self, value: IsolationLevel | None) -> None:
        await self.set_isolation_level(value)

    async def set_isolation_level(self, value: IsolationLevel | None) -> None:
        """Set `isolation_level`; raises `ProgrammingError` inside a transaction."""
        level = None if value is None else IsolationLevel(value)
        await self._set_characteristic("isolation_level", level)

    @property
    def read_only(self) -> bool | None:
        """Whether new transactions only read; `None` leaves it to the server."""
        return self._session.characteristics.read_only

    @read_only.setter
    @set_by_method("set_read_only")  # twingen: async-only
    async def read_only(self, value: bool | None) -> None:
        await self.set_read_only(value)

    async def set_read_only(self, value: bool | None) -> None:
        """Set `read_only`; raises `ProgrammingError` inside a transaction."""
        await self._set_characteristic("read_only", _maybe_bool(value))

    @property
    def deferrable(self) -> bool | None:
        """Whether new transactions are deferrable; `None` leaves it to the server."""
        return self._session.characteristics.deferrable

    @deferrable.setter
    @set_by_method("set_deferrable")  # twingen: async-only
    async def deferrable(self, value: bool | None) -> None:
        await self.set_deferrable(value)

    async def set_deferrable(self, value: bool | None) -> None:
        """Set `deferrable`; raises `ProgrammingError` inside a transaction."""
        await self._set_characteristic("deferrable", _maybe_bool(value))

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

    async def commit(self) -> None:
        """Commit the transaction that is open, if one is.

        Raises `ProgrammingError` inside a `transaction()` block.
        """
        async with self._session.lock:
            check_no_block(self._session.depth, "commit()")
            await self._session.commit()

    async def rollback(self) -> None:
        """Roll back the transaction that is open, if one is.

        Raises `ProgrammingError` inside a `transaction()` block.
        """
        async with self._session.lock:
            check_no_block(self._session.depth, "rollback()")
            await self._session.rollback()

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

    def notifies(
        self, *, timeout: float | None = None, stop_after: int | None = None
    ) -> AsyncGenerator[Notify, None]:
        """Yield the notifications of the channels on which the connection listens.

        Waits for the server without polling, for `timeout` seconds at most, and
        stops after `stop_after` notifications or when the generator is closed. What
        arrives between two calls is kept for the next. Raises `OperationalError`
        when the server goes away.
        """
        return notifications(self._session, timeout, stop_after)

    def add_notify_handler(self, callback: NotifyHandler) -> None:
        """Call a function with each notification that arrives during an operation."""
        self._session.notify_handlers.append(callback)

    def remove_notify_handler(self, callback: NotifyHandler) -> None:
        """Call it no more; raises `ValueError` when it was not registered."""
        self._session.notify_handlers.remove(callback)

    def add_notice_handler(self, callback: NoticeHandler) -> None:
        """Call a function with the `Diagnostic` of each notice and warning."""
        self._session.notice_handlers.append(callback)

    def remove_notice_handler(self, callback: NoticeHandler) -> None:
        """Call it no more; raises `ValueError` when it was not registered."""
        self._session.notice_handlers.remove(callback)

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
            self._session.pgconn.get_cancel().cancel()

    async def cancel_safe(self, *, timeout: float = 30.0) -> None:
        """Ask the server to cancel what the connection executes.

        The cancelled operation raises `QueryCanceled`. Does nothing on a closed
        connection. Raises `CancellationTimeout` after `timeout` seconds.
        """
        if not self.closed:
            await self._session.exchange.cancel(timeout)

    async def _find_type(
        self, cls: type[Info], name: str | sql.Identifier
    ) -> Info | None:
        """Fetch what `pgtwin.types` knows of a type."""
        return await find_type(self, cls, name)

    def _check_idle(self, name: str) -> None:
        session = self._session
        session.check()
        check_no_block(session.depth, f"setting {name}")
        status = session.pgconn.transaction_status
        if status != IDLE:
            raise e.ProgrammingError(
                f"{name} cannot be set in transaction status "
                f"{pq.TransactionStatus(status).name}: commit() or rollback() before"
            )

    async def _set_characteristic(self, name: str, value: Any) -> None:
        session = self._session
        async with session.lock:
            self._check_idle(name)
            session.characteristics = session.characteristics._replace(**{name: value})


def _maybe_bool(value: bool | None) -> bool | None:
    return None if value is None else bool(value)
