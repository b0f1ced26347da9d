"""Transports over pipes, and the methods of a loop that make them."""

from __future__ import annotations

import errno
import os
import selectors
import stat
import sys
import warnings
from collections.abc import Callable
from typing import Any

from .abstract_event_loop import AbstractEventLoop
from .entry_points import entry, guarded
from .flow_control import FlowControl
from .futures import set_result_unless_cancelled
from .log import logger
from .socket_transports import MANY_LOST_WRITES, MOST_RECEIVED
from .transports import BaseTransport, ReadTransport


class PipeTransport(BaseTransport):
    """What transports over pipes have in common."""

    _loop: Any
    _protocol: Any
    _pipe: Any
    _fileno: int
    _closing = False

    def _use(self, pipe: Any, protocol: Any) -> None:
        self._extra["pipe"] = pipe
        self._pipe = pipe
        self._fileno = pipe.fileno()
        self._protocol = protocol

    def _refuse(self, text: str) -> None:
        self._pipe = self._protocol = None
        self._fileno = -1
        raise ValueError(text)

    def _begin(self, waiter: Any, callback: Callable[[], None] | None) -> None:
        os.set_blocking(self._fileno, False)
        self._loop.call_soon(self._protocol.connection_made, self)
        if callback is not None:
            self._loop.call_soon(self._start_reading, callback)
        if waiter is not None:
            self._loop.call_soon(set_result_unless_cancelled, waiter, None)

    def _start_reading(self, callback: Callable[[], None]) -> None:
        if not self._closing:
            self._loop.add_reader(self._fileno, callback)

    def __repr__(self) -> str:
        parts = [type(self).__name__]
        if self._pipe is None:
            parts.append("closed")
        elif self._closing:
            parts.append("closing")
        parts.append(f"fd={self._fileno}")
        if self._pipe is None:
            parts.append("closed")
        elif self._loop.is_closed():
            parts.append("open")
        else:
            parts += self._activity()
        return f"<{' '.join(parts)}>"

    def _activity(self) -> list[str]:
        return [self._polling(selectors.EVENT_READ)]

    def _polling(self, event: int) -> str:
        try:
            events = self._loop._selector.get_key(self._fileno).events
        except KeyError:
            return "idle"
        return "polling" if events & event else "idle"

    def __del__(self) -> None:
        pipe = getattr(self, "_pipe", None)
        if pipe is not None:
            text = f"unclosed transport {self!r}"
            warnings.warn(text, ResourceWarning, stacklevel=2, source=self)
            pipe.close()

    def set_protocol(self, protocol: Any) -> None:
        """Call another protocol from now on."""
        self._protocol = protocol

    def get_protocol(self) -> Any:
        """Return the protocol that is told."""
        return self._protocol

    def is_closing(self) -> bool:
        """Return whether the transport is closed, or is to be."""
        return self._closing

    def _fatal_error(self, error: BaseException, message: str, *silent: int) -> None:
        """Tell the loop, unless it is the system's, and of these numbers; close."""
        if isinstance(error, OSError) and (not silent or error.errno in silent):
            if self._loop.get_debug():
                logger.debug("%r: %s", self, message, exc_info=True)
        else:
            self._loop.call_exception_handler(
                {
                    "message": message,
                    "exception": error,
                    "transport": self,
                    "protocol": self._protocol,
                }
            )
        self._close(error)

    def _close(self, error: BaseException | None) -> None:
        raise NotImplementedError

    def _call_connection_lost(self, error: BaseException | None) -> None:
        if self._pipe is None:
            return
        try:
            self._protocol.connection_lost(error)
        finally:
            self._pipe.close()
            self._pipe = self._protocol = self._loop = None


class ReadPipeTransport(PipeTransport, ReadTransport):
    """The transport of a pipe that is read from."""

    def __init__(
        self,
        loop: AbstractEventLoop,
        pipe: Any,
        protocol: Any,
        waiter: Any = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(dict(extra or {}))
        self._loop = loop
        self._paused = False
        self._use(pipe, protocol)
        mode = os.fstat(self._fileno).st_mode
        if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or stat.S_ISCHR(mode)):
            self._refuse("Pipe transport is for pipes/sockets only.")
        self._begin(waiter, self._read_ready)

    def _start_reading(self, callback: Callable[[], None]) -> None:
        if self.is_reading():
            super()._start_reading(callback)

    def _read_ready(self) -> None:
        try:
            data = os.read(self._fileno, MOST_RECEIVED)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            message = "Fatal read error on pipe transport"
            # A pseudo-terminal whose other side is closed says so by EIO.
            self._fatal_error(error, message, errno.EIO)
            return
        if data:
            self._protocol.data_received(data)
            return
        self._closing = True
        self._loop.remove_reader(self._fileno)
        self._loop.call_soon(self._protocol.eof_received)
        self._loop.call_soon(self._call_connection_lost, None)

    def is_reading(self) -> bool:
        """Return whether the transport receives now."""
        return not self._closing and not self._paused

    @guarded
    def pause_reading(self) -> None:
        """Receive nothing until `resume_reading()`."""
        if self.is_reading():
            self._paused = True
            self._loop.remove_reader(self._fileno)

    @guarded
    def resume_reading(self) -> None:
        """Receive again."""
        if self._paused and not self._closing:
            self._paused = False
            self._loop.add_reader(self._fileno, self._read_ready)

    @guarded
    def close(self) -> None:
        """Close."""
        if not self._closing:
            self._close(None)

    def _close(self, error: BaseException | None) -> None:
        self._closing = True
        self._loop.remove_reader(self._fileno)
        self._loop.call_soon(self._call_connection_lost, error)


class WritePipeTransport(PipeTransport, FlowControl):
    """The transport of a pipe that is written to."""

    def __init__(
        self,
        loop: AbstractEventLoop,
        pipe: Any,
        protocol: Any,
        waiter: Any = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        FlowControl.__init__(self, loop, dict(extra or {}))
        self._buffer = bytearray()
        self._conn_lost = 0
        self._use(pipe, protocol)
        mode = os.fstat(self._fileno).st_mode
        is_fifo, is_socket = stat.S_ISFIFO(mode), stat.S_ISSOCK(mode)
        if not (is_fifo or is_socket or stat.S_ISCHR(mode)):
            self._refuse(
                "Pipe transport is only for pipes, sockets and character devices"
            )
        # It can be "read" when the reader at the other end has closed it.
        can_tell = is_socket or (is_fifo and not sys.platform.startswith("aix"))
        self._begin(waiter, self._read_ready if can_tell else None)

    def _activity(self) -> list[str]:
        polling = self._polling(selectors.EVENT_WRITE)
        return [polling, f"bufsize={self.get_write_buffer_size()}"]

    def get_write_buffer_size(self) -> int:
        """Return how many bytes are to be sent yet."""
        return len(self._buffer)

    def _read_ready(self) -> None:
        self._close(BrokenPipeError() if self._buffer else None)

    @guarded
    def write(self, data: Any) -> None:
        """Write some bytes, later if the system takes no more now."""
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise AssertionError(repr(data))
        if not data:
            return
        if self._conn_lost or self._closing:
            if self._conn_lost >= MANY_LOST_WRITES:
                logger.warning(
                    "pipe closed by peer or os.write(pipe, data) raised exception."
                )
            self._conn_lost += 1
            return
        if not self._buffer:
            try:
                written = os.write(self._fileno, data)
            except (BlockingIOError, InterruptedError):
                written = 0
            except (SystemExit, KeyboardInterrupt):
                raise
            except BaseException as error:
                self._conn_lost += 1
                self._fatal_error(error, "Fatal write error on pipe transport")
                return
            data = memoryview(data)[written:]
            if not data:
                return
            self._loop.add_writer(self._fileno, self._write_ready)
        self._buffer += data
        self._maybe_pause_protocol()

    def _write_ready(self) -> None:
        try:
            written = os.write(self._fileno, self._buffer)
        except (BlockingIOError, InterruptedError):
            return
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            self._buffer.clear()
            self._conn_lost += 1
            self._loop.remove_writer(self._fileno)
            self._fatal_error(error, "Fatal write error on pipe transport")
            return
        del self._buffer[:written]
        if self._buffer:
            return
        self._loop.remove_writer(self._fileno)
        self._maybe_resume_protocol()
        if self._closing:
            self._loop.remove_reader(self._fileno)
            self._call_connection_lost(None)

    def can_write_eof(self) -> bool:
        """Return whether there is `write_eof()`."""
        return True

    @guarded
    def write_eof(self) -> None:
        """Close when what was written has been sent."""
        if self._closing:
            return
        self._closing = True
        if not self._buffer:
            self._loop.remove_reader(self._fileno)
            self._loop.call_soon(self._call_connection_lost, None)

    def close(self) -> None:
        """Close when what was written has been sent."""
        if self._pipe is not None and not self._closing:
            self.write_eof()

    @guarded
    def abort(self) -> None:
        """Close immediately; what was not sent is lost."""
        self._close(None)

    def _close(self, error: BaseException | None) -> None:
        self._closing = True
        if self._buffer:
            self._loop.remove_writer(self._fileno)
        self._buffer.clear()
        self._loop.remove_reader(self._fileno)
        self._loop.call_soon(self._call_connection_lost, error)


def _connect(
    loop: AbstractEventLoop, kind: Any, protocol_factory: Callable[[], Any], pipe: Any
) -> tuple[Any, Any]:
    protocol = protocol_factory()
    waiter = loop.create_future()
    transport = kind(loop, pipe, protocol, waiter)
    try:
        waiter.wait()
    except BaseException:
        transport.close()
        raise
    return transport, protocol


@entry
def connect_read_pipe(
    loop: AbstractEventLoop, protocol_factory: Callable[[], Any], pipe: Any
) -> tuple[Any, Any]:
    """Make the transport and protocol of a pipe to read from."""
    return _connect(loop, ReadPipeTransport, protocol_factory, pipe)


@entry
def connect_write_pipe(
    loop: AbstractEventLoop, protocol_factory: Callable[[], Any], pipe: Any
) -> tuple[Any, Any]:
    """Make the transport and protocol of a pipe to write to."""
    return _connect(loop, WritePipeTransport, protocol_factory, pipe)
