"""Rows of a class, with types that mypy and pyright know."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass

import pgtwin
from pgtwin.rows import DictRow, class_row, dict_row


@dataclass
class Person:
    name: str
    age: int


class Database(pgtwin.AsyncConnection[DictRow]):
    """Connections whose rows are dictionaries."""

    async def people(self) -> list[Person]:
        cur = self.cursor(row_factory=class_row(Person))
        await cur.execute("SELECT 'Ada' AS name, 36 AS age")
        return await cur.fetchall()


async def main(dsn: str) -> None:
    async with Database.connect(dsn, row_factory=dict_row) as database:
        for person in await database.people():
            print(person.name, person.age + 1)
        cur = await database.execute("SELECT 1 AS number")
        row = await cur.fetchone()
        assert row is not None
        print(row["number"])


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
