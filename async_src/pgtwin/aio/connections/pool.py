"""The pools of psycopg_pool, with pgtwin's connections as the default.

psycopg_pool implements the pools. This module sets the class of their connections, and
the types for type checkers.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Generic

import psycopg_pool
from psycopg.rows import TupleRow

from pgtwin.aio.connections.connection import AsyncConnection

if sys.version_info >= (3, 13):
    from typing import TypeVar
else:
    from typing_extensions import TypeVar  # psycopg brings it

if TYPE_CHECKING:
    from psycopg_pool.abc import (
        AsyncConnectFailedCB,
        AsyncConninfoParam,
        AsyncKwargsParam,
    )

Conn = TypeVar("Conn", bound=AsyncConnection[Any], default=AsyncConnection[TupleRow])


class AsyncConnectionPool(psycopg_pool.AsyncConnectionPool[Any], Generic[Conn]):
    """A pool that keeps connections open (`psycopg_pool.AsyncConnectionPool`).

    Without `min_size`, psycopg_pool's default is used: 4, and 0 for null pools.
    """

    __module__ = "pgtwin.pool"

    def __init__(
        self,
        conninfo: AsyncConninfoParam = "",
        *,
        connection_class: type[Conn] | None = None,
        kwargs: AsyncKwargsParam | None = None,
        min_size: int | None = None,
        max_size: int | None = None,
        open: bool | None = None,  # noqa: A002 (the name is psycopg_pool's)
        configure: Callable[[Conn], Awaitable[None]] | None = None,
        check: Callable[[Conn], Awaitable[None]] | None = None,
        reset: Callable[[Conn], Awaitable[None]] | None = None,
        name: str | None = None,
        close_returns: bool = False,
        timeout: float = 30.0,
        max_waiting: int = 0,
        max_lifetime: float = 60 * 60.0,
        max_idle: float = 10 * 60.0,
        reconnect_timeout: float = 5 * 60.0,
        reconnect_failed: AsyncConnectFailedCB | None = None,
        num_workers: int = 3,
    ) -> None:
        """Make a pool, which connects when it is opened."""
        sizes = {} if min_size is None else {"min_size": min_size}
        super().__init__(
            conninfo,
            connection_class=connection_class or AsyncConnection,
            kwargs=kwargs,
            **sizes,
            max_size=max_size,
            open=open,
            configure=configure,
            check=check,
            reset=reset,
            name=name,
            close_returns=close_returns,
            timeout=timeout,
            max_waiting=max_waiting,
            max_lifetime=max_lifetime,
            max_idle=max_idle,
            reconnect_timeout=reconnect_timeout,
            reconnect_failed=reconnect_failed,
            num_workers=num_workers,
        )

    if TYPE_CHECKING:

        @asynccontextmanager
        async def connection(self, timeout: float | None = None) -> AsyncIterator[Conn]:
            yield await self.getconn(timeout)

        async def getconn(self, timeout: float | None = None) -> Conn: ...

        async def putconn(self, conn: Conn) -> None: ...

        @staticmethod
        async def check_connection(conn: AsyncConnection[Any]) -> None: ...


class AsyncNullConnectionPool(
    AsyncConnectionPool[Conn], psycopg_pool.AsyncNullConnectionPool[Any]
):
    """A pool that keeps no connection open (`psycopg_pool.AsyncNullConnectionPool`)."""

    __module__ = "pgtwin.pool"
