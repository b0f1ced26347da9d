# pyright: reportMissingImports=false, reportMissingTypeStubs=false
"""The module that Django looks for in a backend (`DatabaseWrapper`)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils.asyncio import async_unsafe

import pgtwin
from pgtwin.client_cursor import ClientCursorMixin


class ServerBindingCursor(base.CursorMixin, pgtwin.Cursor[Any]):
    """What `connection.cursor()` wraps, with the option `server_side_binding`."""


class Cursor(base.CursorMixin, pgtwin.ClientCursor[Any]):
    """What `connection.cursor()` wraps without that option."""


class ServerSideCursor(
    base.CursorMixin, ClientCursorMixin[Any, Any], pgtwin.ServerCursor[Any]
):
    """What `QuerySet.iterator()` fetches from without that option."""


# By what psycopg's cursors of Django's own backend are replaced.
CURSORS = {base.Cursor: Cursor, base.ServerBindingCursor: ServerBindingCursor}


class Operations(DatabaseOperations):
    """Composes SQL with cursors of ours."""

    def compose_sql(self, sql: Any, params: Any) -> str:
        with self.connection.cursor() as cursor:
            return pgtwin.ClientCursor(cursor.connection).mogrify(sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    """A database of Django's, by connections of pgtwin."""

    Database = pgtwin
    ops_class = Operations

    @property
    def pool(self) -> Any:
        options = self.settings_dict["OPTIONS"]
        given = options.get("pool")
        if not given:
            return super().pool
        # psycopg_pool is told only when the pool is made, by these options.
        keywords = {} if given is True else given
        options["pool"] = {"connection_class": pgtwin.Connection, **keywords}
        try:
            return super().pool
        finally:
            options["pool"] = given

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        given = params["cursor_factory"]
        factory = params["cursor_factory"] = CURSORS.get(given, given)
        if isinstance(factory, type) and not issubclass(factory, pgtwin.Cursor):
            raise ImproperlyConfigured(
                f"the cursor_factory {factory.__qualname__} derives from no cursor of "
                f"pgtwin: derive it from {__name__}.Cursor"
            )
        return params

    @async_unsafe
    def create_cursor(self, name: str | None = None) -> Any:
        if not name or self.settings_dict["OPTIONS"].get("server_side_binding"):
            return super().create_cursor(name)
        connection: Any = self.connection
        cursor = ServerSideCursor(
            connection, name, scrollable=False, withhold=connection.autocommit
        )
        # Times are loaded as with the cursors that Django's own method makes.
        loader = connection.adapters.get_loader(
            base.TIMESTAMPTZ_OID, pgtwin.pq.Format.TEXT
        )
        if self.timezone != loader.timezone:
            base.register_tzloader(self.timezone, cursor)
        return cursor
