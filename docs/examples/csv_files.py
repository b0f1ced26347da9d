"""A CSV file into a table, and what a query returns into another."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pgtwin


async def main(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        await conn.execute("CREATE TEMP TABLE cities (name text, people int)")
        with TemporaryDirectory() as folder:
            given = Path(folder, "cities.csv")
            given.write_text("people,name\n3700000,Berlin\n2100000,Paris\n")

            # The header says which column is which.
            print(await conn.copy_from_csv("cities", given))

            query = "SELECT name FROM cities WHERE people > %s"
            made = Path(folder, "large.csv")
            print(await conn.copy_to_csv(query, made, [3_000_000]))
            print(made.read_text().splitlines())


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
