"""Cursors for queries that have the server's own placeholders: `$1`, `$2` ...

Law: the text of the query is sent as it is, `%` means nothing in it.
"""

from __future__ import annotations

from typing import ClassVar

from psycopg.rows import Row

from pgtwin.aio.cursor import AsyncCursor
from pgtwin.aio.server_cursor import AsyncServerCursor
from pgtwin.core.plan import Binder, bind_raw


class AsyncRawCursor(AsyncCursor[Row]):
    """Executes queries with `$1`, `$2` ... and a sequence of parameters."""

    __module__ = "pgtwin"
    _bind_query: ClassVar[Binder] = staticmethod(bind_raw)


class AsyncRawServerCursor(AsyncServerCursor[Row]):
    """A server-side cursor for queries with `$1`, `$2` ..."""

    __module__ = "pgtwin"
    _bind_query: ClassVar[Binder] = staticmethod(bind_raw)
