"""Insert rows, change them, select them, iterate over them."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass

import pgtwin
from pgtwin.rows import class_row

PEOPLE = [
    ("Ada Lovelace", 1815),
    ("Alan Turing", 1912),
    ("Grace Hopper", 1906),
    ("George Boole", 1851),
]


@dataclass
class Person:
    """One row of the table."""

    name: str
    born: int


async def main(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        await conn.execute(
            "CREATE TEMP TABLE people (name text PRIMARY KEY, born int NOT NULL)"
        )
        async with conn.cursor() as cur:
            await cur.executemany("INSERT INTO people VALUES (%s, %s)", PEOPLE)
            print(f"{cur.rowcount} people inserted")

            await cur.execute(
                "UPDATE people SET born = %(year)s WHERE name = %(name)s",
                {"name": "George Boole", "year": 1815},
            )
            print(f"{cur.rowcount} corrected: {cur.statusmessage}")

            await cur.execute("SELECT name, born FROM people ORDER BY born, name")
            async for name, born in cur:
                print(f"{name} was born in {born}")

        async with conn.cursor(row_factory=class_row(Person)) as people:
            await people.execute("SELECT * FROM people WHERE born > %s", (1910,))
            print(await people.fetchone())

        # A short way for a single query: the connection makes the cursor.
        cur = await conn.execute("SELECT count(*) FROM people")
        print(await cur.fetchone())

        try:
            await conn.execute("INSERT INTO people VALUES (%s, %s)", PEOPLE[0])
        except pgtwin.IntegrityError as error:
            print(f"refused ({error.sqlstate}): {error.diag.message_primary}")
    # The block is left: what was done is committed, the connection is closed.
    print(f"closed: {conn.closed}")


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
