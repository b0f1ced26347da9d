"""Cursors that write the parameters into the text of the query, as literals.

The message to the server has no parameters. So several statements, and commands that
take no parameters (`CREATE TABLE`, `SET` ...), can be executed with parameters. Nothing
is prepared.
"""

from __future__ import annotations

from typing import Any

from psycopg.rows import Row

from pgtwin.aio.cursors.cursor import AsyncCursor
from pgtwin.core.statements.cursor_binding import ClientCursorMixin


class AsyncClientCursor(ClientCursorMixin[Any, Row], AsyncCursor[Row]):
    """Executes queries into which it has written the parameters itself."""

    __module__ = "pgtwin"
