"""COPY: data and rows to the server, from the server, or to another destination.

Data that is written in a COPY block is on the server when the block has ended without
an error, and not before. An error cancels the COPY.
"""

from __future__ import annotations

import asyncio
import logging
import weakref
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Callable,
    Iterable,
    Iterator,
    Sequence,
)
from contextlib import suppress
from operator import length_hint
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, TypeAlias

from psycopg import errors as e, pq

from pgtwin.aio.sessions import copy_exchange
from pgtwin.aio.sessions.open_copy import OpenCopy
from pgtwin.core.adaptation.adapt_context import AdaptationContext
from pgtwin.core.copy.dumpers import CopyAdapters
from pgtwin.core.copy.progress import report
from pgtwin.core.copy.row_writer import Rows
from pgtwin.core.engine.copy_decoders import TRAILER, Pieces, row_decoder
from pgtwin.core.engine.copy_escapes import escapes
from pgtwin.core.engine.implementation import make_copy_loader

if TYPE_CHECKING:
    from psycopg.abc import Buffer
    from typing_extensions import Self

    from pgtwin.aio.cursors.cursor import AsyncCursor

COPY_IN = pq.ExecStatus.COPY_IN
COPY_OUT = pq.ExecStatus.COPY_OUT
ACTIVE = pq.TransactionStatus.ACTIVE

# Bytes that libpq may keep for a slow server.
FLUSH_THRESHOLD = 1024 * 1024
# Pieces of data from this size on, in bytes, are written at once, others together.
SMALL = 8 * 1024
# Blocks that wait in a queue before the writer waits.
QUEUED = 64

logger = logging.getLogger("pgtwin")


class AsyncWriter(ABC):
    """Takes the data of a COPY, and writes it to some destination."""

    __module__ = "pgtwin.copy"

    @abstractmethod
    async def write(self, data: Buffer) -> None:
        """Write some data."""

    async def finish(  # noqa: B027 (it may do nothing)
        self, exc: BaseException | None = None
    ) -> None:
        """End the writing; `exc` is the error with which the COPY ends, or `None`."""


class AsyncLibpqWriter(AsyncWriter):
    """Writes to the server.

    Waits for a slow server whenever `flush_threshold` bytes were written. This limits
    the amount of data in memory.
    """

    __module__ = "pgtwin.copy"

    def __init__(
        self, cursor: AsyncCursor[Any], *, flush_threshold: int = FLUSH_THRESHOLD
    ) -> None:
        self.cursor = cursor
        self.connection = cursor.connection
        self.flush_threshold = flush_threshold
        self._session = cursor._session
        self._unflushed = 0

    async def write(self, data: Buffer) -> None:
        """Send some data. Errors of the server are raised at the end."""
        async with copy_exchange.held(self._session):
            await copy_exchange.write(self._session, data)
            self._unflushed += len(data)
            if self._unflushed >= self.flush_threshold:
                self._unflushed = 0
                await copy_exchange.flush(self._session)

    async def finish(self, exc: BaseException | None = None) -> None:
        """End the COPY on the server, or cancel it with the text of an error."""
        session = self._session
        if exc is not None and session.pgconn.transaction_status != ACTIVE:
            return  # the server has ended it
        async with copy_exchange.held(session):
            if exc is None:
                self.cursor._keep([await copy_exchange.end(session)])
                return
            reason = f"error from Python: {type(exc).__qualname__} - {exc}"
            with suppress(e.QueryCanceled):
                await copy_exchange.end(
                    session, reason.encode(session.adaptation.encoding, "replace")
                )


class AsyncQueuedLibpqWriter(AsyncLibpqWriter):
    """Writes to the server in the background, while the next block is made.

    Up to 64 blocks are in a queue; `write()` waits only if the queue is full.
    """

    __module__ = "pgtwin.copy"

    def __init__(
        self, cursor: AsyncCursor[Any], *, flush_threshold: int = FLUSH_THRESHOLD
    ) -> None:
        super().__init__(cursor, flush_threshold=flush_threshold)
        self._queue: asyncio.Queue[Buffer] = asyncio.Queue(QUEUED)
        self._worker: asyncio.Task[None] | None = None
        self._error: BaseException | None = None

    async def write(self, data: Buffer) -> None:
        """Put some data into the queue. Raises the error of earlier data, if any."""
        if self._error is not None:
            raise self._error
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        if data:
            await self._queue.put(data)

    async def finish(self, exc: BaseException | None = None) -> None:
        """Wait until the queue is empty, then end the COPY."""
        worker, self._worker = self._worker, None
        if worker is not None:
            await self._queue.put(b"")
            await worker
        if self._error is not None and exc is None:
            raise self._error
        await super().finish(exc)

    async def _work(self) -> None:
        while data := await self._queue.get():
            if self._error is not None:
                continue  # keep the queue moving, or write() would wait forever
            try:
                await super().write(data)
            except BaseException as error:
                self._error = error


class AsyncFileWriter(AsyncWriter):
    """Writes to a file that is open for writing bytes."""

    __module__ = "pgtwin.copy"

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    async def write(self, data: Buffer) -> None:
        """Write some data to the file."""
        self.file.write(data)


class AsyncCopy:
    """The block of one COPY; `cursor.copy()` returns it.

    `binary` sets the format if the cursor has not executed a COPY statement. `writer`
    is the destination of the data, in place of the server. `timeout` limits each wait
    for the server, in seconds. `progress` is called as `cursor.copy()` describes.
    """

    __module__ = "pgtwin"

    rows_done: int
    """Rows that were sent or received.

    While the COPY goes on, data given to `write()` counts by its lines, in binary
    format not at all, and the header of a CSV file counts as a row. At the end it is
    the number that the server reports.
    """
    bytes_done: int
    """Bytes of data that were sent or received."""

    def __init__(
        self,
        cursor: AsyncCursor[Any],
        *,
        binary: bool | None = None,
        writer: AsyncWriter | None = None,
        timeout: float | None = None,
        progress: Progress | None = None,
    ) -> None:
        session = cursor._session
        result = cursor.pgresult
        self.cursor = cursor
        self.connection = cursor.connection
        self._session = session
        self._direction = COPY_IN if result is None else pq.ExecStatus(result.status)
        if self._direction not in (COPY_IN, COPY_OUT):
            raise e.ProgrammingError(
                "the cursor has not executed a COPY statement, its result is "
                + self._direction.name
            )
        if binary is None:
            binary = result is not None and bool(result.binary_tuples)
        self.writer = writer or AsyncLibpqWriter(cursor)
        adapters = cursor._adapters or session.adaptation.adapters
        self._types = adapters.types
        status = session.pgconn.parameter_status
        encodings = status(b"client_encoding"), status(b"server_encoding")
        known = escapes(*((name or b"").decode() for name in encodings))
        # What only the other direction needs is not made.
        self._add: Callable[[Sequence[Any]], bool]
        encoding = session.adaptation.encoding
        if self._direction == COPY_IN:
            for_rows = AdaptationContext(CopyAdapters(adapters), cursor.connection)
            self._rows = Rows(for_rows.transformer(), encoding, known, binary)
            self._add = self._rows.add
        else:
            transformer = AdaptationContext(adapters, cursor.connection).transformer()
            width = 0 if result is None else result.nfields
            self._decoder = row_decoder(
                binary, transformer, encoding, known, width, make_copy_loader
            )
            self._add = _sends_nothing
        self._messages: deque[Buffer] = deque()
        self._ahead: tuple[list[Buffer], Iterator[Any]] = [], iter(())
        self._timeout = timeout
        self._progress = progress
        self.rows_done = self.bytes_done = 0
        self._counted = 0  # rows of this COPY that are in rows_done
        self._headers = 0  # that are still to come, and no rows
        self._binary = binary
        self._copying: OpenCopy | None = None
        self._sending = asyncio.Lock()
        self._ended = False
        self._finished = False

    def __repr__(self) -> str:
        state = "finished" if self._finished else self._direction.name
        return f"<pgtwin.{type(self).__name__} [{state}] of {self.connection}>"

    async def __aenter__(self) -> Self:
        if self._finished:
            raise TypeError("a COPY block is entered once: call copy() again")
        if self.cursor.pgresult is not None:  # else there is none on the server
            self._copying = OpenCopy(self._direction == COPY_OUT, self._timeout)
            self._session.copying = weakref.ref(self._copying)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        await self.finish(exc_val)

    async def __aiter__(self) -> AsyncIterator[Buffer]:
        messages = self._messages
        while messages or await self._receive():
            while messages:
                yield messages.popleft()

    def set_types(self, types: Sequence[int | str]) -> None:
        """Set the types of the columns, by names (`timestamptz[]`) or OIDs.

        Rows are loaded and dumped with these types. Without them, rows contain text as
        it arrives (or bytes, in binary format), and rows that are written are dumped by
        the types of their Python values. In binary format, the first row decides these
        types, which are often not those of the columns.
        """
        get = self._types.get_oid
        oids = [each if isinstance(each, int) else get(each) for each in types]
        if self._direction == COPY_IN:
            self._rows.set_types(oids)
        else:
            self._put_back()
            self._decoder.set_types(oids)

    async def read(self) -> Buffer:
        """Return the next piece of data as the server sends it; empty at the end.

        In text and CSV format a piece is a row. Raises the error of the server.
        """
        while True:
            try:
                return self._messages.popleft()
            except IndexError:  # another task may have taken what was there
                if not await self._receive():
                    return b""

    async def blocks(self) -> AsyncIterator[bytes]:
        """Yield the data in blocks of many rows: all that has arrived at a time.

        A block consists of pieces that `read()` would return. This is the fastest way
        to copy to a file, or to a reader of the format. Raises the error of the server.
        """
        while True:
            pieces = self._taken()
            if not pieces:
                await self._fetch(pieces, Pieces.BLOCK)
            if not pieces:
                break
            yield b"".join(pieces)

    async def read_row(self) -> tuple[Any, ...] | None:
        """Return the next row, or `None` at the end.

        Raises `DataError` for rows with several columns in CSV format, or with another
        delimiter. Use `read()` for them.
        """
        while message := await self.read():
            for row in self._decoder.decode([message]):
                return row
        return None

    async def rows(self) -> AsyncIterator[tuple[Any, ...]]:
        """Yield the rows that the server sends."""
        while True:
            messages = self._taken()
            if not messages:
                await self._fetch(messages, Pieces.MESSAGES)
            if not messages:
                break
            decoded = self._decoder.decode(messages)
            if messages[-1] == TRAILER:
                messages.pop()
            rows = iter(decoded)
            # PostgreSQL sends each row in a message of its own, others may not.
            if len(decoded) == len(messages):
                self._ahead = messages, rows
            for row in rows:
                yield row

    async def write(self, buffer: Buffer | str) -> None:
        """Write data that already has the format of the COPY.

        Raises `TypeError` for text in binary format, and `OperationalError` after the
        end of the block. Errors of the server are raised at that end.
        """
        self._check_open()
        data = self._rows.data_of(buffer)
        if len(data) >= SMALL:
            await self._send(data)
        elif self._rows.add_data(data):
            await self._send()

    async def write_row(self, row: Sequence[Any]) -> None:
        """Write a row of Python values.

        Raises `DataError` for a value that does not fit the type of its column, the
        errors of dumpers, and `OperationalError` after the end of the block. Errors of
        the server are raised at that end.
        """
        if self._add(row):
            await self._send()

    async def write_rows(
        self,
        rows: Iterable[Sequence[Any]] | AsyncIterable[Sequence[Any]],
    ) -> None:
        """Write many rows, faster than with `write_row()`. Raises the same errors."""
        self._check_open()
        if isinstance(rows, AsyncIterable):  # twingen: async-only
            async for row in rows:
                await self.write_row(row)
            return
        source = iter(rows)
        while self._rows.add_from(source):
            await self._send()

    async def finish(self, exc: BaseException | None) -> None:
        """End the COPY, or cancel it because of an error; the block does this."""
        if self._finished:
            return
        if self._copying is not None:
            # The block ends, maybe in another task.
            self._session.lock.note_holder("copy()")
        try:
            if self._direction == COPY_IN:
                await self._finish_writing(exc)
            else:
                await self._stop()
        except Exception as failure:
            if exc is None:
                raise
            # The error that leaves the block says more than this one.
            logger.warning("ending %r failed: %s", self, failure)
        finally:
            self._finished = True
            if self._direction == COPY_IN:
                # So that write_row() need not ask for each row.
                self._add = _has_ended
            if self._copying is not None:
                self._session.copying = self._copying = None
        if exc is None and self._direction == COPY_IN:
            if self.cursor.rowcount >= 0:
                self._count(self.cursor.rowcount)
            self._report()

    async def _finish_writing(self, exc: BaseException | None) -> None:
        if exc is None:
            try:
                await self._write_rest()
            except BaseException as error:
                await self._finish_writing(error)
                raise
        try:
            await self.writer.finish(exc)
        finally:
            await self._stop()  # what a writer of another kind has not ended

    async def _stop(self) -> None:
        session = self._session
        if self._copying is not None and not session.closed:
            async with copy_exchange.held(session):
                try:
                    await copy_exchange.stop(session)
                finally:
                    session.copying = self._copying = None

    async def _write_rest(self) -> None:
        self._rows.end()
        await self._send()

    async def _send(self, data: Buffer = b"") -> None:
        """Give the writer what was added, in that order, and then some data."""
        async with self._sending:
            count = self._rows.count - self._headers
            block = self._rows.take()
            for each in (block, data):
                if each:
                    await self.writer.write(each)
                    self.bytes_done += len(each)
            self._count(count)
        if block or data:
            self._report()

    def _expect_header(self) -> None:
        """Count the first line as none of the rows."""
        self._headers = 1

    def _count(self, count: int) -> None:
        """Note how many rows this COPY has sent or received."""
        self.rows_done += count - self._counted
        self._counted = count

    def _report(self) -> None:
        if self._progress is not None:
            report(self._progress, self)

    def _check_open(self) -> None:
        if self._direction != COPY_IN:
            _sends_nothing()
        if self._finished:
            _has_ended()

    def _put_back(self) -> None:
        """Take back what `rows()` has decoded but not given.

        Reading may go on by other means then, or with other types, and so may `rows()`.
        """
        messages, rows = self._ahead
        if left := length_hint(rows):
            self._messages.extendleft(map(memoryview, reversed(messages[-left:])))
            deque(rows, maxlen=0)

    def _taken(self) -> list[Buffer]:
        """Return the messages that were received and not read."""
        self._put_back()
        messages = list(self._messages)
        self._messages.clear()
        return messages

    async def _receive(self) -> bool:
        """Fetch messages; return whether there were any before the end."""
        self._put_back()
        if not self._messages:
            await self._fetch(self._messages, Pieces.VIEWS)
        return bool(self._messages)

    async def _fetch(
        self, messages: deque[Buffer] | list[Buffer], pieces: Pieces
    ) -> None:
        """Wait for data and add it to other, none at the end."""
        if self._direction != COPY_OUT:
            raise e.ProgrammingError("this COPY receives nothing: write to it")
        if self._finished:
            return
        if await self._fetched(messages, pieces):
            self._report()

    async def _fetched(
        self, messages: deque[Buffer] | list[Buffer], pieces: Pieces
    ) -> bool:
        """Do that, and tell whether another task has not been quicker."""
        session = self._session
        async with copy_exchange.held(session):
            if messages is not self._messages:
                messages.extend(self._taken())
            if messages or self._finished:
                return False
            if not self._ended:
                found, number, self._ended = await copy_exchange.read(session, pieces)
                messages.extend(found)
                if found:
                    self.bytes_done += sum(map(len, found))
                    if self._ended and self._binary:
                        number -= 1  # the last message is no row
                    self._count(self._counted + number - self._headers)
                    self._headers = 0
                    return True
            self._finished = True
            session.copying = self._copying = None
            result = await copy_exchange.finish(session)
            rowcount = result.command_tuples
            tag = result.command_status
            self.cursor._note(-1 if rowcount is None else rowcount, tag)
            if rowcount is not None:
                self._count(rowcount)
            return True


# Called with a COPY while it goes on: what it returns is ignored.
Progress: TypeAlias = Callable[[AsyncCopy], object]
"""A function that is called with the COPY whenever a part of its data was moved."""


def _sends_nothing(row: Sequence[Any] = ()) -> bool:
    raise e.ProgrammingError("this COPY sends nothing to the server: read it")


def _has_ended(row: Sequence[Any] = ()) -> bool:
    raise e.OperationalError("this COPY has ended: call copy() again to write more")
