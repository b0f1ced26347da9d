"""Hear of something without asking again and again."""

from __future__ import annotations

import asyncio
import sys

import pgtwin


async def ring(dsn: str, times: int) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
        for number in range(times):
            await conn.execute("SELECT pg_notify('door', %s)", (f"ring {number}",))


async def main(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
        await conn.execute("LISTEN door")
        visitor = asyncio.create_task(ring(dsn, 2))
        async for notify in conn.notifies(timeout=30, stop_after=2):
            print(f"{notify.channel}: {notify.payload}")
            # The connection is free for queries while it listens.
            cur = await conn.execute("SELECT 'come in'")
            print(await cur.fetchone())
        await visitor


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
