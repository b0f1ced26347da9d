"""The methods of a loop that work on sockets."""

from __future__ import annotations

import selectors
import socket
from typing import Any

from .entry_points import entry
from .workers import Workers


class Sockets(Workers):
    """A loop that sends and receives by non-blocking sockets."""

    def _until_possible(
        self, sock: socket.socket, method: str, *args: Any, write: bool
    ) -> Any:
        """Call a method, again and again, until it needs not wait."""
        if self._debug and sock.gettimeout() != 0:
            raise ValueError("the socket must be non-blocking")
        while True:
            try:
                return getattr(sock, method)(*args)
            except (BlockingIOError, InterruptedError):
                pass
            self._wait_for_socket(sock, write)

    def _wait_for_socket(self, sock: socket.socket, write: bool) -> None:
        future: Any = self.create_future()
        fd = sock.fileno()
        event = selectors.EVENT_WRITE if write else selectors.EVENT_READ
        handle = self._watch(fd, event, _set, (future,))
        try:
            future.wait()
        finally:
            # Another task may wait for the socket by now, if this one was cancelled.
            if not handle.cancelled():
                self._unwatch(fd, event)

    @entry
    def sock_recv(self, sock: socket.socket, nbytes: int) -> bytes:
        """Receive up to some bytes."""
        return self._until_possible(sock, "recv", nbytes, write=False)  # type: ignore[no-any-return]

    @entry
    def sock_recv_into(self, sock: socket.socket, buf: Any) -> int:
        """Receive into a buffer; return how many bytes."""
        return self._until_possible(sock, "recv_into", buf, write=False)  # type: ignore[no-any-return]

    @entry
    def sock_recvfrom(self, sock: socket.socket, bufsize: int) -> tuple[bytes, Any]:
        """Receive a datagram; return it and the sender's address."""
        return self._until_possible(sock, "recvfrom", bufsize, write=False)  # type: ignore[no-any-return]

    @entry
    def sock_recvfrom_into(
        self, sock: socket.socket, buf: Any, nbytes: int = 0
    ) -> tuple[int, Any]:
        """Receive a datagram into a buffer; return its size and who sent it."""
        size = nbytes or len(buf)
        return self._until_possible(sock, "recvfrom_into", buf, size, write=False)  # type: ignore[no-any-return]

    @entry
    def sock_sendall(self, sock: socket.socket, data: Any) -> None:
        """Send all of some bytes."""
        view = memoryview(data).cast("B")
        while view:
            view = view[self._until_possible(sock, "send", view, write=True) :]

    @entry
    def sock_sendto(self, sock: socket.socket, data: Any, address: Any) -> int:
        """Send a datagram; return how many bytes of it."""
        return self._until_possible(sock, "sendto", data, address, write=True)  # type: ignore[no-any-return]

    @entry
    def sock_accept(self, sock: socket.socket) -> tuple[socket.socket, Any]:
        """Wait for a connection; return its socket and address."""
        connection, address = self._until_possible(sock, "accept", write=False)
        connection.setblocking(False)
        return connection, address

    @entry
    def sock_connect(self, sock: socket.socket, address: Any) -> None:
        """Connect a socket."""
        if self._debug and sock.gettimeout() != 0:
            raise ValueError("the socket must be non-blocking")
        families = (socket.AF_INET, getattr(socket, "AF_INET6", None))
        if sock.family in families:
            address = self._resolved(sock, address)
        try:
            sock.connect(address)
            return
        except (BlockingIOError, InterruptedError):
            pass
        self._wait_for_socket(sock, write=True)
        error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            raise OSError(error, f"Connect call failed {address}")

    def _resolved(self, sock: socket.socket, address: Any) -> Any:
        host, port = address[:2]
        try:
            socket.inet_pton(sock.family, host)
        except (OSError, TypeError):
            found = self.getaddrinfo(
                host, port, family=sock.family, type=sock.type, proto=sock.proto
            )
            if not found:
                raise OSError("getaddrinfo() returned empty list") from None
            return found[0][4]
        return address


def _set(future: Any) -> None:
    if not future.done():
        future.set_result(None)
