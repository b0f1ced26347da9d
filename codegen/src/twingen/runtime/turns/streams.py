"""Streams: reading and writing of a connection by functions that wait."""

from __future__ import annotations

import warnings
import weakref
from collections import deque
from collections.abc import Iterable
from typing import Any

from .abstract_event_loop import AbstractEventLoop
from .dynamic_calls import awaited, deferred
from .entry_points import entry, guarded
from .events import get_event_loop
from .exceptions import IncompleteReadError, LimitOverrunError
from .inspection import iscoroutine
from .protocols import Protocol
from .thread_state import here
from .waiting import sleep

LIMIT = 64 * 1024
"""How long a line may be, unless it is chosen."""


class FlowControlMixin(Protocol):
    """A protocol whose user can wait until the transport takes more."""

    def __init__(self, loop: AbstractEventLoop | None = None) -> None:
        self._loop = get_event_loop() if loop is None else loop
        self._paused = False
        self._drain_waiters: deque[Any] = deque()
        self._connection_lost = False

    def pause_writing(self) -> None:
        """Let `drain()` wait."""
        assert not self._paused
        self._paused = True

    def resume_writing(self) -> None:
        """Let `drain()` go on."""
        assert self._paused
        self._paused = False
        self._wake_drain(None)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Let `drain()` raise."""
        self._connection_lost = True
        if self._paused:
            self._wake_drain(exc)

    def _wake_drain(self, error: BaseException | None) -> None:
        for waiter in self._drain_waiters:
            settle(waiter, error)

    @entry
    def _drain_helper(self) -> None:
        if self._connection_lost:
            raise ConnectionResetError("Connection lost")
        if not self._paused:
            return
        waiter = self._loop.create_future()
        self._drain_waiters.append(waiter)
        try:
            waiter.wait()
        finally:
            self._drain_waiters.remove(waiter)

    def _get_close_waiter(self, stream: StreamWriter) -> Any:
        raise NotImplementedError


def settle(waiter: Any, error: BaseException | None) -> None:
    """End a wait, unless it has ended."""
    if waiter.done():
        return
    if error is None:
        waiter.set_result(None)
    else:
        waiter.set_exception(error)


class StreamReaderProtocol(FlowControlMixin):
    """The protocol between a transport and a reader."""

    def __init__(
        self,
        stream_reader: StreamReader | None,
        client_connected_cb: Any = None,
        loop: AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(loop=loop)
        self._stream_reader_wr: weakref.ref[StreamReader] | None = None
        self._source_traceback: Any = None
        if stream_reader is not None:
            self._stream_reader_wr = weakref.ref(stream_reader)
            self._source_traceback = getattr(stream_reader, "_source_traceback", None)
        self._strong_reader: StreamReader | None = None
        """Kept until a callback gets it, which keeps it from then on."""
        self._reject_connection = False
        self._task: Any = None
        self._transport: Any = None
        self._client_connected_cb = client_connected_cb
        if client_connected_cb is not None:
            self._strong_reader = stream_reader
        self._over_ssl = False
        self._closed = self._loop.create_future()

    @property
    def _stream_reader(self) -> StreamReader | None:
        return None if self._stream_reader_wr is None else self._stream_reader_wr()

    def _replace_transport(self, transport: Any) -> None:
        self._transport = transport
        self._over_ssl = transport.get_extra_info("sslcontext") is not None

    def connection_made(self, transport: Any) -> None:
        """Give the reader its transport, and start what serves a client."""
        if self._reject_connection:
            context: dict[str, Any] = {
                "message": "An open stream was garbage collected prior to "
                "establishing network connection; "
                'call "stream.close()" explicitly.'
            }
            if self._source_traceback:
                context["source_traceback"] = self._source_traceback
            self._loop.call_exception_handler(context)
            transport.abort()
            return
        self._replace_transport(transport)
        reader = self._stream_reader
        if reader is not None:
            reader.set_transport(transport)
        if self._client_connected_cb is not None:
            writer = StreamWriter(transport, self, reader, self._loop)
            result = deferred(self._client_connected_cb, reader, writer)
            if iscoroutine(result):
                self._task = self._loop.create_task(result)
                self._task.add_done_callback(_Served(self._loop, transport))
            self._strong_reader = None

    def connection_lost(self, exc: BaseException | None) -> None:
        """Wake the tasks that read, drain or wait for the end."""
        reader = self._stream_reader
        if reader is not None:
            if exc is None:
                reader.feed_eof()
            else:
                reader.set_exception(exc)
        settle(self._closed, exc)
        super().connection_lost(exc)
        self._stream_reader_wr = None
        self._task = self._transport = None

    def data_received(self, data: bytes) -> None:
        """Give the reader what was received."""
        reader = self._stream_reader
        if reader is not None:
            reader.feed_data(data)

    def eof_received(self) -> bool:
        """Tell the reader; keep the transport open unless TLS ends with it."""
        reader = self._stream_reader
        if reader is not None:
            reader.feed_eof()
        return not self._over_ssl

    def _get_close_waiter(self, stream: StreamWriter) -> Any:
        return self._closed

    def __del__(self) -> None:
        closed = getattr(self, "_closed", None)
        if closed is not None and closed.done() and not closed.cancelled():
            closed.exception()  # retrieved: it need not be told of


class _Served:
    """Called when the task that serves a client is done."""

    def __init__(self, loop: AbstractEventLoop, transport: Any) -> None:
        self._loop = loop
        self._transport = transport

    def __call__(self, task: Any) -> None:
        if task.cancelled():
            self._transport.close()
            return
        error = task.exception()
        if error is not None:
            self._loop.call_exception_handler(
                {
                    "message": "Unhandled exception in client_connected_cb",
                    "exception": error,
                    "transport": self._transport,
                }
            )
            self._transport.close()


class StreamWriter:
    """Writes to a transport; `drain()` waits until it takes more."""

    def __init__(
        self, transport: Any, protocol: Any, reader: StreamReader | None, loop: Any
    ) -> None:
        self._transport = transport
        self._protocol = protocol
        assert reader is None or isinstance(reader, StreamReader)
        self._reader = reader
        self._loop = loop

    def __repr__(self) -> str:
        parts = [type(self).__name__, f"transport={self._transport!r}"]
        if self._reader is not None:
            parts.append(f"reader={self._reader!r}")
        return f"<{' '.join(parts)}>"

    @property
    def transport(self) -> Any:
        """The transport."""
        return self._transport

    def write(self, data: Any) -> None:
        """Send some bytes, later if the system takes no more now."""
        self._transport.write(data)

    def writelines(self, data: Iterable[Any]) -> None:
        """Send several pieces."""
        self._transport.writelines(data)

    def write_eof(self) -> None:
        """Close the writing end when all is sent."""
        return self._transport.write_eof()  # type: ignore[no-any-return]

    def can_write_eof(self) -> bool:
        """Return whether there is `write_eof()`."""
        return self._transport.can_write_eof()  # type: ignore[no-any-return]

    def close(self) -> None:
        """Close when what was written has been sent."""
        return self._transport.close()  # type: ignore[no-any-return]

    def is_closing(self) -> bool:
        """Return whether the stream is closed, or is to be."""
        return self._transport.is_closing()  # type: ignore[no-any-return]

    @entry
    def wait_closed(self) -> None:
        """Wait until the stream is closed."""
        self._protocol._get_close_waiter(self).wait()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what is known of the connection by a name, as `"peername"`."""
        return self._transport.get_extra_info(name, default)

    @entry
    def drain(self) -> None:
        """Wait until the transport takes more."""
        if self._reader is not None:
            error = self._reader.exception()
            if error is not None:
                raise error
        if self._transport.is_closing():
            # The protocol is told in the next round that the connection is lost.
            sleep(0)
        self._protocol._drain_helper()

    @entry
    def start_tls(
        self,
        sslcontext: Any,
        *,
        server_hostname: str | None = None,
        ssl_handshake_timeout: float | None = None,
        ssl_shutdown_timeout: float | None = None,
    ) -> None:
        """Speak TLS from now on."""
        protocol = self._protocol
        self.drain()
        transport = awaited(
            self._loop.start_tls,
            self._transport,
            protocol,
            sslcontext,
            server_side=protocol._client_connected_cb is not None,
            server_hostname=server_hostname,
            ssl_handshake_timeout=ssl_handshake_timeout,
            ssl_shutdown_timeout=ssl_shutdown_timeout,
        )
        self._transport = transport
        protocol._replace_transport(transport)

    def __del__(self) -> None:
        transport = getattr(self, "_transport", None)
        if transport is None or transport.is_closing():
            return
        if self._loop.is_closed():
            warnings.warn("loop is closed", ResourceWarning, stacklevel=2)
        else:
            if here.loop is self._loop:
                self.close()
            else:
                self._loop.call_soon_threadsafe(transport.close)
            text = f"unclosed {self!r}"
            warnings.warn(text, ResourceWarning, stacklevel=2)


class StreamReader:
    """Holds what was received until it is read."""

    _source_traceback: Any = None

    def __init__(
        self, limit: int = LIMIT, loop: AbstractEventLoop | None = None
    ) -> None:
        if limit <= 0:
            raise ValueError("Limit cannot be <= 0")
        self._limit = limit
        self._loop = get_event_loop() if loop is None else loop
        self._buffer = bytearray()
        self._eof = False
        self._waiter: Any = None
        self._exception: BaseException | None = None
        self._transport: Any = None
        self._paused = False

    def __repr__(self) -> str:
        parts = [type(self).__name__]
        if self._buffer:
            parts.append(f"{len(self._buffer)} bytes")
        if self._eof:
            parts.append("eof")
        if self._limit != LIMIT:
            parts.append(f"limit={self._limit}")
        if self._waiter:
            parts.append(f"waiter={self._waiter!r}")
        if self._exception:
            parts.append(f"exception={self._exception!r}")
        if self._transport:
            parts.append(f"transport={self._transport!r}")
        if self._paused:
            parts.append("paused")
        return f"<{' '.join(parts)}>"

    # What the protocol calls.

    def exception(self) -> BaseException | None:
        """Return what was set by `set_exception()`."""
        return self._exception

    @guarded
    def set_exception(self, exc: BaseException) -> None:
        """Let all that read raise it."""
        self._exception = exc
        waiter, self._waiter = self._waiter, None
        if waiter is not None:
            settle(waiter, exc)

    def _wakeup_waiter(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None:
            settle(waiter, None)

    def set_transport(self, transport: Any) -> None:
        """Choose the transport that pauses when much was not read."""
        assert self._transport is None, "Transport already set"
        self._transport = transport

    @guarded
    def feed_eof(self) -> None:
        """Note that the stream has ended."""
        self._eof = True
        self._wakeup_waiter()

    def at_eof(self) -> bool:
        """Return whether the stream has ended and all of it was read."""
        return self._eof and not self._buffer

    @guarded
    def feed_data(self, data: Any) -> None:
        """Add what was received."""
        assert not self._eof, "feed_data after feed_eof"
        if not data:
            return
        self._buffer.extend(data)
        self._wakeup_waiter()
        if (
            self._transport is not None
            and not self._paused
            and len(self._buffer) > 2 * self._limit
        ):
            try:
                self._transport.pause_reading()
            except NotImplementedError:
                self._transport = None  # it cannot, so it is not asked again
            else:
                self._paused = True

    # Reading.

    def _wait_for_data(self, function: str) -> None:
        if self._waiter is not None:
            raise RuntimeError(
                f"{function}() called while another coroutine is already waiting for "
                "incoming data"
            )
        assert not self._eof, "_wait_for_data after EOF"
        if self._paused:
            self._paused = False
            self._transport.resume_reading()
        self._waiter = self._loop.create_future()
        try:
            self._waiter.wait()
        finally:
            self._waiter = None

    def _taken(self, size: int) -> bytes:
        """Remove some bytes from the buffer; receive again if it is small."""
        data = bytes(memoryview(self._buffer)[:size])
        del self._buffer[:size]
        self._resume()
        return data

    def _resume(self) -> None:
        if self._paused and len(self._buffer) <= self._limit:
            self._paused = False
            self._transport.resume_reading()

    def _raise_if_failed(self) -> None:
        if self._exception is not None:
            raise self._exception

    @entry
    def readline(self) -> bytes:
        """Read up to a newline, or to the end."""
        try:
            return self.readuntil(b"\n")
        except IncompleteReadError as error:
            return error.partial
        except LimitOverrunError as error:
            if self._buffer.startswith(b"\n", error.consumed):
                del self._buffer[: error.consumed + 1]
            else:
                self._buffer.clear()
            self._resume()
            raise ValueError(error.args[0]) from error

    @entry
    def readuntil(self, separator: Any = b"\n") -> bytes:
        """Read up to a separator and with it, or the first of several."""
        if isinstance(separator, tuple):
            # Of those that begin at the same place the shortest is found.
            separators = sorted(separator, key=len)
        else:
            separators = [separator]
        if not separators:
            raise ValueError("Separator should contain at least one element")
        shortest, longest = len(separators[0]), len(separators[-1])
        if not shortest:
            raise ValueError("Separator should be at least one-byte string")
        self._raise_if_failed()
        searched = 0
        while True:
            size = len(self._buffer)
            if size - searched >= shortest:
                found = self._find(separators, searched)
                if found is not None:
                    break
                searched = max(0, size + 1 - longest)
                if searched > self._limit:
                    raise LimitOverrunError(
                        "Separator is not found, and chunk exceed the limit", searched
                    )
            if self._eof:
                partial = bytes(self._buffer)
                self._buffer.clear()
                raise IncompleteReadError(partial, None)
            self._wait_for_data("readuntil")
        start, end = found
        if start > self._limit:
            raise LimitOverrunError(
                "Separator is found, but chunk is longer than limit", start
            )
        return self._taken(end)

    def _find(self, separators: list[Any], begin: int) -> tuple[int, int] | None:
        """Return where the separator that ends first begins and ends."""
        best: tuple[int, int] | None = None
        for each in separators:
            start = self._buffer.find(each, begin)
            end = start + len(each)
            if start != -1 and (best is None or end < best[1]):
                best = start, end
        return best

    @entry
    def read(self, n: int = -1) -> bytes:
        """Read up to some bytes, at least one unless it is the end; -1 reads all."""
        self._raise_if_failed()
        if n == 0:
            return b""
        if n < 0:
            blocks = []
            while block := self.read(self._limit):
                blocks.append(block)
            return b"".join(blocks)
        if not self._buffer and not self._eof:
            self._wait_for_data("read")
        return self._taken(n)

    @entry
    def readexactly(self, n: int) -> bytes:
        """Read so many bytes, and no fewer."""
        if n < 0:
            raise ValueError("readexactly size can not be less than zero")
        self._raise_if_failed()
        if n == 0:
            return b""
        while len(self._buffer) < n:
            if self._eof:
                partial = bytes(self._buffer)
                self._buffer.clear()
                raise IncompleteReadError(partial, n)
            self._wait_for_data("readexactly")
        return self._taken(n)

    def __iter__(self) -> StreamReader:
        return self

    def __next__(self) -> bytes:
        line = self.readline()
        if not line:
            raise StopIteration
        return line
