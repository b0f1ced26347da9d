"""Rows as tuples, dictionaries, objects, scalars, and whatever one likes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pgtwin as psycopg
from pgtwin.rows import (
    args_row,
    class_row,
    dict_row,
    kwargs_row,
    namedtuple_row,
    scalar_row,
    tuple_row,
)


@dataclass
class Person:
    """A row with names."""

    name: str
    age: int | None = None


def shout(name: str, age: int) -> str:
    return f"{name.upper()} {age}"


class Pairs:
    """A row factory of one's own: pairs of name and value."""

    def __init__(self, cursor: psycopg.AsyncCursor[Any]) -> None:
        self.names = [column.name for column in cursor.description or ()]

    def __call__(self, values: Sequence[Any]) -> list[tuple[str, Any]]:
        return list(zip(self.names, values, strict=True))


QUERY = "SELECT 'ada' AS name, 36 AS age UNION ALL SELECT 'bob', 12 ORDER BY name"


async def main(dsn: str) -> None:
    async with await psycopg.AsyncConnection.connect(dsn, row_factory=dict_row) as conn:
        cur = await conn.execute(QUERY)
        print(await cur.fetchone())
        print(await cur.fetchall())
        factories: list[Any] = [
            tuple_row,
            namedtuple_row,
            class_row(Person),
            args_row(Person),
            kwargs_row(shout),
            scalar_row,
            Pairs,
        ]
        for factory in factories:
            async with conn.cursor(row_factory=factory) as rows:
                await rows.execute(QUERY)
                print(await rows.fetchall())

        # The factory of a cursor, and of a connection, may be replaced.
        some = conn.cursor()
        await some.execute(QUERY)
        print(await some.fetchone())
        other: psycopg.AsyncCursor[Any] = some
        other.row_factory = tuple_row
        print(await other.fetchone())
        every: psycopg.AsyncConnection[Any] = conn
        every.row_factory = namedtuple_row
        print(await (await every.execute(QUERY)).fetchone())
        empty = await every.execute("SELECT 1 AS one WHERE false")
        print(await empty.fetchone(), await empty.fetchall())
        try:
            scalars = conn.cursor(row_factory=scalar_row)
            await scalars.execute("SELECT")
            await scalars.fetchone()
        except psycopg.Error as error:
            print(type(error).__name__)
