"""Connect, execute, fetch, commit."""

from __future__ import annotations

import pgtwin as psycopg


async def main(dsn: str) -> None:
    async with await psycopg.AsyncConnection.connect(dsn) as conn:
        async with conn.cursor() as cur:
            await cur.execute(
                "CREATE TEMP TABLE planets (id serial, name text, moons int)"
            )
            await cur.execute(
                "INSERT INTO planets (name, moons) VALUES (%s, %s)", ("Earth", 1)
            )
            print(cur.rowcount, cur.statusmessage)
            await cur.executemany(
                "INSERT INTO planets (name, moons) VALUES (%s, %s)",
                [("Mars", 2), ("Jupiter", 97), ("Venus", None)],
            )
            print(cur.rowcount)
            await cur.execute("SELECT * FROM planets ORDER BY id")
            print(await cur.fetchone())
            print(cur.rownumber, await cur.fetchmany(2))
            async for row in cur:
                print(row)
            print(await cur.fetchone())
            for column in cur.description or ():
                print(column.name, column.type_code, column.display_size)
        await conn.commit()

        # One step is enough where only the result matters.
        print(await (await conn.execute("SELECT count(*) FROM planets")).fetchone())

        cur = conn.cursor()
        await cur.execute(
            "SELECT name FROM planets WHERE moons > %(least)s", {"least": 1}
        )
        await cur.scroll(1)
        print(await cur.fetchall())
        await cur.scroll(0, mode="absolute")
        print(await cur.fetchall(), conn.closed)
    print(conn.closed, conn.broken)
