"""SQLAlchemy's dialect `postgresql+pgtwin`, for both kinds of engines.

SQLAlchemy loads this module by its entry point; the driver never does. The dialect for
PostgreSQL and psycopg's API is SQLAlchemy's own. This module defines only where
connections come from, and how SQLAlchemy's synchronous code holds the async ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy.connectors.asyncio import (
    AsyncAdapt_dbapi_connection,
    AsyncAdapt_dbapi_ss_cursor,
)
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util import await_only

import pgtwin
from pgtwin.types import TypeInfo

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection
    from sqlalchemy.pool import Pool


class DBAPI:
    """The module `pgtwin` as SQLAlchemy asks for it (PEP 249)."""

    # Compared with versions of psycopg, whose API this is.
    __version__ = psycopg.__version__

    def __getattr__(self, name: str) -> Any:
        return getattr(pgtwin, name)


class AsyncDBAPI(DBAPI):
    """The same, with connections for an `AsyncEngine`."""

    def connect(
        self,
        *args: Any,
        async_creator_fn: Callable[..., Any] | None = None,
        **kwargs: Any,
    ) -> AdaptedConnection:
        """Open a connection, by the engine's `async_creator` if it has one."""
        connect: Any = async_creator_fn or pgtwin.AsyncConnection.connect
        return AdaptedConnection(self, await_only(connect(*args, **kwargs)))


class AdaptedServerCursor(AsyncAdapt_dbapi_ss_cursor):
    """An `AsyncServerCursor` in SQLAlchemy's synchronous code."""

    __slots__ = ("name",)

    def __init__(self, connection: AdaptedConnection, name: str) -> None:
        self.name = name
        super().__init__(connection)

    def _make_new_cursor(self, connection: Any) -> Any:
        return connection.cursor(self.name)


def _same(name: str) -> Any:
    return property(lambda adapted: getattr(adapted.driver_connection, name))


def _set_by_method(name: str) -> Any:
    def put(adapted: AdaptedConnection, value: Any) -> None:
        adapted.run_async(lambda connection: getattr(connection, f"set_{name}")(value))

    return property(lambda adapted: getattr(adapted.driver_connection, name), put)


def _awaited(name: str) -> Any:
    def call(adapted: AdaptedConnection, *args: Any) -> Any:
        return adapted.run_async(lambda connection: getattr(connection, name)(*args))

    return call


class AdaptedConnection(AsyncAdapt_dbapi_connection):
    """An `AsyncConnection` in SQLAlchemy's synchronous code."""

    __slots__ = ()

    adapters = _same("adapters")
    add_notice_handler = _same("add_notice_handler")
    broken = _same("broken")
    closed = _same("closed")
    info = _same("info")

    autocommit = _set_by_method("autocommit")
    deferrable = _set_by_method("deferrable")
    isolation_level = _set_by_method("isolation_level")
    read_only = _set_by_method("read_only")

    tpc_begin = _awaited("tpc_begin")
    tpc_commit = _awaited("tpc_commit")
    tpc_prepare = _awaited("tpc_prepare")
    tpc_recover = _awaited("tpc_recover")
    tpc_rollback = _awaited("tpc_rollback")

    def cursor(self, name: str = "") -> Any:  # type: ignore[override]
        """Return a new cursor, a server-side one if it has a name."""
        return AdaptedServerCursor(self, name) if name else super().cursor()

    def terminate(self) -> None:
        """Close the connection where nothing can be awaited."""
        self.driver_connection._session.close()


class PGDialect_pgtwin(PGDialect_psycopg):
    """The dialect of `create_engine("postgresql+pgtwin://...")`."""

    driver = "pgtwin"
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> Any:
        """Return what has the names of PEP 249."""
        return DBAPI()

    @classmethod
    def get_async_dialect_cls(cls, url: URL) -> Any:
        """Return the dialect of `create_async_engine()` for the same URL."""
        return PGDialectAsync_pgtwin

    def _type_info_fetch(self, connection: Connection, name: str) -> Any:
        driver_connection: Any = connection.connection.driver_connection
        return TypeInfo.fetch(driver_connection, name)


class PGDialectAsync_pgtwin(PGDialect_pgtwin):
    """The dialect of `create_async_engine("postgresql+pgtwin://...")`."""

    is_async = True
    has_terminate = True
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> Any:
        """Return what has the names of PEP 249."""
        return AsyncDBAPI()

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:
        """Return the pool whose waiting is the event loop's."""
        return AsyncAdaptedQueuePool

    def do_terminate(self, dbapi_connection: Any) -> None:
        """Close a connection that nobody holds any more."""
        dbapi_connection.terminate()

    def get_driver_connection(self, connection: Any) -> Any:
        """Return the `AsyncConnection` that SQLAlchemy holds adapted."""
        return connection.driver_connection

    def _type_info_fetch(self, connection: Connection, name: str) -> Any:
        return await_only(super()._type_info_fetch(connection, name))
