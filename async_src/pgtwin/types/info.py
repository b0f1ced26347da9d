"""What is known of a type: fetched from a server, registered with adapters.

Law: the classes are psycopg's in everything but `fetch()`, which takes the connections
of both forms too, so that psycopg's functions take them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, overload

import psycopg
from psycopg import sql, types
from psycopg.types import composite, enum, multirange, range as range_

from pgtwin.core import catalog

if TYPE_CHECKING:
    from typing_extensions import Self

    from pgtwin.aio.connection import AsyncConnection
    from pgtwin_sync.connection import Connection


class TypeInfo(types.TypeInfo):
    """A type of a server: its name, its OIDs."""

    catalog_query: ClassVar[str] = catalog.BASE
    oldest_server: ClassVar[int] = 0

    @overload
    @classmethod
    def fetch(
        cls, conn: Connection[Any] | psycopg.Connection[Any], name: str | sql.Identifier
    ) -> Self | None: ...

    @overload
    @classmethod
    async def fetch(
        cls,
        conn: AsyncConnection[Any] | psycopg.AsyncConnection[Any],
        name: str | sql.Identifier,
    ) -> Self | None: ...

    @classmethod
    def fetch(cls, conn: Any, name: str | sql.Identifier) -> Any:
        """Ask a server for a type of this kind by its name; `None` if it has none.

        To be awaited for an async connection. Leaves the connection in the
        transaction status in which it was. Raises `NotSupportedError` when the
        server is too old for such types, `TypeError` for other objects than
        connections.
        """
        find_type = getattr(conn, "_find_type", None)
        if find_type is None:
            return super().fetch(conn, name)
        return find_type(cls, name)


class EnumInfo(TypeInfo, enum.EnumInfo):
    """An enumeration: its labels, in the server's order."""

    catalog_query = catalog.ENUM


class CompositeInfo(TypeInfo, composite.CompositeInfo):
    """A composite type: the names and types of its fields."""

    catalog_query = catalog.COMPOSITE


class RangeInfo(TypeInfo, range_.RangeInfo):
    """A range type: the type of its bounds."""

    catalog_query = catalog.RANGE


class MultirangeInfo(TypeInfo, multirange.MultirangeInfo):
    """A multirange type: its range, and the type of the bounds."""

    catalog_query = catalog.MULTIRANGE
    oldest_server = 140000
