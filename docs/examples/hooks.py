"""Be told of every statement: what it was, how many rows, what went wrong."""

from __future__ import annotations

import asyncio
import contextlib
import sys

import pgtwin


def tell(event: pgtwin.QueryEvent) -> None:
    outcome = type(event.error).__name__ if event.error else f"{event.rowcount} rows"
    print(f"{event.query}: {outcome}")


async def main(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
        conn.add_query_hook(tell)
        await conn.execute("SELECT generate_series(1, %s)", (3,))
        with contextlib.suppress(pgtwin.errors.DivisionByZero):
            await conn.execute("SELECT 1 / 0")
        conn.remove_query_hook(tell)
        await conn.execute("SELECT 'nobody is told'")


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
