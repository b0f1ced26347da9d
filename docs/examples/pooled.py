"""Share a few connections among many."""

from __future__ import annotations

import asyncio
import sys
from typing import Any, cast

from psycopg_pool import AsyncConnectionPool

import pgtwin

# Type checkers take psycopg's own connection classes only.
CONNECTION = cast(Any, pgtwin.AsyncConnection)


async def square(pool: AsyncConnectionPool[Any], number: int) -> int:
    async with pool.connection() as conn:
        cur = await conn.execute("SELECT %s * %s", (number, number))
        (result,) = await cur.fetchone()
    return int(result)


async def main(dsn: str) -> None:
    async with AsyncConnectionPool(
        dsn, connection_class=CONNECTION, min_size=2, max_size=2, open=False
    ) as pool:
        print(await asyncio.gather(*[square(pool, number) for number in range(5)]))


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
