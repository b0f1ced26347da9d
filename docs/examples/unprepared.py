"""Do without prepared statements, where sessions change too often for them."""

from __future__ import annotations

import asyncio
import sys

import pgtwin


async def main(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, prepare_threshold=None) as conn:
        for _ in range(10):
            await conn.execute("SELECT count(*) FROM pg_prepared_statements")
        cur = await conn.execute("SELECT count(*) FROM pg_prepared_statements")
        print(await cur.fetchone())


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
