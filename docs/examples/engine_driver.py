"""Use what only the driver has, on a connection of SQLAlchemy's pool."""

from __future__ import annotations

import asyncio
import sys
from typing import cast

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

import pgtwin
from pgtwin.conninfo import conninfo_to_dict

VALUES = [(1, 20.5), (2, 21.0)]


def driver_of(conn: Connection) -> pgtwin.AsyncConnection:
    return cast(pgtwin.AsyncConnection, conn.connection.driver_connection)


async def copy(engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        await conn.execute(text("CREATE TEMP TABLE measured (id int, value float8)"))
        held = await conn.run_sync(driver_of)
        await held.copy_records("measured", ["id", "value"], VALUES)
        print(await conn.scalar(text("SELECT sum(value) FROM measured")))


async def listen(engine: AsyncEngine) -> None:
    async with engine.connect() as conn:
        await conn.execution_options(isolation_level="AUTOCOMMIT")
        await conn.execute(text("LISTEN measured"))
        await conn.execute(text("NOTIFY measured, 'two values'"))
        held = await conn.run_sync(driver_of)
        async for notify in held.notifies(timeout=60, stop_after=1):
            print(f"{notify.channel}: {notify.payload}")


async def main(dsn: str) -> None:
    engine = create_async_engine(
        "postgresql+pgtwin://", connect_args=conninfo_to_dict(dsn)
    )
    await copy(engine)
    await listen(engine)
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
