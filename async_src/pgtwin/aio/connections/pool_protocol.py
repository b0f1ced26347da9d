"""What a connection knows of the pool of psycopg_pool that it belongs to.

The pool is never imported; it sets `_pool` on its connections: itself while
somebody has the connection, `None` while nobody has it.
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
