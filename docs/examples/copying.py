"""Copy rows in by the thousand, and out again."""

from __future__ import annotations

import asyncio
import sys

import pgtwin


async def main(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        await conn.execute("CREATE TEMP TABLE squares (root int, square bigint)")

        # The shortest way in: the columns' types are looked up, the format is binary.
        rows = ((number, number * number) for number in range(10_000))
        print(await conn.copy_records("squares", ["root", "square"], rows))

        # COPY itself, row by row.
        cur = conn.cursor()
        async with cur.copy("COPY squares FROM STDIN") as copy:
            await copy.write_row((10_000, 100_000_000))

        query = "COPY (SELECT * FROM squares ORDER BY root DESC LIMIT 2) TO STDOUT"
        async with cur.copy(query) as copy:
            copy.set_types(["int4", "int8"])
            async for row in copy.rows():
                print(row)


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
