"""Statements composed of parts."""

from __future__ import annotations

import pgtwin as psycopg
from pgtwin import sql


async def main(dsn: str) -> None:
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
        names = ["id", 'odd "name"', "value"]
        create = sql.SQL("CREATE TEMP TABLE {table} ({columns})").format(
            table=sql.Identifier("My Table"),
            columns=sql.SQL(", ").join(
                sql.Identifier(name) + sql.SQL(" int") for name in names
            ),
        )
        print(create.as_string(conn))
        await conn.execute(create)
        insert = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier("My Table"),
            sql.SQL(", ").join(map(sql.Identifier, names)),
            sql.SQL(", ").join(sql.Placeholder() * len(names)),
        )
        print(repr(insert))
        await conn.execute(insert, (1, 2, None))
        named = sql.SQL("SELECT {} FROM {} WHERE id = {}").format(
            sql.Identifier(names[1]), sql.Identifier("My Table"), sql.Placeholder("id")
        )
        print(named.as_string(), named.as_bytes(conn))
        cur = await conn.execute(named, {"id": 1})
        print(await cur.fetchall())
        literal = sql.SQL("SELECT {}, {}, {}").format(
            sql.Literal("it's"), sql.Literal(None), sql.Literal([1, 2])
        )
        cur = await conn.execute(literal)
        print(literal.as_string(conn), await cur.fetchone())
        cur = await conn.execute(sql.SQL("SELECT {} + {value}").format(4, value=3))
        print(await cur.fetchone())
        print(sql.quote("O'Neil", conn), sql.Identifier("a", "b").as_string(conn))
        cur = conn.cursor()
        async with cur.copy(
            sql.SQL("COPY {} TO STDOUT").format(sql.Identifier("My Table"))
        ) as copy:
            print([bytes(block) async for block in copy])
        try:
            sql.SQL("SELECT {} {0}").format(1)
        except ValueError as error:
            print(type(error).__name__)
