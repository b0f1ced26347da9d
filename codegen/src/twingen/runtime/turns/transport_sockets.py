"""The socket that a transport shows: it can be asked and tuned, and not used."""

from __future__ import annotations

import socket
from typing import Any, NoReturn


class TransportSocket:
    """What a program may do with the socket of a transport."""

    __slots__ = ("_sock",)

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    @property
    def family(self) -> int:
        """The address family."""
        return self._sock.family

    @property
    def type(self) -> int:
        """The type of the socket."""
        return self._sock.type

    @property
    def proto(self) -> int:
        """The number of the protocol."""
        return self._sock.proto

    def __repr__(self) -> str:
        fd = self.fileno()
        parts = [f"fd={fd}", f"family={self.family!s}", f"type={self.type!s}"]
        parts.append(f"proto={self.proto}")
        if fd != -1:
            asked = ("laddr", self._sock.getsockname), ("raddr", self._sock.getpeername)
            for name, ask in asked:
                try:
                    address = ask()
                except OSError:
                    continue
                if address:
                    parts.append(f"{name}={address}")
        return f"<asyncio.TransportSocket {', '.join(parts)}>"

    def __getstate__(self) -> NoReturn:
        raise TypeError("Cannot serialize asyncio.TransportSocket object")

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._sock.fileno()

    def dup(self) -> socket.socket:
        """Return another socket of the same connection."""
        return self._sock.dup()

    def get_inheritable(self) -> bool:
        """Return whether child processes inherit the descriptor."""
        return self._sock.get_inheritable()

    def shutdown(self, how: int) -> None:
        """End one direction, or both."""
        self._sock.shutdown(how)

    def getsockopt(self, *args: Any) -> Any:
        """Return an option."""
        return self._sock.getsockopt(*args)

    def setsockopt(self, *args: Any) -> None:
        """Set an option."""
        self._sock.setsockopt(*args)

    def getpeername(self) -> Any:
        """Return the peer's address."""
        return self._sock.getpeername()

    def getsockname(self) -> Any:
        """Return the own address."""
        return self._sock.getsockname()

    def settimeout(self, value: float | None) -> None:
        """Refuse all but 0: the socket does not block."""
        if value != 0:
            raise ValueError(
                "settimeout(): only 0 timeout is allowed on transport sockets"
            )

    def gettimeout(self) -> float:
        """Return 0."""
        return 0

    def setblocking(self, flag: bool) -> None:
        """Refuse to block."""
        if flag:
            raise ValueError("setblocking(): transport sockets cannot be blocking")
