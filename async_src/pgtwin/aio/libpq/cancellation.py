"""Cancelling: ask the server to cancel an operation, and receive the rest of it.

A request uses a connection of its own. The operation of the first connection goes on
until the answer of the server arrives.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from psycopg import capabilities, errors as e, pq

from pgtwin.aio.waiting.blocking_call import call_in_thread
from pgtwin.aio.waiting.readiness import Readiness

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn, PGresult

    from pgtwin.core.engine.contract import Engine

ENDED = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.FATAL_ERROR)
COPY_IN = pq.ExecStatus.COPY_IN
COPY_OUT = pq.ExecStatus.COPY_OUT
COPY_BOTH = pq.ExecStatus.COPY_BOTH
PIPELINE_SYNC = pq.ExecStatus.PIPELINE_SYNC
POLL_OK = pq.PollingStatus.OK
POLL_FAILED = pq.PollingStatus.FAILED
POLL_WRITING = pq.PollingStatus.WRITING

# Seconds that an interrupted conversation has to come to rest, and those of them after
# which a server that does not read the rest of what is sent is told to cancel.
SETTLE_TIMEOUT = 5.0
UNREAD_TIMEOUT = 2.5

# Seconds between two requests to cancel: one that comes before the statement itself, as
# when the server's process is slow to wake, is ignored.
CANCEL_AGAIN = 1.0


async def request_cancel(pgconn: PGconn, timeout: float) -> None:
    """Ask the server to cancel the operation of a libpq connection.

    Uses a connection of its own, which is encrypted like the first one if libpq is 17
    or newer (`PQcancelStart`). Raises `CancellationTimeout` after `timeout` seconds,
    and `OperationalError` if the server cannot be reached.
    """
    if not capabilities.has_cancel_safe():
        request = pgconn.get_cancel()
        try:
            await call_in_thread(timeout, request.cancel)
        except asyncio.TimeoutError:
            raise _cancellation_timeout(timeout) from None
        return
    deadline = time.monotonic() + timeout
    conn = pgconn.cancel_conn()
    readiness = Readiness()
    try:
        conn.start()
        while (poll := conn.poll()) != POLL_OK:
            if poll == POLL_FAILED:
                raise e.OperationalError(
                    f"cannot cancel: {conn.get_error_message().strip()}"
                )
            readiness.attach(conn.socket)
            left = deadline - time.monotonic()
            if not await readiness.wait(_at_once, left, poll == POLL_WRITING):
                raise _cancellation_timeout(timeout)
    finally:
        readiness.detach()
        conn.finish()


class Interrupted:
    """A conversation that was interrupted before all results had come.

    `syncs` is the number of synchronizations that the server has not answered.
    """

    def __init__(
        self, pgconn: PGconn, engine: Engine, readiness: Readiness, syncs: int
    ) -> None:
        self._pgconn = pgconn
        self._engine = engine
        self._readiness = readiness
        self._syncs = syncs
        self._deadline = time.monotonic() + SETTLE_TIMEOUT

    async def settle(self, results: list[PGresult]) -> None:
        """Cancel the conversation, and receive what the server still sends of it.

        `results` are those that came before the interruption; others are added that
        tell how a statement has ended. Returns early if the server is lost
        (`engine.failure`). Raises `OperationalError` when there is no end in
        `SETTLE_TIMEOUT` seconds.
        """
        pgconn = self._pgconn
        # A statement that the server has only half of cannot be cancelled; a
        # COPY can, and may have to be, for the server to read the rest.
        sent = pgconn.flush() == 0 or await self._readiness.wait(
            self._sent, UNREAD_TIMEOUT, True
        )
        cancelling = not sent or not results or results[-1].status != COPY_IN
        if cancelling:
            await self._cancel()
        silent = False
        while True:
            if pgconn.is_busy():
                await self._wait(self._engine.read, cancelling=cancelling)
            if self._engine.failure is not None:
                return
            result = pgconn.get_result()
            before, silent = silent, result is None
            if result is None:
                # An interruption may have come before an answer was counted.
                if before or not self._syncs:
                    return
            elif result.status == PIPELINE_SYNC:
                self._syncs -= 1
                if not self._syncs:
                    return
            elif result.status == COPY_IN:
                pgconn.put_copy_end(b"interrupted by the client")
                if pgconn.flush():
                    await self._wait(self._sent, writing=True)
            elif result.status == COPY_OUT:
                if not self._skipped():
                    await self._wait(self._skipped)
            elif result.status == COPY_BOTH:
                raise e.NotSupportedError("replication cannot be settled")
            elif result.status in ENDED:
                results.append(result)

    async def _cancel(self) -> None:
        await request_cancel(self._pgconn, self._deadline - time.monotonic())

    async def _wait(
        self,
        step: Callable[[], bool],
        *,
        writing: bool = False,
        cancelling: bool = False,
    ) -> None:
        """Wait until a step is true; cancel again meanwhile if it is `cancelling`."""
        left = self._deadline - time.monotonic()
        while cancelling and left > CANCEL_AGAIN:
            if await self._readiness.wait(step, CANCEL_AGAIN, writing):
                return
            await self._cancel()
            left = self._deadline - time.monotonic()
        if not await self._readiness.wait(step, left, writing):
            raise e.OperationalError("the server does not come to rest")

    # Steps: called by the readiness when the socket is ready, never wait.

    def _sent(self) -> bool:
        # A server that waits for us to read does not read what we write.
        self._engine.read()
        return self._engine.failure is not None or self._pgconn.flush() == 0

    def _skipped(self) -> bool:
        pgconn = self._pgconn
        pgconn.consume_input()
        while (size := pgconn.get_copy_data(1)[0]) > 0:
            pass
        return size != 0


def _at_once() -> bool:
    return True


def _cancellation_timeout(timeout: float) -> e.CancellationTimeout:
    return e.CancellationTimeout(f"cannot cancel: no answer in {round(timeout, 1):g} s")
