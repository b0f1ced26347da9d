"""A replacement for the libpq connection in the error of a connection that failed.

It contains no secret. Its representation shows everything that it contains.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg.errors import finish_pgconn

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn


def finished(pgconn: PGconn) -> PGconn:
    """Finish a libpq connection; return its data without what libpq marks as secret."""
    left: Any = finish_pgconn(pgconn)
    left.password = b""
    left.info = [
        option._replace(val=None) if b"*" in option.dispchar else option
        for option in left.info
    ]
    kept: PGconn = left
    return kept
