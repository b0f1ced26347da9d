"""Streams with the vocabulary of asyncio's, for threads.

What is written is sent immediately as far as the system takes it, the rest from a
thread, while the writer goes on. What was received and not yet returned is kept
when a deadline passes. Timeouts are in seconds, `None` waits forever.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from .channels import CHUNK, Channel
from .deadline import Deadline

LIMIT = 64 * 1024
_HIGH_WATER = 64 * 1024
_LOW_WATER = _HIGH_WATER // 4


class IncompleteReadError(EOFError):
    """The stream ended before all that was asked for had come."""

    def __init__(self, partial: bytes, expected: int | None) -> None:
        wanted = "undefined" if expected is None else repr(expected)
        super().__init__(
            f"{len(partial)} bytes read on a total of {wanted} expected bytes"
        )
        self.partial = partial
        self.expected = expected

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.partial, self.expected)


class LimitOverrunError(Exception):
    """No separator was found within the limit of the stream's buffer."""

    def __init__(self, message: str, consumed: int) -> None:
        super().__init__(message)
        self.consumed = consumed

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.args[0], self.consumed)


class Source(Protocol):
    """The part of a channel that a reader needs."""

    def receive(self, timeout: float | None) -> bytes:
        """Wait for the next bytes; none at the end."""
        ...


class StreamReader:
    """Bytes that come from a channel; one thread at a time may wait for them."""

    def __init__(self, source: Source, limit: int = LIMIT) -> None:
        if limit <= 0:
            raise ValueError("Limit cannot be <= 0")
        self._source = source
        self._limit = limit
        self._buffer = bytearray()
        self._ended = False
        self._error: Exception | None = None
        self._waits = threading.Lock()

    def exception(self) -> Exception | None:
        """Return the error that ended the connection, if one did."""
        return self._error

    def fail(self, error: Exception) -> None:
        """Raise an error from every read to come."""
        self._error = error

    def at_eof(self) -> bool:
        """Return whether the stream has ended and everything was returned."""
        if not self._buffer and not self._ended and not self._waits.locked():
            try:
                self._receive(Deadline(0))
            except (OSError, RuntimeError):
                return False
        return self._ended and not self._buffer

    def read(self, n: int = -1, timeout: float | None = None) -> bytes:
        """Read up to `n` bytes, or all to the end of the stream."""
        self._raise_error()
        deadline = Deadline(timeout)
        if n >= 0:
            return self._read_some(n, deadline)
        blocks = []
        while block := self._read_some(self._limit, deadline):
            blocks.append(block)
        return b"".join(blocks)

    def readexactly(self, n: int, timeout: float | None = None) -> bytes:
        """Read `n` bytes; IncompleteReadError when the stream ends before."""
        if n < 0:
            raise ValueError("readexactly size can not be less than zero")
        self._raise_error()
        deadline = Deadline(timeout)
        while len(self._buffer) < n:
            if self._ended:
                raise IncompleteReadError(self._take(len(self._buffer)), n)
            self._receive(deadline)
        return self._take(n)

    def readline(self, timeout: float | None = None) -> bytes:
        """Read a line with its end, or what is left of the stream.

        ValueError for a line longer than the limit, which is thrown away.
        """
        try:
            return self.readuntil(timeout=timeout)
        except IncompleteReadError as error:
            return error.partial
        except LimitOverrunError as error:
            after = error.consumed + 1
            found = self._buffer.startswith(b"\n", error.consumed)
            del self._buffer[: after if found else len(self._buffer)]
            raise ValueError(error.args[0]) from None

    def readuntil(
        self,
        separator: bytes | tuple[bytes, ...] = b"\n",
        timeout: float | None = None,
    ) -> bytes:
        """Read until a separator, which is returned too.

        IncompleteReadError when the stream ends before; LimitOverrunError when it
        is not within the limit, and everything stays in the buffer.
        """
        separators = separator if isinstance(separator, tuple) else (separator,)
        if not separators or not all(separators):
            raise ValueError("Separator should be at least one-byte string")
        self._raise_error()
        deadline = Deadline(timeout)
        longest = max(map(len, separators))
        begin = 0
        while True:
            found = [(self._buffer.find(each, begin), len(each)) for each in separators]
            ends = [(at + length, at) for at, length in found if at >= 0]
            if ends:
                end, at = min(ends)
                break
            # A separator may have come in part.
            begin = max(0, len(self._buffer) + 1 - longest)
            if begin > self._limit:
                raise LimitOverrunError(
                    "Separator is not found, and chunk exceed the limit", begin
                )
            if self._ended:
                raise IncompleteReadError(self._take(len(self._buffer)), None)
            self._receive(deadline)
        if at > self._limit:
            raise LimitOverrunError(
                "Separator is found, but chunk is longer than limit", at
            )
        return self._take(end)

    def __iter__(self) -> StreamReader:
        return self

    def __next__(self) -> bytes:
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def _raise_error(self) -> None:
        if self._error is not None:
            raise self._error

    def _read_some(self, n: int, deadline: Deadline) -> bytes:
        if n and not self._buffer and not self._ended:
            self._receive(deadline)
        return self._take(n)

    def _take(self, n: int) -> bytes:
        taken = bytes(self._buffer[:n])
        del self._buffer[:n]
        return taken

    def _receive(self, deadline: Deadline) -> None:
        """Wait for more in the buffer, or for the end."""
        if not self._waits.acquire(blocking=False):
            raise RuntimeError("another thread is already waiting for this stream")
        try:
            data = self._source.receive(deadline.remaining())
        except OSError as error:
            if not isinstance(error, TimeoutError) or error.errno is not None:
                self._error = error
            raise
        finally:
            self._waits.release()
        self._raise_error()  # what was sent meanwhile may have failed
        self._buffer += data
        self._ended = not data


class Sink(Protocol):
    """The part of a channel that a writer needs."""

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
        """Close the channel."""
        ...


class StreamWriter:
    """Bytes that go to a channel, in the order they are written."""

    def __init__(
        self,
        sink: Sink,
        reader: StreamReader | None = None,
        extra: dict[str, Any] | None = None,
        can_write_eof: bool = True,
    ) -> None:
        self._sink = sink
        self._reader = reader
        self._extra = extra or {}
        self._can_write_eof = can_write_eof
        self._pending = bytearray()
        # Guards what follows; notified whenever some of it changes.
        self._changed = threading.Condition()
        self._is_sending = False
        self._is_ending = False
        self._is_closing = False
        self._is_lost = False
        self._error: Exception | None = None
        self._when_lost: list[Callable[[], object]] = []

    def __del__(self) -> None:
        if not self.is_closing():
            self.close()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send as much as goes now, and the rest from a thread."""
        if not isinstance(data, (bytes, bytearray, memoryview)):
            kind = type(data).__name__
            raise TypeError(f"data argument must be a bytes-like object, not {kind!r}")
        with self._changed:
            if self._is_ending:
                raise RuntimeError("Cannot call write() after write_eof()")
            if self._is_closing or self._is_lost or not data:
                return
            begun = bool(self._pending)
            self._pending += data
            if not begun:
                self._send(self._sink.send_at_once)
            if self._pending and not self._is_sending:
                self._is_sending = True
                threading.Thread(target=self._send_pending, daemon=True).start()

    def writelines(self, data: Iterable[bytes | bytearray | memoryview]) -> None:
        """Write several pieces of data as one."""
        self.write(b"".join(data))

    def drain(self, timeout: float | None = None) -> None:
        """Wait while too much is waiting to be sent."""
        if self._reader is not None and (error := self._reader.exception()):
            raise error
        with self._changed:
            if self._is_lost:
                raise self._error or ConnectionResetError("Connection lost")
            if len(self._pending) > _HIGH_WATER:
                self._wait_for(
                    lambda: self._is_lost or len(self._pending) <= _LOW_WATER, timeout
                )
                if self._error is not None:
                    raise self._error

    def can_write_eof(self) -> bool:
        """Return whether the sending direction can be shut down."""
        return self._can_write_eof

    def write_eof(self) -> None:
        """Close the writing end when all is sent."""
        if not self._can_write_eof:
            raise NotImplementedError
        with self._changed:
            if self._is_closing or self._is_ending:
                return
            self._is_ending = True
            if not self._is_sending:
                self._sink.end()

    def is_closing(self) -> bool:
        """Return whether the stream is closed, or will be when all is sent."""
        return self._is_closing or self._is_lost

    def close(self) -> None:
        """Close once everything is sent; returns immediately."""
        with self._changed:
            if not self._is_closing:
                self._is_closing = True
                if not self._is_sending:
                    self._lose(None)

    def wait_closed(self, timeout: float | None = None) -> None:
        """Wait until the stream is closed; raises what ended the connection."""
        with self._changed:
            self._wait_for(lambda: self._is_lost, timeout)
            if self._error is not None:
                raise self._error

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what is known of the connection, as `peername`."""
        return self._extra.get(name, default)

    def when_lost(self, callback: Callable[[], object]) -> None:
        """Call back once the stream is closed or its connection lost."""
        with self._changed:
            if not self._is_lost:
                self._when_lost.append(callback)
                return
        callback()

    def _wait_for(self, done: Callable[[], bool], timeout: float | None) -> None:
        if not self._changed.wait_for(done, timeout):
            raise TimeoutError

    def _send(self, send: Callable[[bytes], int]) -> None:
        """Send the next piece; an error ends the connection."""
        piece = bytes(self._pending[:CHUNK])
        try:
            sent = send(piece)
        except OSError as error:
            self._lose(error)
        else:
            del self._pending[:sent]

    def _send_pending(self) -> None:
        """Send what is left, in a thread of its own."""
        while True:
            piece = bytes(self._pending[:CHUNK])
            try:
                sent = self._sink.send(piece)
            except (OSError, ValueError) as error:
                with self._changed:
                    self._is_sending = False
                    self._lose(error)
                return
            with self._changed:
                del self._pending[:sent]
                self._changed.notify_all()
                if not self._pending:
                    self._is_sending = False
                    if self._is_closing:
                        self._lose(None)
                    elif self._is_ending:
                        self._sink.end()
                    return

    def _lose(self, error: Exception | None) -> None:
        """Close the channel; the caller holds `_changed`."""
        if error is not None:
            self._error = error
            if self._reader is not None:
                self._reader.fail(error)
        self._pending.clear()
        self._is_lost = True
        self._sink.close()
        self._changed.notify_all()
        callbacks, self._when_lost = self._when_lost, []
        for callback in callbacks:
            callback()


def streams_over(
    channel: Channel, limit: int, extra: dict[str, Any], can_write_eof: bool
) -> tuple[StreamReader, StreamWriter]:
    """Return both ends of a connection."""
    reader = StreamReader(channel, limit)
    return reader, StreamWriter(channel, reader, extra, can_write_eof)
