"""Transports over sockets, and the one of streams."""

from __future__ import annotations

import contextlib
import itertools
import os
import selectors
import socket
import warnings
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from .abstract_event_loop import AbstractEventLoop
from .entry_points import guarded
from .flow_control import FlowControl
from .futures import set_result_unless_cancelled
from .log import logger
from .protocols import BufferedProtocol
from .transport_sockets import TransportSocket
from .transports import Transport

MOST_RECEIVED = 256 * 1024
"""Bytes that are received by one call."""

MANY_LOST_WRITES = 5
"""Writes to a lost connection after which the log is told of each."""

try:
    MOST_PIECES = os.sysconf("SC_IOV_MAX")
except (AttributeError, OSError, ValueError):
    MOST_PIECES = 16
HAS_SENDMSG = hasattr(socket.socket, "sendmsg")


def check_data(data: Any) -> None:
    """Refuse what has no bytes to send."""
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise TypeError(
            f"data argument must be a bytes-like object, not {type(data).__name__!r}"
        )


class SocketTransport(FlowControl, Transport):
    """What transports of streams and of datagrams have in common."""

    def __init__(
        self,
        loop: AbstractEventLoop,
        sock: socket.socket,
        protocol: Any,
        extra: dict[str, Any] | None = None,
        server: Any = None,
    ) -> None:
        super().__init__(loop, dict(extra or {}))
        self._extra["socket"] = TransportSocket(sock)
        self._extra["sockname"] = _address(sock.getsockname)
        if "peername" not in self._extra:
            self._extra["peername"] = _address(sock.getpeername)
        self._sock: Any = sock
        self._sock_fd = sock.fileno()
        self._protocol_connected = False
        self.set_protocol(protocol)
        self._server = server
        self._buffer: deque[Any] = deque()
        self._conn_lost = 0
        """Writes and ends since the connection was lost."""
        self._closing = False
        self._paused = False
        if server is not None:
            server._attach(self)

    def _begin(self, waiter: Any) -> None:
        """Tell the protocol of the connection, then receive, then end the wait."""
        loop = self._loop
        loop.call_soon(self._protocol.connection_made, self)
        loop.call_soon(self._start_reading, self._read_ready)
        if waiter is not None:
            loop.call_soon(set_result_unless_cancelled, waiter, None)

    def __repr__(self) -> str:
        parts = [type(self).__name__]
        if self._sock is None:
            parts.append("closed")
        elif self._closing:
            parts.append("closing")
        parts.append(f"fd={self._sock_fd}")
        if self._loop is not None and not self._loop.is_closed():
            watched = self._watched_for()
            reading = "polling" if watched & selectors.EVENT_READ else "idle"
            writing = "polling" if watched & selectors.EVENT_WRITE else "idle"
            size = self.get_write_buffer_size()
            parts.append(f"read={reading}")
            parts.append(f"write=<{writing}, bufsize={size}>")
        return f"<{' '.join(parts)}>"

    def _watched_for(self) -> int:
        try:
            return self._loop._selector.get_key(self._sock_fd).events  # type: ignore[no-any-return]
        except KeyError:
            return 0

    def __del__(self) -> None:
        sock = getattr(self, "_sock", None)
        if sock is not None:
            text = f"unclosed transport {self!r}"
            warnings.warn(text, ResourceWarning, stacklevel=2, source=self)
            sock.close()
            if self._server is not None:
                self._server._detach(self)

    def set_protocol(self, protocol: Any) -> None:
        """Call another protocol from now on."""
        self._protocol = protocol
        self._protocol_connected = True

    def get_protocol(self) -> Any:
        """Return the protocol that is told."""
        return self._protocol

    def is_closing(self) -> bool:
        """Return whether the transport is closed, or is to be."""
        return self._closing

    def is_reading(self) -> bool:
        """Return whether the transport receives now."""
        return not self._closing and not self._paused

    @guarded
    def pause_reading(self) -> None:
        """Receive nothing until `resume_reading()`."""
        if self.is_reading():
            self._paused = True
            self._loop.remove_reader(self._sock_fd)

    @guarded
    def resume_reading(self) -> None:
        """Receive again."""
        if self._paused and not self._closing:
            self._paused = False
            self._start_reading(self._read_ready)

    def _start_reading(self, callback: Callable[[], None]) -> None:
        if self.is_reading():
            self._loop.add_reader(self._sock_fd, callback)

    def _read_ready(self) -> None:
        raise NotImplementedError

    @guarded
    def close(self) -> None:
        """Close when what was written has been sent."""
        if self._closing:
            return
        self._closing = True
        self._loop.remove_reader(self._sock_fd)
        if not self._buffer:
            self._conn_lost += 1
            self._loop.remove_writer(self._sock_fd)
            self._loop.call_soon(self._call_connection_lost, None)

    @guarded
    def abort(self) -> None:
        """Close immediately; what was not sent is lost."""
        self._force_close(None)

    def _fatal_error(
        self, error: BaseException, message: str = "Fatal error on transport"
    ) -> None:
        if not isinstance(error, OSError):
            self._loop.call_exception_handler(
                {
                    "message": message,
                    "exception": error,
                    "transport": self,
                    "protocol": self._protocol,
                }
            )
        elif self._loop.get_debug():
            logger.debug("%r: %s", self, message, exc_info=True)
        self._force_close(error)

    def _force_close(self, error: BaseException | None) -> None:
        if self._conn_lost:
            return
        if self._buffer:
            self._buffer.clear()
            self._loop.remove_writer(self._sock_fd)
        if not self._closing:
            self._closing = True
            self._loop.remove_reader(self._sock_fd)
        self._conn_lost += 1
        self._loop.call_soon(self._call_connection_lost, error)

    def _call_connection_lost(self, error: BaseException | None) -> None:
        try:
            if self._protocol_connected:
                self._protocol.connection_lost(error)
        finally:
            self._conn_lost += 1
            self._sock.close()
            server, self._server = self._server, None
            self._sock = self._protocol = self._loop = None
            if server is not None:
                server._detach(self)

    def get_write_buffer_size(self) -> int:
        """Return how many bytes are to be sent yet."""
        return sum(map(len, self._buffer))


class StreamTransport(SocketTransport):
    """The transport of a socket that sends and receives a stream."""

    _start_tls_compatible = True

    def __init__(
        self,
        loop: AbstractEventLoop,
        sock: socket.socket,
        protocol: Any,
        waiter: Any = None,
        extra: dict[str, Any] | None = None,
        server: Any = None,
    ) -> None:
        self._eof = False
        self._empty_waiter: Any = None
        """Set while somebody waits until all is sent."""
        super().__init__(loop, sock, protocol, extra, server)
        with contextlib.suppress(OSError):
            if sock.family in _INTERNET and sock.proto in (0, socket.IPPROTO_TCP):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._begin(waiter)

    def _read_ready(self) -> None:
        if self._conn_lost:
            return
        step = "get_buffer"
        protocol = self._protocol
        try:
            if isinstance(protocol, BufferedProtocol):
                buffer = protocol.get_buffer(-1)
                if not len(buffer):
                    raise RuntimeError("get_buffer() returned an empty buffer")
                step = ""
                received: Any = self._sock.recv_into(buffer)
                step = "buffer_updated"
                if received:
                    protocol.buffer_updated(received)
            else:
                step = ""
                received = self._sock.recv(MOST_RECEIVED)
                step = "data_received"
                if received:
                    protocol.data_received(received)
            if not received:
                step = "eof_received"
                self._peer_has_ended(protocol.eof_received())
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            if not step:
                if isinstance(error, (BlockingIOError, InterruptedError)):
                    return
                message = "Fatal read error on socket transport"
            else:
                message = f"Fatal error: protocol.{step}() call failed."
            self._fatal_error(error, message)

    def _peer_has_ended(self, keeps_open: bool | None) -> None:
        if keeps_open:
            # The peer closed one half; the protocol may write to the other.
            self._loop.remove_reader(self._sock_fd)
        else:
            self.close()

    @guarded
    def write(self, data: Any) -> None:
        """Send some bytes, later if the system takes no more now."""
        check_data(data)
        self._check_may_write()
        if not data or self._is_lost():
            return
        if not self._buffer:
            try:
                sent = self._sock.send(data)
            except (BlockingIOError, InterruptedError):
                sent = 0
            except (SystemExit, KeyboardInterrupt):
                raise
            except BaseException as error:
                self._fatal_error(error, "Fatal write error on socket transport")
                return
            data = memoryview(data)[sent:]
            if not data:
                return
            self._loop.add_writer(self._sock_fd, self._write_ready)
        self._buffer.append(data)
        self._maybe_pause_protocol()

    @guarded
    def writelines(self, list_of_data: Iterable[Any]) -> None:
        """Send several pieces."""
        self._check_may_write()
        pieces = [memoryview(data) for data in list_of_data]
        if not pieces or self._is_lost():
            return
        self._buffer.extend(pieces)
        self._write_ready()
        if self._buffer:
            self._loop.add_writer(self._sock_fd, self._write_ready)
            self._maybe_pause_protocol()

    def _check_may_write(self) -> None:
        if self._eof:
            raise RuntimeError("Cannot call write() after write_eof()")
        if self._empty_waiter is not None:
            raise RuntimeError("unable to write; sendfile is in progress")

    def _is_lost(self) -> bool:
        if self._conn_lost:
            if self._conn_lost >= MANY_LOST_WRITES:
                logger.warning("socket.send() raised exception.")
            self._conn_lost += 1
        return self._conn_lost > 0

    def _write_ready(self) -> None:
        if self._conn_lost:
            return
        try:
            self._send_some()
        except (BlockingIOError, InterruptedError):
            return
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            self._loop.remove_writer(self._sock_fd)
            self._buffer.clear()
            self._fatal_error(error, "Fatal write error on socket transport")
            if self._empty_waiter is not None:
                self._empty_waiter.set_exception(error)
            return
        self._maybe_resume_protocol()
        if self._buffer:
            return
        self._loop.remove_writer(self._sock_fd)
        if self._empty_waiter is not None:
            self._empty_waiter.set_result(None)
        if self._closing:
            self._call_connection_lost(None)
        elif self._eof:
            self._sock.shutdown(socket.SHUT_WR)

    def _send_some(self) -> None:
        buffer = self._buffer
        if HAS_SENDMSG:
            sent = self._sock.sendmsg(itertools.islice(buffer, MOST_PIECES))
        else:
            sent = self._sock.send(buffer[0])
        while sent or (buffer and not len(buffer[0])):
            first = buffer.popleft()
            if len(first) > sent:
                buffer.appendleft(memoryview(first)[sent:])
                break
            sent -= len(first)

    @guarded
    def write_eof(self) -> None:
        """Close the writing end when all is sent; go on receiving."""
        if self._closing or self._eof:
            return
        self._eof = True
        if not self._buffer:
            self._sock.shutdown(socket.SHUT_WR)

    def can_write_eof(self) -> bool:
        """Return whether there is `write_eof()`."""
        return True

    def _call_connection_lost(self, error: BaseException | None) -> None:
        try:
            super()._call_connection_lost(error)
        finally:
            waiter = self._empty_waiter
            if waiter is not None and not waiter.done():
                waiter.set_exception(ConnectionError("Connection is closed by peer"))

    def _make_empty_waiter(self) -> Any:
        """Return what is done when all is sent; until it is reset nothing is taken."""
        if self._empty_waiter is not None:
            raise RuntimeError("Empty waiter is already set")
        self._empty_waiter = self._loop.create_future()
        if not self._buffer:
            self._empty_waiter.set_result(None)
        return self._empty_waiter

    def _reset_empty_waiter(self) -> None:
        self._empty_waiter = None


_INTERNET = {socket.AF_INET, getattr(socket, "AF_INET6", socket.AF_INET)}


def _address(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except OSError:
        return None
