"""Looks up types in the catalog of the server.

The transaction status of the connection does not change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from psycopg import errors as e, sql, types

from pgtwin.core import type_catalog

if TYPE_CHECKING:
    from pgtwin.aio.connections.transaction import AsyncTransaction
    from pgtwin.aio.sessions.session import Session

Info = TypeVar("Info", bound=types.TypeInfo)


async def find_type(
    session: Session,
    transaction: AsyncTransaction,
    cls: type[Info],
    name: str | sql.Identifier,
) -> Info | None:
    """Return a type of the server; `None` if no such type has this name.

    The block `transaction` is for the query, so that a name that the server does not
    understand aborts no other transaction.
    """
    query, oldest_server = type_catalog.find_query(cls)
    if session.pgconn.server_version < oldest_server:
        raise e.NotSupportedError(
            f"{cls.__name__} needs PostgreSQL {oldest_server // 10000} or newer"
        )
    if isinstance(name, sql.Identifier):
        name = name.as_string(None)
    found = None
    async with transaction:
        async with session.lock.held():
            result = await session.command(type_catalog.query(query, name))
        found = type_catalog.arguments(result)
    return None if found is None else cls(**found)
