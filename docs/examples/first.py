"""Connect, ask, and read the answer."""

from __future__ import annotations

import asyncio
import sys

import pgtwin


async def main(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        await conn.execute("CREATE TEMP TABLE notes (id serial, text text)")
        cur = conn.cursor()
        await cur.executemany(
            "INSERT INTO notes (text) VALUES (%s)", [("one",), ("it's two",)]
        )
        print(f"{cur.rowcount} notes")

        await cur.execute("SELECT id, text FROM notes WHERE id >= %s", (1,))
        async for number, text in cur:
            print(number, text)


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
