"""What carries the bytes of a stream: a socket, plain or TLS, or a pipe.

A channel is read by one thread and written by another at the same time, and may
be closed by a third while they wait.
"""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import threading
from collections.abc import Callable
from typing import IO, Protocol, TypeVar

from .deadline import Deadline
from .sockets import READ, WRITE, awaited_event, wait_until_ready

T = TypeVar("T")

CHUNK = 64 * 1024
_READ_AHEAD = 2 * CHUNK  # bytes, as asyncio reads before anybody asks for them


class Channel(Protocol):
    """Bytes that come and go; `OSError` when the connection is lost."""

    def receive(self, timeout: float | None) -> bytes:
        """Wait for the next bytes; none at the end, or after `close()`."""
        ...

    def send_at_once(self, data: bytes) -> int:
        """Send what goes without waiting; return how many bytes."""
        ...

    def send(self, data: bytes) -> int:
        """Wait until something can be sent; return how many bytes."""
        ...

    def end(self) -> None:
        """Shut down the sending direction: nothing more will be sent."""
        ...

    def close(self) -> None:
        """Close; a thread that waits for data gets the end."""
        ...


class SocketChannel:
    """A connected socket, plain or TLS; it is put into non-blocking mode."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self.socket = sock
        # Held for each attempt, never while waiting: TLS is not thread-safe.
        self._lock = threading.Lock()
        self._waiting = 0
        self._closed = False

    def receive(self, timeout: float | None) -> bytes:
        return self._until_done(READ, lambda: self.socket.recv(CHUNK), b"", timeout)

    def send_at_once(self, data: bytes) -> int:
        try:
            return self._until_done(WRITE, lambda: self.socket.send(data), 0, 0)
        except TimeoutError as error:
            if error.errno is not None:
                raise
            return 0

    def send(self, data: bytes) -> int:
        # Closed by `abort()` while this waited: the rest counts as sent.
        return self._until_done(
            WRITE, lambda: self.socket.send(data), len(data), timeout=None
        )

    def shake_hands(self, timeout: float | None) -> None:
        """Agree on TLS with the peer, as the first thing."""
        assert isinstance(self.socket, ssl.SSLSocket)
        self._until_done(READ, self.socket.do_handshake, None, timeout)

    def end(self) -> None:
        with self._lock, contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
            with contextlib.suppress(OSError):
                # Data that nobody has read would make the system reset the
                # connection, and the peer lose what was sent last.
                for _ in range(_READ_AHEAD // CHUNK):
                    self.socket.recv(CHUNK)
            with contextlib.suppress(OSError, ValueError):
                if isinstance(self.socket, ssl.SSLSocket):
                    self.socket.unwrap()
            with contextlib.suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)  # wakes those who wait
            if not self._waiting:
                self.socket.close()

    def _until_done(
        self, event: int, step: Callable[[], T], after_close: T, timeout: float | None
    ) -> T:
        """Repeat a step whenever the socket is ready, until it need not wait."""
        deadline = Deadline(timeout)
        while True:
            with self._lock:
                if self._closed:
                    return after_close
                try:
                    return step()
                except OSError as error:
                    awaited = awaited_event(error, event)
                self._waiting += 1
            try:
                wait_until_ready(self.socket, awaited, deadline.remaining())
            finally:
                with self._lock:
                    self._waiting -= 1
                    # The number of a closed descriptor may be given to another.
                    if self._closed and not self._waiting:
                        self.socket.close()


class OutputPipe:
    """The end of a child's pipe that is read, by a thread of its own.

    It reads ahead as an event loop does, so that the child can go on for a while.
    """

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._buffer = bytearray()
        self._ended = False
        self._changed = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with self._pipe, contextlib.suppress(OSError):
            while chunk := os.read(self._pipe.fileno(), CHUNK):
                with self._changed:
                    self._buffer += chunk
                    self._changed.notify_all()
                    self._changed.wait_for(lambda: len(self._buffer) <= _READ_AHEAD)
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def receive(self, timeout: float | None) -> bytes:
        with self._changed:
            if not self._changed.wait_for(
                lambda: self._buffer or self._ended,
                None if timeout is None else max(timeout, 0),
            ):
                raise TimeoutError
            received = bytes(self._buffer)
            self._buffer.clear()
            self._changed.notify_all()
        return received


class InputPipe:
    """The end of a child's pipe that is written."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe

    def send_at_once(self, data: bytes) -> int:
        return 0  # a pipe that is full would block

    def send(self, data: bytes) -> int:
        return os.write(self._pipe.fileno(), data)

    def end(self) -> None:
        self.close()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._pipe.close()
