"""What the server's catalog knows of a type.

Law: the connection is left in the transaction status in which it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from psycopg import errors as e, sql

from pgtwin.core import catalog

if TYPE_CHECKING:
    from pgtwin.aio.connection import AsyncConnection
    from pgtwin.types.info import TypeInfo

Info = TypeVar("Info", bound="TypeInfo")


async def find_type(
    connection: AsyncConnection[Any], cls: type[Info], name: str | sql.Identifier
) -> Info | None:
    """Return a type of the server; `None` if it has none of that name and kind."""
    if connection.info.server_version < cls.oldest_server:
        raise e.NotSupportedError(
            f"{cls.__name__} needs PostgreSQL {cls.oldest_server // 10000} or newer"
        )
    if isinstance(name, sql.Identifier):
        name = name.as_string(None)
    session = connection._session
    # So that a name that the server does not understand aborts no other transaction.
    found = None
    async with connection.transaction():
        async with session.turn():
            result = await session.command(catalog.query(cls.catalog_query, name))
        found = catalog.arguments(result)
    return None if found is None else cls(**found)
