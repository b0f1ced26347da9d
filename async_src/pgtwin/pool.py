"""Pools of connections: those of psycopg_pool, with pgtwin's connections.

Nothing is defined here. Each form is loaded when it is first used (PEP 562).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

try:
    from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests
except ImportError as error:
    raise ImportError(
        "pgtwin.pool needs psycopg_pool, which could not be imported: install it with "
        f'`pip install "pgtwin[pool]"`; Python says: {error}'
    ) from error

if TYPE_CHECKING:
    from pgtwin.aio.connections.pool import AsyncConnectionPool, AsyncNullConnectionPool
    from pgtwin_sync.connections.pool import ConnectionPool, NullConnectionPool

__all__ = [
    "AsyncConnectionPool",
    "AsyncNullConnectionPool",
    "ConnectionPool",
    "NullConnectionPool",
    "PoolClosed",
    "PoolTimeout",
    "TooManyRequests",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'pgtwin.pool' has no attribute {name!r}")
    form = "pgtwin.aio" if name.startswith("Async") else "pgtwin_sync"
    value = getattr(import_module(f"{form}.connections.pool"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
