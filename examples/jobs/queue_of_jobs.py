"""A queue of jobs in a table: nobody polls, no job is done twice, none is lost."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import pgtwin

Connection: TypeAlias = pgtwin.AsyncConnection[Any]
Handler: TypeAlias = Callable[[Connection, str], Awaitable[None]]

ATTEMPTS = 3

TABLES = """
DROP TABLE IF EXISTS jobs, greetings;
CREATE TABLE jobs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payload text NOT NULL,
    attempts int NOT NULL DEFAULT 0,
    failed boolean NOT NULL DEFAULT false
);
CREATE TABLE greetings (text text);
"""


async def put(conn: Connection, payload: str) -> None:
    """Add a job, and wake the workers when that is committed."""
    async with conn.transaction():
        await conn.execute("INSERT INTO jobs (payload) VALUES (%s)", (payload,))
        await conn.execute("NOTIFY jobs")


async def take(conn: Connection, handler: Handler) -> bool:
    """Do one job; return false if there is none.

    Its row stays locked until it is done, and others skip it. If this worker dies, the
    server unlocks the row, and another worker has the job.
    """
    async with conn.transaction():
        cur = await conn.execute(
            "SELECT id, payload FROM jobs WHERE NOT failed ORDER BY attempts, id"
            " LIMIT 1 FOR UPDATE SKIP LOCKED"
        )
        row = await cur.fetchone()
        if row is None:
            return False
        number, payload = row
        try:
            async with conn.transaction():  # what a failed job has done is undone
                await handler(conn, payload)
        except ValueError:
            await conn.execute(
                "UPDATE jobs SET attempts = attempts + 1, failed = attempts + 1 >= %s"
                " WHERE id = %s",
                (ATTEMPTS, number),
            )
        else:
            await conn.execute("DELETE FROM jobs WHERE id = %s", (number,))
    return True


async def listen(dsn: str) -> Connection:
    """Open the connection of a worker: who says stop after this is heard."""
    conn = await pgtwin.AsyncConnection.connect(dsn, autocommit=True)
    await conn.execute("LISTEN jobs")
    return conn


async def work(conn: Connection, handler: Handler) -> None:
    """Do jobs until somebody says stop."""
    async with conn:
        while True:
            while await take(conn, handler):
                pass
            # Sleeps in the socket. The timeout is for jobs of a worker that has died.
            async for notify in conn.notifies(timeout=30, stop_after=1):
                if notify.payload == "stop":
                    return


async def greet(conn: Connection, payload: str) -> None:
    """Do the work: here, write a row."""
    await conn.execute("INSERT INTO greetings VALUES (%s)", (f"hello {payload}",))
    if payload == "nobody":
        raise ValueError("there is nobody to greet")


async def main(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
        await conn.execute(TABLES)
        listening = [await listen(dsn) for _ in range(2)]
        workers = [asyncio.create_task(work(each, greet)) for each in listening]
        for name in ("Ada", "nobody", "Alan", "Grace"):
            await put(conn, name)
        cur = await conn.execute("SELECT count(*) FROM jobs WHERE NOT failed")
        while await cur.fetchone() != (0,):
            await asyncio.sleep(0.01)
            cur = await conn.execute("SELECT count(*) FROM jobs WHERE NOT failed")
        await conn.execute("NOTIFY jobs, 'stop'")
        for worker in workers:
            await worker
        cur = await conn.execute("SELECT text FROM greetings ORDER BY text")
        print([text async for (text,) in cur])
        cur = await conn.execute("SELECT payload, attempts FROM jobs")
        print(await cur.fetchall())
        await conn.execute("DROP TABLE jobs, greetings")


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
