"""Ask the server for three squares."""

from __future__ import annotations

import asyncio
import sys

import pgtwin


async def main(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        query = "SELECT n, n * n FROM generate_series(1, %s) AS n"
        cur = await conn.execute(query, (3,), timeout=5)
        async for n, square in cur:
            print(n, square)


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
