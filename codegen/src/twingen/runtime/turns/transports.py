"""The interfaces of transports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class BaseTransport:
    """What all transports can do."""

    __slots__ = ("_extra",)

    def __init__(self, extra: Mapping[str, Any] | None = None) -> None:
        self._extra: Any = {} if extra is None else extra

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what is known of the connection by a name, as `"peername"`."""
        return self._extra.get(name, default)

    def is_closing(self) -> bool:
        """Return whether the transport is closed, or is to be."""
        raise NotImplementedError

    def close(self) -> None:
        """Close when what was written has been sent."""
        raise NotImplementedError

    def set_protocol(self, protocol: Any) -> None:
        """Call another protocol from now on."""
        raise NotImplementedError

    def get_protocol(self) -> Any:
        """Return the protocol that is told."""
        raise NotImplementedError


class ReadTransport(BaseTransport):
    """A transport that receives."""

    __slots__ = ()

    def is_reading(self) -> bool:
        """Return whether the transport receives now."""
        raise NotImplementedError

    def pause_reading(self) -> None:
        """Receive nothing until `resume_reading()`."""
        raise NotImplementedError

    def resume_reading(self) -> None:
        """Receive again."""
        raise NotImplementedError


class WriteTransport(BaseTransport):
    """A transport that sends."""

    __slots__ = ()

    def set_write_buffer_limits(
        self, high: int | None = None, low: int | None = None
    ) -> None:
        """Choose when the protocol is told to pause and to resume writing."""
        raise NotImplementedError

    def get_write_buffer_size(self) -> int:
        """Return how many bytes are to be sent yet."""
        raise NotImplementedError

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """Return the low-water mark and the high-water mark."""
        raise NotImplementedError

    def write(self, data: Any) -> None:
        """Send some bytes, later if the system takes no more now."""
        raise NotImplementedError

    def writelines(self, list_of_data: Iterable[Any]) -> None:
        """Send several pieces."""
        self.write(b"".join(list_of_data))

    def write_eof(self) -> None:
        """Close the writing end when all is sent; go on receiving."""
        raise NotImplementedError

    def can_write_eof(self) -> bool:
        """Return whether there is `write_eof()`."""
        raise NotImplementedError

    def abort(self) -> None:
        """Close immediately; what was not sent is lost."""
        raise NotImplementedError


class Transport(ReadTransport, WriteTransport):
    """A transport that sends and receives."""

    __slots__ = ()


class DatagramTransport(BaseTransport):
    """A transport of datagrams."""

    __slots__ = ()

    def sendto(self, data: Any, addr: Any = None) -> None:
        """Send a datagram, to an address unless the socket is connected."""
        raise NotImplementedError

    def abort(self) -> None:
        """Close immediately; what was not sent is lost."""
        raise NotImplementedError


class SubprocessTransport(BaseTransport):
    """The transport of a process."""

    __slots__ = ()

    def get_pid(self) -> int:
        """Return the number of the process."""
        raise NotImplementedError

    def get_returncode(self) -> int | None:
        """Return its exit status, `None` while it runs."""
        raise NotImplementedError

    def get_pipe_transport(self, fd: int) -> Any:
        """Return the transport of one of its pipes: 0, 1 or 2."""
        raise NotImplementedError

    def send_signal(self, signal: int) -> None:
        """Send it a signal."""
        raise NotImplementedError

    def terminate(self) -> None:
        """Ask it to end."""
        raise NotImplementedError

    def kill(self) -> None:
        """End it."""
        raise NotImplementedError
