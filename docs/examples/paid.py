"""Pay once, also when the connection is lost while the server commits."""

from __future__ import annotations

import asyncio
import sys

import pgtwin
from pgtwin.errors import TransactionResolutionUnknown

SCHEMA = "CREATE TABLE IF NOT EXISTS payments (key text PRIMARY KEY, amount int)"


async def is_paid(dsn: str, key: str) -> bool:
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        cur = await conn.execute("SELECT 1 FROM payments WHERE key = %s", (key,))
        return await cur.fetchone() is not None


async def pay(dsn: str, key: str, amount: int) -> None:
    """Make one payment; raises if there is none."""
    try:
        async with pgtwin.AsyncConnection.connect(dsn) as conn:
            await conn.execute("INSERT INTO payments VALUES (%s, %s)", (key, amount))
    except TransactionResolutionUnknown:
        # The server did not say whether it has committed: look, by a key of your own.
        if not await is_paid(dsn, key):
            raise
    # Any other OperationalError but OperationTimeout: nothing was committed.


async def main(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
        await conn.execute(SCHEMA)
        try:
            await pay(dsn, "2026-11-23/7", 20)
            print("paid:", await is_paid(dsn, "2026-11-23/7"))
        finally:
            await conn.execute("DROP TABLE payments")


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
