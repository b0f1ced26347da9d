"""Protocols: what transports tell of connections, datagrams and processes."""

from __future__ import annotations

from typing import Any


class BaseProtocol:
    """What all protocols are told."""

    __slots__ = ()

    def connection_made(self, transport: Any) -> None:
        """There is a connection, with this transport."""

    def connection_lost(self, exc: BaseException | None) -> None:
        """The connection is lost or closed; `None` says that nothing went wrong."""

    def pause_writing(self) -> None:
        """The transport's buffer is above its high-water mark."""

    def resume_writing(self) -> None:
        """The transport's buffer is below its low-water mark again."""


class Protocol(BaseProtocol):
    """What receives a stream of bytes."""

    __slots__ = ()

    def data_received(self, data: bytes) -> None:
        """Some bytes were received."""

    def eof_received(self) -> bool | None:
        """The peer has sent all; a true result keeps the transport open."""
        return None


class BufferedProtocol(BaseProtocol):
    """What receives a stream of bytes into buffers of its own."""

    __slots__ = ()

    def get_buffer(self, sizehint: int) -> Any:
        """Return a buffer to receive into, of any size if `sizehint` is -1."""

    def buffer_updated(self, nbytes: int) -> None:
        """So many bytes were received into the buffer."""

    def eof_received(self) -> bool | None:
        """The peer has sent all; a true result keeps the transport open."""
        return None


class DatagramProtocol(BaseProtocol):
    """What receives datagrams."""

    __slots__ = ()

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """A datagram was received."""

    def error_received(self, exc: OSError) -> None:
        """The system refused to send or to receive."""


class SubprocessProtocol(BaseProtocol):
    """What is told of a process and its pipes."""

    __slots__ = ()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """The process wrote to its output (1) or its error output (2)."""

    def pipe_connection_lost(self, fd: int, exc: BaseException | None) -> None:
        """A pipe to the process was closed."""

    def process_exited(self) -> None:
        """The process has ended."""


def feed(protocol: BufferedProtocol, data: bytes) -> None:
    """Give a buffered protocol some bytes, in parts as large as its buffers."""
    rest = memoryview(data)
    while rest:
        buffer = protocol.get_buffer(len(rest))
        size = min(len(buffer), len(rest))
        if not size:
            raise RuntimeError("get_buffer() returned an empty buffer")
        buffer[:size] = rest[:size]
        protocol.buffer_updated(size)
        rest = rest[size:]
