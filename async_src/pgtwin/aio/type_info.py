"""What the server's catalog knows of a type.

Law: the connection is left in the transaction status in which it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from psycopg import errors as e, sql, types
from psycopg.rows import dict_row

from pgtwin.aio.cursor import AsyncCursor
from pgtwin.core.catalog import find_query

if TYPE_CHECKING:
    from pgtwin.aio.connection import AsyncConnection

Info = TypeVar("Info", bound=types.TypeInfo)


async def find_type(
    connection: AsyncConnection[Any], cls: type[Info], name: str | sql.Identifier
) -> Info | None:
    """Return a type of the server; `None` if it has none of that name and kind."""
    query, oldest_server = find_query(cls)
    if connection.info.server_version < oldest_server:
        raise e.NotSupportedError(
            f"{cls.__name__} needs PostgreSQL {oldest_server // 10000} or newer"
        )
    if isinstance(name, sql.Identifier):
        name = name.as_string(connection)
    cur = AsyncCursor(connection, row_factory=dict_row)
    async with connection.transaction():
        if connection.info.encoding == "ascii":
            # Names would be bytes.
            await cur.execute("SET LOCAL client_encoding TO utf8")
        await cur.execute(query, {"name": name})
    record = await cur.fetchone()
    return None if record is None else cls(**record)
