"""Connections: they open sessions, and create cursors and transaction blocks.

An open connection owns its session. The session ends at `close()`, at the end of the
connection's block, or, with a warning, when the connection is no longer referenced.
"""

from __future__ import annotations

import logging
import warnings
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

import psycopg
from psycopg import ConnectionInfo, pq
from psycopg.rows import Row, TupleRow, tuple_row

from pgtwin.aio.connections.connect_awaitable import ConnectAwaitable
from pgtwin.aio.connections.disconnection import AsyncDisconnection
from pgtwin.aio.connections.execution import AsyncQueries
from pgtwin.aio.connections.notifications import AsyncNotifications
from pgtwin.aio.connections.pool_protocol import Pool, returning
from pgtwin.aio.connections.transaction import AsyncTransaction
from pgtwin.aio.connections.transaction_modes import AsyncTransactionModes
from pgtwin.aio.connections.two_phase import AsyncTwoPhase
from pgtwin.aio.connections.type_info import find_type
from pgtwin.aio.cursors.cursor import AsyncCursor
from pgtwin.aio.cursors.server_cursor import AsyncServerCursor
from pgtwin.aio.libpq.connect_attempts import connect as connect_anywhere
from pgtwin.aio.libpq.exchange import Exchange
from pgtwin.aio.sessions.session import Session
from pgtwin.core.base_connection import BaseConnection
from pgtwin.core.prepared_statements import PREPARED_MAX

if TYPE_CHECKING:
    import asyncio

    from psycopg import sql
    from psycopg.pq.abc import PGconn
    from typing_extensions import Self

    from pgtwin.core.adaptation.adapters import Adapters
    from pgtwin.core.type_aliases import (
        AdaptContext,
        ConnParam,
        NoRow,
        RowFactory,
    )

# mypy takes it for true.
MYPY = False

OtherRow = TypeVar("OtherRow")
OfAnyRow = TypeVar("OfAnyRow", bound="AsyncConnection[NoRow]")
Info = TypeVar("Info", bound="psycopg.types.TypeInfo")

logger = logging.getLogger("pgtwin")


class AsyncConnection(
    BaseConnection[Row],
    AsyncQueries[Row],
    AsyncTransactionModes,
    AsyncTwoPhase,
    AsyncNotifications,
    AsyncDisconnection,
):
    """A connection with a PostgreSQL server (PEP 249).

    If it is used as a block, it commits at the normal end of the block, and rolls back
    if an error leaves the block. It is closed in both cases.
    """

    __module__ = "pgtwin"
    _psycopg_class = psycopg.AsyncConnection

    _pool: Pool | None = None

    def __init__(
        self, pgconn: PGconn, row_factory: RowFactory[Row] | None = None
    ) -> None:
        self._session = Session(Exchange.over(pgconn), self)
        self.row_factory = row_factory or cast("RowFactory[Row]", tuple_row)
        self.cursor_factory = AsyncCursor
        self.server_cursor_factory = AsyncServerCursor

    # mypy finds the rows of a generic class from the factory. pyright takes the default
    # rows of a class before it looks at the arguments, and needs overloads.
    if TYPE_CHECKING and not MYPY:

        @overload
        @classmethod
        def connect(
            cls,
            conninfo: str = "",
            *,
            autocommit: bool = False,
            prepare_threshold: int | None = 5,
            context: AdaptContext | None = None,
            row_factory: None = None,
            cursor_factory: type[AsyncCursor[Any]] | None = None,
            server_cursor_factory: type[AsyncServerCursor[Any]] | None = None,
            prepared_max: int | None = PREPARED_MAX,
            timeout: float | None = None,
            command_timeout: float | None = None,
            **kwargs: ConnParam,
        ) -> ConnectAwaitable[Self]: ...

        # Only a class whose rows may be anything is bound by `NoRow`.
        @overload
        @classmethod
        def connect(
            cls: type[OfAnyRow],
            conninfo: str = "",
            *,
            autocommit: bool = False,
            prepare_threshold: int | None = 5,
            context: AdaptContext | None = None,
            row_factory: RowFactory[OtherRow],
            cursor_factory: type[AsyncCursor[Any]] | None = None,
            server_cursor_factory: type[AsyncServerCursor[Any]] | None = None,
            prepared_max: int | None = PREPARED_MAX,
            timeout: float | None = None,
            command_timeout: float | None = None,
            **kwargs: ConnParam,
        ) -> ConnectAwaitable[OfAnyRow]: ...

        # The class itself, whose rows follow from the factory.
        @overload
        @classmethod
        def connect(
            cls: type[AsyncConnection[TupleRow]],
            conninfo: str = "",
            *,
            autocommit: bool = False,
            prepare_threshold: int | None = 5,
            context: AdaptContext | None = None,
            row_factory: RowFactory[OtherRow],
            cursor_factory: type[AsyncCursor[Any]] | None = None,
            server_cursor_factory: type[AsyncServerCursor[Any]] | None = None,
            prepared_max: int | None = PREPARED_MAX,
            timeout: float | None = None,
            command_timeout: float | None = None,
            **kwargs: ConnParam,
        ) -> ConnectAwaitable[AsyncConnection[OtherRow]]: ...

        @overload
        @classmethod
        def connect(
            cls,
            conninfo: str = "",
            *,
            autocommit: bool = False,
            prepare_threshold: int | None = 5,
            context: AdaptContext | None = None,
            row_factory: RowFactory[Row],
            cursor_factory: type[AsyncCursor[Any]] | None = None,
            server_cursor_factory: type[AsyncServerCursor[Any]] | None = None,
            prepared_max: int | None = PREPARED_MAX,
            timeout: float | None = None,
            command_timeout: float | None = None,
            **kwargs: ConnParam,
        ) -> ConnectAwaitable[Self]: ...

    @classmethod
    def connect(  # pyright: ignore[reportInconsistentOverload]
        cls,
        conninfo: str = "",
        *,
        autocommit: bool = False,
        prepare_threshold: int | None = 5,
        context: AdaptContext | None = None,
        row_factory: RowFactory[Row] | None = None,
        cursor_factory: type[AsyncCursor[Any]] | None = None,
        server_cursor_factory: type[AsyncServerCursor[Any]] | None = None,
        prepared_max: int | None = PREPARED_MAX,
        timeout: float | None = None,
        command_timeout: float | None = None,
        **kwargs: ConnParam,
    ) -> ConnectAwaitable[Self]:
        """Connect to a server and return the connection.

        `conninfo` and the other keywords are libpq's connection parameters; each
        attempt may take `connect_timeout` seconds, all together `timeout` seconds.
        `command_timeout` is the time that operations on the connection have unless
        they are given another. What is given here goes before what `__init__()` of a
        derived class sets. Raises `ProgrammingError` for parameters that libpq does
        not know, `ConnectionTimeout` or another `OperationalError`, with all attempts
        in its message, when there is no server that accepts us.
        """
        attributes: dict[str, Any] = {}
        if row_factory is not None:
            attributes["row_factory"] = row_factory
        if cursor_factory is not None:
            attributes["cursor_factory"] = cursor_factory
        if server_cursor_factory is not None:
            attributes["server_cursor_factory"] = server_cursor_factory
        if command_timeout is not None:
            attributes["command_timeout"] = command_timeout
        attributes["prepare_threshold"] = prepare_threshold
        if prepared_max != PREPARED_MAX:
            attributes["prepared_max"] = prepared_max
        return ConnectAwaitable(
            cls._connect(
                conninfo, kwargs, timeout, bool(autocommit), context, attributes
            )
        )

    @classmethod
    async def _connect(
        cls,
        conninfo: str,
        params: dict[str, ConnParam],
        timeout: float | None,
        autocommit: bool,
        context: AdaptContext | None,
        attributes: dict[str, Any],
    ) -> Self:
        pgconn, walsender = await connect_anywhere(conninfo, params, timeout)
        try:
            # A derived class may take what psycopg's connections take, and no more.
            connection = cls(pgconn)
            session = connection._session
            session.autocommit = autocommit
            if walsender:
                session.prepared.supported = False
            if context is not None:
                session.adaptation.adapt_as(context.adapters)
            for name, value in attributes.items():
                setattr(connection, name, value)
        except BaseException:
            pgconn.finish()
            raise
        return connection

    def __reduce__(self) -> Any:
        raise TypeError(
            f"a {type(self).__qualname__} cannot be copied or pickled: open another "
            "with connect()"
        )

    def __del__(self) -> None:
        session: Session | None = getattr(self, "_session", None)
        if session is None or session.closed or session.inherited:
            return
        if "_pool" in vars(self):
            session.close()  # as every pool ends that is not closed
            return
        try:
            warnings.warn(
                f"{self!r} was forgotten while open: close it, or use it in a with "
                "block",
                ResourceWarning,
                stacklevel=2,
            )
        finally:
            session.close()

    def __repr__(self) -> str:
        cls = type(self)
        name = f"{cls.__module__}.{cls.__qualname__}"
        if self.closed:
            return f"<{name} [{'BROKEN' if self.broken else 'CLOSED'}]>"
        pgconn = self.pgconn
        status = pq.TransactionStatus(pgconn.transaction_status).name
        # Not by `info`, which raises where Python has not the connection's encoding.
        parts = (
            ("host", pgconn.host),
            ("port", pgconn.port),
            ("user", pgconn.user),
            ("database", pgconn.db),
        )
        where = " ".join(f"{x}={value.decode(errors='replace')}" for x, value in parts)
        return f"<{name} [{status}] ({where}) at 0x{id(self):x}>"

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
                # The error that leaves the block says more than this one.
                logger.warning("rollback of %r failed: %s", self, failure)
        finally:
            if self._pool is None:  # else it goes back there
                await self.close()

    @property
    def closed(self) -> bool:
        """Whether the connection can no longer be used: it was closed or lost."""
        return self._session.closed

    @property
    def broken(self) -> bool:
        """Whether the connection ended without having been closed."""
        return self._session.broken

    @property
    def pgconn(self) -> PGconn:
        """The libpq connection. The driver does not notice direct use of it."""
        return self._session.pgconn

    @property
    def lock(self) -> asyncio.Lock:
        """The lock that each operation holds while it communicates with the server."""
        return self._session.lock.lock

    @property
    def info(self) -> ConnectionInfo:
        """Information about the server, the parameters and the transaction."""
        return ConnectionInfo(self._session.pgconn)

    @property
    def adapters(self) -> Adapters:
        """The adapters of the connection; cursors use them or have their own."""
        return self._session.adaptation.adapters

    @property
    def connection(self) -> Any:
        """The connection itself, as adaptation contexts have it."""
        # Not Self: psycopg's own functions take contexts of its own connections.
        return self

    @property
    def prepare_threshold(self) -> int | None:
        """How many executions come before a statement is prepared; `None`: never."""
        return self._session.prepared.threshold

    @prepare_threshold.setter
    def prepare_threshold(self, value: int | None) -> None:
        self._session.prepared.threshold = value

    @property
    def command_timeout(self) -> float | None:
        """The time limit of operations in seconds; `None` sets no limit.

        It applies to operations without a `timeout` of their own. `timeout=math.inf`
        sets no limit for one operation.
        """
        return self._session.lock.command_timeout

    @command_timeout.setter
    def command_timeout(self, value: float | None) -> None:
        self._session.lock.command_timeout = value

    @property
    def prepared_max(self) -> int | None:
        """The number of statements that stay prepared; `None` sets no limit."""
        return self._session.prepared.limit

    @prepared_max.setter
    def prepared_max(self, value: int | None) -> None:
        self._session.prepared.limit = value

    @property
    def automatic_binary(self) -> bool:
        """Whether results use the binary format if it is faster and no value differs.

        The driver decides this for each prepared statement by the types and loaders of
        its columns, unless you request a format: see the page "How values are read". If
        one `fetchall()` of a statement has fetched hundreds of rows, the next rows are
        loaded while the server still sends (libpq 17). The `pgresult` of the cursor
        then represents all of them.
        """
        return self._session.automatic_binary

    @automatic_binary.setter
    def automatic_binary(self, value: bool) -> None:
        self._session.automatic_binary = value

    async def close(self) -> None:
        """Close the connection. Changes that were not committed are lost.

        A connection of a pool with `close_returns` is returned to the pool instead.
        """
        pool = returning(self._pool)
        if pool is None or self.closed:
            self._session.close()
        else:
            await pool.putconn(self)

    def transaction(
        self, savepoint_name: str | None = None, force_rollback: bool = False
    ) -> AsyncTransaction:
        """Return a transaction block; inside another transaction it is a savepoint.

        `force_rollback` rolls back even at the normal end of the block.
        """
        return AsyncTransaction(self, savepoint_name, force_rollback)

    def fileno(self) -> int:
        """Return the descriptor of the socket, which is readable when the server sends.

        Raises `OperationalError` if the connection is closed or lost.
        """
        self._session.check()
        return self._session.pgconn.socket

    def cancel(self) -> None:
        """Ask the server to cancel the running operation (`PQcancel`).

        Blocks until the server has received the request. Does nothing on a closed
        connection. Use `cancel_safe()` if it must not block.
        """
        if not self.closed:
            self._session.check_cancellable()
            self._session.pgconn.get_cancel().cancel()

    async def cancel_safe(self, *, timeout: float = 30.0) -> None:
        """Ask the server to cancel the running operation.

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
        return await find_type(self._session, self.transaction(), cls, name)
