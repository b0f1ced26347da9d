"""Waits for what the sessions of a server do, however late it is."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pgtwin

# Seconds after which it is not late but wrong.
PATIENCE = 60.0


async def until_sessions(
    admin: pgtwin.AsyncConnection[Any], number: int, condition: str, *values: object
) -> None:
    """Wait until so many sessions satisfy a condition, seen by one in autocommit mode.

    The condition is about columns of `pg_stat_activity`.
    """
    query = f"SELECT count(*) FROM pg_stat_activity WHERE {condition}".encode()
    deadline = time.monotonic() + PATIENCE
    while True:
        cur = await admin.execute(query, values)
        row = await cur.fetchone()
        if row == (number,):
            return
        assert time.monotonic() < deadline, f"{row} sessions: {condition}, {values}"
        await asyncio.sleep(0.01)


async def until_sleeping(admin: pgtwin.AsyncConnection[Any], pid: int) -> None:
    """Wait until a process of the server is in `pg_sleep()`."""
    await until_sessions(admin, 1, "pid = %s AND wait_event = 'PgSleep'", pid)
