"""Cursors of the server: pages, scrolling, WITH HOLD, functions' cursors."""

from __future__ import annotations

import pgtwin as psycopg
from pgtwin import errors


async def main(dsn: str) -> None:
    async with await psycopg.AsyncConnection.connect(dsn) as conn:
        async with conn.cursor("numbers") as cur:
            await cur.execute("SELECT generate_series(1, %s) AS n", (7,))
            print(cur.name, cur.scrollable, cur.withhold, cur.itersize)
            print(cur.rowcount, [column.name for column in cur.description or ()])
            print(await cur.fetchone(), await cur.fetchmany(2), cur.rownumber)
            cur.itersize = 2
            print([row async for row in cur])
            print(await cur.fetchone(), await cur.fetchall())

        async with conn.cursor("both_ways", scrollable=True) as cur:
            await cur.execute("SELECT generate_series(0, 9)")
            await cur.scroll(5)
            print(await cur.fetchone(), cur.rownumber)
            await cur.scroll(-2)
            print(await cur.fetchone())
            await cur.scroll(1, mode="absolute")
            print(await cur.fetchmany(3))
            try:
                await cur.scroll(1, "sideways")
            except ValueError:
                print("relative or absolute")
        async with conn.cursor("one_way", scrollable=False) as cur:
            await cur.execute("SELECT generate_series(0, 9)")
            try:
                await cur.scroll(-1)
                await cur.fetchone()
            except errors.Error as error:
                print(error.sqlstate)
        await conn.rollback()

        async with conn.cursor("kept", withhold=True) as cur:
            await cur.execute("SELECT generate_series(1, 3)")
            await conn.commit()
            print(await cur.fetchall())
        await conn.commit()

        # A cursor that the server has already.
        await conn.execute("DECLARE stolen CURSOR FOR SELECT 'x', 1")
        async with conn.cursor("stolen") as cur:
            print(await cur.fetchone())

        raw = psycopg.AsyncRawServerCursor(conn, "raw")
        async with raw:
            await raw.execute("SELECT $1::int + $2", (1, 2))
            print(await raw.fetchone())
        async with conn.cursor("binary", binary=True) as cur:
            await cur.execute("SELECT 1.5::float8")
            print(await cur.fetchone(), cur.format.name)
        print(cur.closed)
        async with conn.cursor("many") as cur:
            try:
                await cur.executemany("SELECT %s", [(1,)])
            except psycopg.NotSupportedError:
                print("no executemany()")
