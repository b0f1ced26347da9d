"""Wakes a thread that waits for a descriptor, from any thread of the process.

Nothing here waits. Several wakeups before the thread looks count as one.
"""

from __future__ import annotations

import contextlib
import socket


class Wakeup:
    """Two connected sockets: what is written to one makes the other readable."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)

    def fileno(self) -> int:
        """Return the descriptor that is readable after `wake()`."""
        return self._reader.fileno()

    def wake(self) -> None:
        """Make the descriptor readable, if it is not."""
        with contextlib.suppress(OSError):  # full, or closed
            self._writer.send(b"\0")

    def clear(self) -> None:
        """Make it unreadable until the next `wake()`."""
        with contextlib.suppress(BlockingIOError):
            self._reader.recv(4096)

    def close(self) -> None:
        """Close both sockets."""
        self._reader.close()
        self._writer.close()
