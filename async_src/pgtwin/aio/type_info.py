"""What the server's catalog knows of a type.

Law: the connection is left in the transaction status in which it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from psycopg import errors as e, sql
from psycopg.rows import dict_row

from pgtwin.aio.cursor import AsyncCursor

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
        name = name.as_string(connection)
    cur = AsyncCursor(connection, row_factory=dict_row)
    async with connection.transaction():
        if connection.info.encoding == "ascii":
            # Names would be bytes.
            await cur.execute("SET LOCAL client_encoding TO utf8")
        await cur.execute(cls.catalog_query, {"name": name})
    record = await cur.fetchone()
    return None if record is None else cls(**record)
