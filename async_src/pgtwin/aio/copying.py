"""The conversation of a COPY: start, data in one direction, end.

Law: the caller holds the session's lock; between two calls the handle belongs to the
COPY, and whoever gives it up calls `stop()`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from psycopg import errors as e, pq

from pgtwin.aio.turn import Holder, Turn

if TYPE_CHECKING:
    from psycopg.abc import Buffer
    from psycopg.pq.abc import PGresult

    from pgtwin.aio.session import Session

ACTIVE = pq.TransactionStatus.ACTIVE
COPY_IN = pq.ExecStatus.COPY_IN
COPY_OUT = pq.ExecStatus.COPY_OUT

# Bytes given to libpq at once: it moves what it could not send yet.
CHUNK = 128 * 1024
# Seconds between two looks at a socket from which a COPY is read.
PAUSE = 0.05


class Copying:
    """A COPY under way: whose it is, and how long it may wait for the server.

    When it is `receiving`, nobody else reads what the server sends.
    """

    __slots__ = ("__weakref__", "holder", "receiving", "timeout")

    def __init__(self, receiving: bool, timeout: float | None) -> None:
        self.holder = Holder("copy()", asyncio.current_task())
        self.receiving = receiving
        self.timeout = timeout


def turn(session: Session) -> asyncio.Lock | Turn:
    """Return the block in which the COPY under way talks to the server."""
    copying = session.copy_under_way()
    return session.turn(None if copying is None else copying.timeout)


async def start(session: Session, text: bytes) -> PGresult:
    """Execute a COPY statement and return its first result.

    Starts a transaction before, unless in autocommit mode. Raises `ProgrammingError`
    when the statement is no COPY to or from the client.
    """
    session.check_no_pipeline("a COPY")
    await session.ready()
    await session.begin()
    try:
        results = await session.exchange.start_copy(text)
    finally:
        session.deliver()
    result = results[-1]
    if result.status in (COPY_IN, COPY_OUT):
        return result
    session.examine(results)
    raise e.ProgrammingError(
        "copy() executes COPY ... FROM STDIN or COPY ... TO STDOUT, the statement was "
        + (result.command_status or b"empty").decode()
    )


async def write(session: Session, data: Buffer) -> None:
    """Give data to libpq, which sends what the system takes at once.

    An error of the server is not noticed before the end: libpq looks for it then.
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
    """Wait until libpq has handed everything to the system."""
    exchange = session.exchange
    async with exchange.conversation():
        await exchange.send()


async def read(session: Session) -> tuple[list[Buffer], bool]:
    """Return the messages that have arrived, and whether they are the last.

    Waits for one if there is none.
    """
    session.check()
    exchange = session.exchange
    get = exchange.pgconn.get_copy_data
    messages: list[Buffer] = []
    ended = False

    def some() -> bool:
        nonlocal ended
        length, message = get(1)
        while length > 0:
            messages.append(message)
            length, message = get(1)
        ended = length < 0
        return ended or bool(messages)

    async with exchange.conversation():
        if not some():
            await exchange.take_in(some)
    return messages, ended


async def end(session: Session, error: bytes | None = None) -> PGresult:
    """End a COPY to the server, with an error to cancel it, and return its result."""
    session.check()
    exchange = session.exchange
    async with exchange.conversation():
        exchange.pgconn.put_copy_end(error)
        await exchange.send()
    return await finish(session)


async def finish(session: Session) -> PGresult:
    """Return the result of a COPY that has come to its end. Raises its error."""
    try:
        results = await session.exchange.results()
    finally:
        session.deliver()
    session.examine(results)
    if len(results) > 1:
        raise e.ProgrammingError(
            "copy() executes one COPY and no other statement with it"
        )
    return results[-1]


async def stop(session: Session) -> None:
    """Cancel a COPY that is under way, and drop what it still sends."""
    if session.pgconn.transaction_status == ACTIVE:
        await session.exchange.recover()
        session.deliver()


async def pause(session: Session, left: float) -> bool:
    """Wait a little, at most `left` seconds, if a COPY is read; tell whether it is.

    To take in what the server sends, ahead of its reader, would fill the memory.
    """
    copying = session.copy_under_way()
    if copying is None or not copying.receiving or not left:
        return False
    del copying  # it may be forgotten meanwhile
    await asyncio.sleep(min(PAUSE, left))
    return True
