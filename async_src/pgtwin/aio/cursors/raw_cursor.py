"""Cursors for queries with the server's own placeholders: `$1`, `$2` ...

The text of the query is sent unchanged. `%` has no meaning in it.
"""

from __future__ import annotations

from typing import Any

from psycopg.rows import Row

from pgtwin.aio.cursors.cursor import AsyncCursor
from pgtwin.aio.cursors.server_cursor import AsyncServerCursor
from pgtwin.core.statements.cursor_binding import RawCursorMixin


class AsyncRawCursor(RawCursorMixin[Any, Row], AsyncCursor[Row]):
    """Executes queries with `$1`, `$2` ... and a sequence of parameters."""

    __module__ = "pgtwin"


class AsyncRawServerCursor(RawCursorMixin[Any, Row], AsyncServerCursor[Row]):
    """A server-side cursor for queries with `$1`, `$2` ..."""

    __module__ = "pgtwin"
