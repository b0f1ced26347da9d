"""The messages of a COPY: its start, data in one direction, and its end.

The block of the COPY holds the lock of the session. Several tasks or threads may call
its steps, which hold the lock of the COPY. A caller that abandons the COPY calls
`stop()`.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import TYPE_CHECKING

from psycopg import errors as e, pq

from pgtwin.aio.sessions.lock import HeldInTime
from pgtwin.aio.waiting.timeout import wait_for
from pgtwin.core.deadlines import Deadline, OperationTimeout
from pgtwin.core.engine.implementation import copied_data

if TYPE_CHECKING:
    from psycopg.abc import Buffer
    from psycopg.pq.abc import PGresult

    from pgtwin.aio.sessions.session import Session
    from pgtwin.core.engine.copy_decoders import Pieces

ACTIVE = pq.TransactionStatus.ACTIVE
COPY_IN = pq.ExecStatus.COPY_IN
COPY_OUT = pq.ExecStatus.COPY_OUT

# Bytes given to libpq at once: it moves what it could not send yet.
CHUNK = 128 * 1024
# Seconds between two looks at a socket from which a COPY is read.
PAUSE = 0.05
# Seconds at most between two looks whether the operation under way is a COPY.
LONG_PAUSE = 1.0


class Step:
    """Holds the lock of a COPY for one step, with a time limit.

    The step may take `limit` seconds; `None` sets no limit.
    """

    __slots__ = ("_limit", "_lock", "_session")

    def __init__(
        self, session: Session, lock: asyncio.Lock, limit: float | None
    ) -> None:
        self._session = session
        self._lock = lock
        self._limit = limit

    async def __aenter__(self) -> None:
        limit = self._limit
        deadline = None if limit is None else Deadline(limit)
        lock: asyncio.Lock = self._lock
        try:
            await wait_for(lock.acquire(), limit)
        except asyncio.TimeoutError:
            assert limit is not None
            raise OperationTimeout(
                f"the COPY was busy for {limit:g} s with another step of its "
                "block: wait longer"
            ) from None
        self._session.exchange.deadline = deadline

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        self._session.exchange.deadline = None
        self._lock.release()


def held(session: Session) -> asyncio.Lock | HeldInTime | Step:
    """Return the block in which the running COPY communicates with the server."""
    copying = session.copy_under_way()
    if copying is None:
        return session.lock.held()
    session.lock.move_here()  # twingen: async-only
    limit = session.lock.limit(copying.timeout)
    return copying.lock if limit is None else Step(session, copying.lock, limit)


async def look(session: Session, deadline: Deadline) -> None:
    """Read messages that arrived between operations or steps of a COPY.

    Raises `OperationTimeout` if the connection was busy until the deadline.
    """
    patience = PAUSE
    while True:
        left = deadline.left()
        copying = session.copy_under_way()
        if copying is not None:
            async with Step(session, copying.lock, session.lock.limit(left)):
                if session.copy_under_way() is copying:
                    session.check()
                    session.messages.collect()
                    return
        if session.lock.is_own():
            patience = left
        try:
            async with session.lock.held(min(patience, left)):
                session.check()
                session.messages.collect()
                return
        except OperationTimeout:
            if left <= patience:
                raise
            # A COPY may have begun meanwhile, whose block stays open for long.
            patience = min(2 * patience, LONG_PAUSE)


async def start(session: Session, text: bytes) -> PGresult:
    """Execute a COPY statement and return its first result.

    Begins a transaction first, unless in autocommit mode. Raises `ProgrammingError` if
    the statement is not a COPY to or from the client.
    """
    session.check_no_pipeline("a COPY")
    await session.ready()
    await session.begin()
    results = await session.exchange.start_copy(text)
    result = results[-1]
    if result.status in (COPY_IN, COPY_OUT):
        return result
    session.examine(results)
    raise e.ProgrammingError(
        "copy() executes COPY ... FROM STDIN or COPY ... TO STDOUT, the statement was "
        + (result.command_status or b"empty").decode()
    )


async def write(session: Session, data: Buffer) -> None:
    """Pass data to libpq, which sends as much as the system accepts at once.

    An error of the server is noticed only at the end, when libpq looks for it.
    """
    session.check()
    if len(data) <= CHUNK:
        session.pgconn.put_copy_data(data)
        return
    view = memoryview(data)
    for begin in range(0, len(view), CHUNK):
        session.pgconn.put_copy_data(view[begin : begin + CHUNK])
        await flush(session)


async def flush(session: Session) -> None:
    """Wait until libpq has passed all data to the system."""
    exchange = session.exchange
    async with exchange.in_use():
        await exchange.send()


async def read(session: Session, pieces: Pieces) -> tuple[list[Buffer], int, bool]:
    """Return the data that has arrived, the number of messages, and whether it ended.

    Waits if there is none.
    """
    session.check()
    exchange = session.exchange
    found: list[Buffer] = []
    number = 0
    ended = False

    def some() -> bool:
        nonlocal found, number, ended
        found, number, ended = copied_data(exchange.pgconn, pieces)
        return ended or bool(found)

    async with exchange.in_use():
        if not some():
            await exchange.read_until(some)
    return found, number, ended


async def end(session: Session, error: bytes | None = None) -> PGresult:
    """End a COPY to the server, with an error to cancel it, and return its result."""
    session.check()
    exchange = session.exchange
    async with exchange.in_use():
        exchange.pgconn.put_copy_end(error)
        await exchange.send()
    return await finish(session)


async def finish(session: Session) -> PGresult:
    """Return the result of a COPY that has ended. Raises its error."""
    results = await session.exchange.results()
    session.examine(results)
    if len(results) > 1:
        raise e.ProgrammingError(
            "copy() executes one COPY and no other statement with it"
        )
    return results[-1]


async def stop(session: Session) -> None:
    """Cancel a running COPY, and discard the data that still arrives."""
    if session.pgconn.transaction_status == ACTIVE:
        await session.exchange.recover()
        session.messages.deliver()


async def pause(session: Session, left: float) -> bool:
    """Wait for a short time, at most `left` seconds; return whether a COPY is read.

    Reading from the server ahead of the reader of the COPY would fill the memory.
    """
    copying = session.copy_under_way()
    if copying is None or not copying.receiving or not left:
        return False
    del copying  # it may be forgotten meanwhile
    await asyncio.sleep(min(PAUSE, left))
    return True
