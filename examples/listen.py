"""Print the notifications of a channel until one says "stop"."""

from __future__ import annotations

import asyncio
import sys

import pgtwin


async def speak(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
        for payload in ("hello", "hey", "stop"):
            await conn.execute("SELECT pg_notify('mychan', %s)", (payload,))


async def main(dsn: str) -> None:
    # In autocommit mode notifications arrive when they are sent, not at a commit.
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
        await conn.execute("LISTEN mychan")
        speaker = asyncio.create_task(speak(dsn))

        notifications = conn.notifies()
        async for notification in notifications:
            print(f"{notification.channel}: {notification.payload}")
            if notification.payload == "stop":
                await notifications.aclose()
        print("there, I stopped")
        await speaker

        # Nobody waits now: a handler is called when something else is executed.
        conn.add_notify_handler(lambda n: print(f"got this: {n.payload}"))
        await conn.execute("NOTIFY mychan, 'by the way'")
        cur = await conn.execute("SELECT 1")
        print(await cur.fetchone())


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
