"""What is known of a type: fetched from a server, registered with adapters.

The classes are psycopg's in everything but `fetch()`, which takes the connections
of both forms too. So does psycopg's own `fetch()` once this module is loaded, for
libraries that call it with a connection which they are given; for psycopg's
connections it does what it did.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, cast, overload

import psycopg
from psycopg import sql, types
from psycopg.types import composite, enum, multirange, range as range_

if TYPE_CHECKING:
    from typing_extensions import Self

    from pgtwin.aio.connections.connection import AsyncConnection
    from pgtwin_sync.connections.connection import Connection


def _accept_connections(fetch: Callable[..., Any]) -> Callable[..., Any]:
    """Return psycopg's `fetch()`, for the connections of both forms too."""

    @wraps(fetch)
    def fetch_from(
        cls: type[types.TypeInfo], conn: Any, name: str | sql.Identifier
    ) -> Any:
        find_type = getattr(conn, "_find_type", None)
        return fetch(cls, conn, name) if find_type is None else find_type(cls, name)

    return fetch_from


# psycopg's executes its query with a cursor of psycopg's: no cursor of its works on a
# connection of ours, and there is nothing to register another way with.
_FETCH = cast(Any, types.TypeInfo.fetch).__func__
setattr(types.TypeInfo, "fetch", classmethod(_accept_connections(_FETCH)))  # noqa: B010


class TypeInfo(types.TypeInfo):
    """A type of a server: its name, its OIDs."""

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
        return super().fetch(conn, name)


class EnumInfo(TypeInfo, enum.EnumInfo):
    """An enumeration: its labels, in the server's order."""


class CompositeInfo(TypeInfo, composite.CompositeInfo):
    """A composite type: the names and types of its fields."""


class RangeInfo(TypeInfo, range_.RangeInfo):
    """A range type: the type of its bounds."""


class MultirangeInfo(TypeInfo, multirange.MultirangeInfo):
    """A multirange type: its range, and the type of the bounds."""
