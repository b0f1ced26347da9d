"""Statements are prepared when they are executed often, or when one says so."""

from __future__ import annotations

from typing import Any

import pgtwin as psycopg

PREPARED = "SELECT statement FROM pg_prepared_statements ORDER BY prepare_time, name"


async def prepared(conn: psycopg.AsyncConnection[Any]) -> list[Any]:
    cur = await conn.execute(PREPARED, prepare=False)
    return [row[0] for row in await cur.fetchall()]


async def main(dsn: str) -> None:
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
        print(conn.prepare_threshold, conn.prepared_max)
        for number in range(7):
            await conn.execute("SELECT %s::int", (number,))
            print(number, await prepared(conn))
        await conn.execute("SELECT %s::text", ("now",), prepare=True)
        print(await prepared(conn))
        await conn.execute("SELECT %s::date", (None,), prepare=False)
        print(await prepared(conn))
        await conn.execute("DEALLOCATE ALL")
        print(await prepared(conn))
        cur = await conn.execute("SELECT %s::text", ("again",), prepare=True)
        print(await cur.fetchone(), await prepared(conn))
        conn.prepared_max = 2
        for number in range(5):
            await conn.execute(f"SELECT {number}".encode(), prepare=True)
        print(conn.prepared_max, len(await prepared(conn)) <= 3)

        conn.prepare_threshold = None
        for _ in range(7):
            await conn.execute("SELECT 'never'")
        print(await prepared(conn))
    async with await psycopg.AsyncConnection.connect(dsn, prepare_threshold=0) as conn:
        await conn.execute("SELECT 'at once'")
        print(conn.prepare_threshold, await prepared(conn))
