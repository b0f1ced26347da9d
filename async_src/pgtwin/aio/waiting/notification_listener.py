"""Waits for notifications while others use the connection.

A listener does not read from the socket. It is woken by the socket, or by code that has
read something for it.
"""

from __future__ import annotations

from collections import deque

from psycopg import Notify

from pgtwin.aio.waiting.readiness import Readiness
from pgtwin.core.wakeup import Wakeup


class Listener(Readiness):
    """Waits for a socket, or for `wake()`, until a queue has an item."""

    def __init__(self, queue: deque[Notify]) -> None:
        super().__init__()
        self.queue = queue
        self._wakeup: Wakeup | None = None

    def attach(self, fd: int) -> None:
        """Watch a socket."""
        super().attach(fd)
        self._wakeup = Wakeup()

    def detach(self) -> None:
        """Watch nothing; a pending wait fails."""
        super().detach()
        wakeup, self._wakeup = self._wakeup, None
        if wakeup is not None:
            wakeup.close()

    @property
    def attached(self) -> bool:
        """Whether a socket is watched."""
        return self._wakeup is not None

    def wake(self) -> None:
        """Wake the waiting task, now or at its next wait."""
        wakeup = self._wakeup
        if wakeup is not None:
            wakeup.wake()

    async def listen(self, timeout: float | None) -> bool:
        """Wait for the socket or for `wake()`; return false after `timeout` seconds."""
        assert self._wakeup is not None
        fd = self._wakeup.fileno()
        self._loop.add_reader(fd, self._ready)
        try:
            return await self.wait(self._consume, timeout)
        finally:
            self._loop.remove_reader(fd)

    def _consume(self) -> bool:
        if self._wakeup is not None:
            self._wakeup.clear()
        return True
