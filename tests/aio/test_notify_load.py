"""Very many notifications, received while the same connection executes queries."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pgtwin

SENDERS = 4
# One million, for example, by the environment.
NUMBER = int(os.environ.get("PGTWIN_TEST_NOTIFICATIONS", "20000"))
AT_ONCE = 100


async def send(dsn: str, sender: int, number: int) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
        for begin in range(0, number, AT_ONCE):
            await conn.execute(
                "SELECT pg_notify('load', %s || ':' || n)"
                " FROM generate_series(%s::int, %s::int) AS n",
                (str(sender), begin, min(begin + AT_ONCE, number) - 1),
            )


async def test_none_lost_none_twice(dsn: str) -> None:
    found: list[list[int]] = [[] for _ in range(SENDERS)]
    queries = 0

    async def listen(conn: pgtwin.AsyncConnection[Any]) -> None:
        async for notification in conn.notifies(timeout=3600, stop_after=NUMBER):
            sender, _, count = notification.payload.partition(":")
            found[int(sender)].append(int(count))

    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
        await conn.execute("LISTEN load")
        listening = asyncio.create_task(listen(conn))
        senders = [
            asyncio.create_task(send(dsn, sender, NUMBER // SENDERS))
            for sender in range(SENDERS)
        ]
        while not listening.done():
            cur = await conn.execute("SELECT %s::int", (queries,))
            assert await cur.fetchone() == (queries,)
            queries += 1
            await asyncio.sleep(0)
        await listening
        for sender in senders:
            await sender
        # Nothing but the expected has come.
        assert [n async for n in conn.notifies(timeout=0.2)] == []
    assert found == [list(range(NUMBER // SENDERS))] * SENDERS
    assert queries > 1
