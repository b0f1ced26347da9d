"""Sends no more than a server wants."""

from __future__ import annotations

import asyncio
import time


class AsyncRate:
    """Lets so many calls through in a time, evenly; the others wait for their turn."""

    def __init__(self, number: int, seconds: float = 1) -> None:
        self._lock = asyncio.Lock()
        self._step = seconds / number
        self._next = 0.0

    async def turn(self) -> None:
        async with self._lock:
            now = time.monotonic()
            due = max(self._next, now)
            self._next = due + self._step
        if due > now:
            await asyncio.sleep(due - now)
