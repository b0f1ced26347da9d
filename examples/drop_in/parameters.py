"""Values and queries travel apart; placeholders by position and by name."""

from __future__ import annotations

import datetime as dt

import pgtwin as psycopg
from pgtwin import errors


async def main(dsn: str) -> None:
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
        await conn.execute(
            "CREATE TEMP TABLE notes (id int, day date, body text, share float8)"
        )
        await conn.execute(
            "INSERT INTO notes VALUES (%s, %s, %s, %s)",
            (10, dt.date(2020, 11, 18), "O'Reilly", 0.5),
        )
        await conn.execute(
            "INSERT INTO notes VALUES (%(id)s, %(day)s, %(body)s, %(share)s)",
            {"id": 20, "day": None, "body": "100%", "share": float("inf"), "more": 1},
        )
        cur = await conn.execute("SELECT * FROM notes ORDER BY id")
        print(await cur.fetchall())
        cur = await conn.execute("SELECT %s %% 3, 'a%%'", (10,))
        print(await cur.fetchone())
        cur = await conn.execute("SELECT 'a%'")
        print(await cur.fetchone())
        cur = await conn.execute("SELECT %(x)s::int + %(x)s::int", {"x": 4})
        print(await cur.fetchone())
        # Text, binary, or whichever is better for the value.
        cur = await conn.execute("SELECT %t, %b::int4, %s", ("text", 1, b"\x00\xff"))
        print(await cur.fetchone())
        cur = await conn.execute("SELECT id FROM notes WHERE id = ANY(%s)", ([10, 30],))
        print(await cur.fetchall())

        for query, params in (
            ("SELECT %s", (1, 2)),
            ("SELECT %s, %s", (1,)),
            ("SELECT %(x)s", (1,)),
            ("SELECT %(x)s", {"y": 1}),
            ("SELECT %s, %(x)s", (1,)),
            ("SELECT '%x'", (1,)),
            ("SELECT %s", "text"),
        ):
            try:
                await conn.execute(query.encode(), params)
            except (errors.ProgrammingError, TypeError) as error:
                print(query, type(error).__name__)
