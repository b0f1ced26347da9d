"""A bell: rung by anybody in the process, heard by whoever watches its descriptor.

Law: nothing here waits; it may be rung by another thread, and often before it is heard.
"""

from __future__ import annotations

import contextlib
import socket


class Bell:
    """Two sockets, connected; the one is readable after the other has rung."""

    def __init__(self) -> None:
        self._ear, self._clapper = socket.socketpair()
        self._ear.setblocking(False)
        self._clapper.setblocking(False)

    def fileno(self) -> int:
        """Return the descriptor that is readable when the bell has been rung."""
        return self._ear.fileno()

    def ring(self) -> None:
        """Make it readable, if it is not."""
        with contextlib.suppress(OSError):  # rung often already, or closed
            self._clapper.send(b"\0")

    def hush(self) -> None:
        """Make it unreadable until it is rung again."""
        with contextlib.suppress(BlockingIOError):
            self._ear.recv(4096)

    def close(self) -> None:
        """Close both ends."""
        self._ear.close()
        self._clapper.close()
