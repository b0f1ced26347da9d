"""Show how far a COPY has come."""

from __future__ import annotations

import asyncio
import sys

import pgtwin

TOTAL = 50_000


async def main(dsn: str) -> None:
    tens: list[int] = []

    def show(copy: pgtwin.AsyncCopy) -> None:
        ten = copy.rows_done * 100 // TOTAL // 10 * 10
        if ten not in tens:
            tens.append(ten)

    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        await conn.execute("CREATE TEMP TABLE numbers (n int, t text)")
        rows = ((number, f"the number {number}") for number in range(TOTAL))
        await conn.copy_records("numbers", None, rows, progress=show)
        print(tens[-1], "%")

        async with conn.cursor().copy("COPY numbers TO STDOUT") as copy:
            async for _ in copy.blocks():
                pass
            print(copy.rows_done, copy.bytes_done)


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
