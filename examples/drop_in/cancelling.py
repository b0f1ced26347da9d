"""Ask the server to stop what a connection executes."""

from __future__ import annotations

import asyncio

import pgtwin as psycopg


async def until_asleep(dsn: str, pid: int) -> None:
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
        event: object = None
        while event != ("PgSleep",):
            cur = await conn.execute(
                "SELECT wait_event FROM pg_stat_activity WHERE pid = %s", (pid,)
            )
            event = await cur.fetchone()


async def main(dsn: str) -> None:
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:

        async def sleep() -> str:
            try:
                await conn.execute("SELECT pg_sleep(60)")
            except psycopg.errors.QueryCanceled as error:
                return str(error.sqlstate)
            return "slept"

        sleeping = asyncio.create_task(sleep())
        await until_asleep(dsn, conn.info.backend_pid)
        await conn.cancel_safe(timeout=60)
        print(await sleeping)
        cur = await conn.execute("SELECT 'usable'")
        print(await cur.fetchone())
        await conn.execute("SET statement_timeout TO 50")
        try:
            await conn.execute("SELECT pg_sleep(60)")
        except psycopg.errors.QueryCanceled as error:
            print(error.diag.message_primary)
