"""The interface of a connection to its psycopg_pool pool.

The pool is never imported. It sets `_pool` on its connections: to itself while the
connection is in use, and to `None` while it is in the pool.
"""

from __future__ import annotations

from typing import Any, Protocol


class Pool(Protocol):
    """Takes connections back."""

    async def putconn(self, conn: Any) -> None: ...


def returning(pool: Pool | None) -> Pool | None:
    """Return the pool if its connections go back to it when they are closed."""
    # Pools older than psycopg_pool 3.3 do not say.
    return pool if getattr(pool, "close_returns", False) else None
