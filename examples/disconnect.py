"""Notice at once that the server is gone, without asking it again and again."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pgtwin


async def watch(conn: pgtwin.AsyncConnection[Any]) -> None:
    """Return when the connection is lost."""
    activity = asyncio.Event()
    loop = asyncio.get_running_loop()
    descriptor = conn.fileno()
    loop.add_reader(descriptor, activity.set)
    try:
        while True:
            try:
                await asyncio.wait_for(activity.wait(), 60.0)
            except asyncio.TimeoutError:
                continue  # nothing has happened for a minute
            # The server has said something. Is it still there?
            try:
                await conn.execute("SELECT 1")
            except pgtwin.OperationalError:
                return
            activity.clear()
    finally:
        loop.remove_reader(descriptor)


async def terminate(dsn: str, application: str) -> None:
    """Do what an administrator may do at any time."""
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        await conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = %s",
            (application,),
        )


async def main(dsn: str) -> None:
    conn = await pgtwin.AsyncConnection.connect(
        dsn, application_name="watched", autocommit=True
    )
    try:
        admin = asyncio.create_task(terminate(dsn, "watched"))
        print("watching the connection")
        await watch(conn)
        print("we lost our database!")
        print(f"closed: {conn.closed}, broken: {conn.broken}")
        await admin
        try:
            await conn.execute("SELECT 1")
        except pgtwin.OperationalError as error:
            print(error)
    finally:
        await conn.close()


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
