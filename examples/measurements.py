"""Read many rows without holding them all; write queries in four ways."""

from __future__ import annotations

import asyncio
import sys

import pgtwin
from pgtwin import sql


async def main(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        # This command takes no parameters, so the driver writes them into it.
        client = pgtwin.AsyncClientCursor(conn)
        await client.execute(
            "CREATE TEMP TABLE measurements (id int, unit text DEFAULT %s, value int)",
            ("degrees 'Celsius'",),
        )
        print(client.mogrify("SELECT %s, %s", ("it's", None)))

        # The server's own placeholders, each used as often as needed.
        raw = pgtwin.AsyncRawCursor(conn)
        await raw.execute(
            "INSERT INTO measurements (id, value) "
            "SELECT n, $1 - n FROM generate_series(1, $1) AS n",
            (1000,),
        )
        print(raw.statusmessage)

        # A server-side cursor: 100 rows at a time, then back to one of them.
        async with conn.cursor("all", scrollable=True) as pages:
            await pages.execute("SELECT * FROM measurements ORDER BY id")
            total = 0
            async for _, _, value in pages:
                total += value
            print(f"average {total / 1000:.1f}")
            await pages.scroll(499, mode="absolute")
            print(await pages.fetchone())

        # A stream: the rows come while the server still sends.
        query = sql.SQL("SELECT {} FROM {} ORDER BY id").format(
            sql.SQL(", ").join(map(sql.Identifier, ("id", "value"))),
            sql.Identifier("measurements"),
        )
        falling = 0
        async for number, value in conn.cursor(binary=True).stream(query):
            falling += number > value
        print(f"{falling} are less than their number")
        await conn.rollback()


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
