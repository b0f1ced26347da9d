"""Give a statement, or all of a connection, a time in which it must be done."""

from __future__ import annotations

import asyncio
import sys

import pgtwin


async def main(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, command_timeout=60) as conn:
        try:
            await conn.execute("SELECT pg_sleep(600)", timeout=0.1)
        except pgtwin.OperationTimeout as error:
            print(error)
        # The server was told to cancel; the connection is there.
        await conn.rollback()
        cur = await conn.execute("SELECT 'still here'")
        print(await cur.fetchone())


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
