"""Be told that the server is gone, without asking it."""

from __future__ import annotations

import asyncio
import sys

import pgtwin


async def main(dsn: str) -> None:
    async with (
        pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn,
        pgtwin.AsyncConnection.connect(dsn, autocommit=True) as admin,
    ):
        print(f"lost: {await conn.wait_disconnected(timeout=0.1)}")
        await admin.execute("SELECT pg_terminate_backend(%s)", (conn.info.backend_pid,))
        print(f"lost: {await conn.wait_disconnected(timeout=30)}")
        try:
            await conn.execute("SELECT 1")
        except pgtwin.OperationalError:
            print(f"closed: {conn.closed}, broken: {conn.broken}")


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
