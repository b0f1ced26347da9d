"""Share a few connections among many."""

from __future__ import annotations

import asyncio
import sys

from pgtwin.pool import AsyncConnectionPool


async def square(pool: AsyncConnectionPool, number: int) -> int:
    async with pool.connection() as conn:
        cur = await conn.execute("SELECT %s * %s", (number, number))
        rows = await cur.fetchall()
    return int(rows[0][0])


async def main(dsn: str) -> None:
    async with AsyncConnectionPool(dsn, min_size=2, max_size=2, open=False) as pool:
        print(await asyncio.gather(*[square(pool, number) for number in range(5)]))


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
