"""A server that counts who connects, and never answers."""

from __future__ import annotations

import socket


class CountingServer:
    """A listening socket, and how often somebody has connected to it."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("0.0.0.0", 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> CountingServer:
        return self

    def __exit__(self, *args: object) -> None:
        self._listener.close()

    def count(self) -> int:
        self._listener.setblocking(False)
        number = 0
        while True:
            try:
                self._listener.accept()[0].close()
            except BlockingIOError:
                return number
            number += 1
