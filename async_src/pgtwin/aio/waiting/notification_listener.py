"""Waits for what the server says unasked, while others use the connection.

Law: a listener reads nothing by itself; it is woken by the socket, or by whoever has
read something for it.
"""

from __future__ import annotations

from collections import deque

from psycopg import Notify

from pgtwin.aio.waiting.readiness import Readiness
from pgtwin.core.wakeup import Bell


class Listener(Readiness):
    """Waits for a socket, or until somebody rings, for what comes into a queue."""

    def __init__(self, queue: deque[Notify]) -> None:
        super().__init__()
        self.queue = queue
        self._bell: Bell | None = None

    def attach(self, fd: int) -> None:
        """Watch a socket."""
        super().attach(fd)
        self._bell = Bell()

    def detach(self) -> None:
        """Watch nothing; a pending wait fails."""
        super().detach()
        bell, self._bell = self._bell, None
        if bell is not None:
            bell.close()

    @property
    def attached(self) -> bool:
        """Whether a socket is watched."""
        return self._bell is not None

    def ring(self) -> None:
        """Wake who waits, now or the next time."""
        bell = self._bell
        if bell is not None:
            bell.ring()

    async def listen(self, timeout: float | None) -> bool:
        """Wait for the socket or the bell; return false after `timeout` seconds."""
        assert self._bell is not None
        fd = self._bell.fileno()
        self._loop.add_reader(fd, self._ready)
        try:
            return await self.wait(self._hear, timeout)
        finally:
            self._loop.remove_reader(fd)

    def _hear(self) -> bool:
        if self._bell is not None:
            self._bell.hush()
        return True
