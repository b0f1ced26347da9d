"""The libpq connection of a session: waits for answers, recovers from interruptions.

The caller holds the lock of the session, and has checked that the session is usable.
Each method leaves the libpq connection idle, or finishes it if that was not possible in
a few seconds.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from psycopg import ConnectionInfo, errors as e, pq

from pgtwin.aio.libpq.cancellation import Interrupted
from pgtwin.aio.waiting.readiness import Readiness
from pgtwin.core.deadlines import Deadline
from pgtwin.core.engine.implementation import make_engine

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn, PGresult


OK = int(pq.ConnStatus.OK)
BAD = pq.ConnStatus.BAD
ACTIVE = pq.TransactionStatus.ACTIVE
FATAL_ERROR = pq.ExecStatus.FATAL_ERROR
COPY_IN = pq.ExecStatus.COPY_IN
COPY_OUT = pq.ExecStatus.COPY_OUT
COPY_BOTH = pq.ExecStatus.COPY_BOTH
COPY = (COPY_IN, COPY_OUT, COPY_BOTH)
PIPELINE_OFF = pq.PipelineStatus.OFF
SQLSTATE = pq.DiagnosticField.SQLSTATE

# Results that are handed over together while a conversation goes on.
AT_ONCE = 64

CLOSED = "the connection is closed: open another with connect()"
LOST = "the connection is lost: open another with connect()"
NOT_EXECUTED = "COPY cannot be executed with execute(): use copy(), outside pipelines"
REPLICATING = (
    "the connection is replicating: go on with connection.pgconn, close it, or use "
    "another connection"
)
MIXED = "copy() executes one COPY and no other statement with it"

logger = logging.getLogger("pgtwin")


class Handle:
    """Owns one libpq connection and waits for its socket."""

    wants_notifies = False  # whether somebody is told of notifications, also of none
    streamed = False  # in single-row mode, or rows in chunks
    syncs = 0  # of a pipeline, that the server has not answered yet
    replicating = False  # the last statement has begun to
    fatal_error: e.Error | None = None
    deadline: Deadline | None = None
    _in_use = False
    _finishing = False

    def __init__(self, pgconn: PGconn, readiness: Readiness) -> None:
        self.pgconn = pgconn
        self.engine = make_engine(pgconn)
        self.arrived = self.engine.arrived
        # Kept, as a method takes longer to find where it is not called.
        self._receive = self.engine.receive
        # Who tells of notifications.
        self.deliver: Callable[[], None] = self.arrived.clear
        self._readiness = readiness
        self.watchers: list[Readiness] = []

    @property
    def closed(self) -> bool:
        """Whether the libpq connection can no longer be used."""
        return self._finishing or self.pgconn.status == BAD

    def finish(self) -> None:
        """Close the handle at once, or as soon as a conversation has let go of it."""
        if self._in_use:
            # The handle belongs to another thread or task until it wakes.
            self._finishing = True
            self._readiness.shut_down()
            return
        try:
            self._readiness.detach()
        finally:
            self.pgconn.finish()
            for watcher in tuple(self.watchers):
                watcher.shut_down()

    def give_up(self) -> None:
        """Finish a libpq connection that cannot be made idle."""
        self._finishing = True
        self._pause()

    @asynccontextmanager
    async def in_use(self) -> AsyncGenerator[None, None]:
        """Have the handle for a block, which may leave it in the midst of something.

        An error that leaves the block brings the handle to rest, or finishes it.
        """
        self._in_use = True
        try:
            yield
        except BaseException as error:
            await self._break_off(error, [])
            raise
        finally:
            self._pause()

    async def send_until(self, step: Callable[[], bool]) -> None:
        """Send what is queued, and wait until a step, called after readings, is true.

        An error brings the handle to rest, or finishes it.
        """
        async with self.in_use():
            await self.send()
            if not step():
                await self.read_until(step)

    async def send(self) -> None:
        """Send what is queued, and take in what the server says meanwhile."""
        if not self._sent():
            await self._in_time(self._sent, writing=True)
        self._check()

    async def read_until(self, step: Callable[[], bool]) -> None:
        """Wait for the server until a step, called after each reading, is true."""

        def take() -> bool:
            self.engine.read()
            return self.engine.failure is not None or step()

        await self._in_time(take)
        self._check()

    async def receive(self) -> list[PGresult]:
        """Go on with a conversation: return results that have come, none at its end.

        A caller that stops before the end calls `recover()`.
        """
        pgconn = self.pgconn
        results: list[PGresult] = []
        self._in_use = True
        try:
            if pgconn.flush():
                await self._in_time(self._sent, writing=True)
            if self.engine.failure is None and pgconn.is_busy():
                await self._in_time(self.engine.read)
            if self.engine.failure is not None:
                raise self._error_of_loss(results)
            while (result := pgconn.get_result()) is not None:
                results.append(result)
                if len(results) == AT_ONCE or result.status in COPY or pgconn.is_busy():
                    break
            return results
        except BaseException as error:
            await self._break_off(error, results)
            raise
        finally:
            self._release()

    async def recover(self, *received: PGresult) -> None:
        """Bring to rest what an interruption has left behind, or give it up."""
        self._in_use = True
        try:
            await self._settle(list(received))
        finally:
            self._release()

    async def results(
        self, copying: bool = False, answers: list[PGresult] | None = None
    ) -> list[PGresult]:
        """Send what is queued and return all results, errors of the server included.

        A COPY ends them, if the caller is prepared for one, else it is an error. The
        beginning of a replication ends them, and leaves the handle active. In a list
        `answers` are the results also when an interruption has come before the end.
        """
        engine = self.engine
        results: list[PGresult] = [] if answers is None else answers
        self._in_use = True
        try:
            received = engine.begin(results)
            if received is None:
                await self._in_time(self._sent, writing=True)
                received = engine.receive()
            if not received:
                if self.deadline is None:
                    answer: asyncio.Future[None] = self._readiness.reading(
                        self._receive
                    )
                    await answer
                else:
                    await self._in_time(self._receive)
            if not engine.settled:
                self._check(results)
                if engine.copying:
                    self._begin_copy(results, copying)
            return results
        except BaseException as error:
            engine.settled = False
            self._readiness.rest()
            await self._break_off(error, results)
            raise
        finally:
            self._in_use = False
            if self._finishing or not engine.settled:
                self._release()
            if engine.noted or self.arrived or self.wants_notifies:
                self.deliver()

    def _begin_copy(self, results: list[PGresult], prepared: bool) -> None:
        """Raise `ProgrammingError` if the caller is not prepared for a COPY."""
        if results[-1].status == COPY_BOTH and not prepared:
            # Only libpq's own functions go on from here.
            self.replicating = True
        elif not prepared or results[-1].status == COPY_BOTH or len(results) > 1:
            raise e.ProgrammingError(MIXED if prepared else NOT_EXECUTED)

    def _check(self, results: list[PGresult] | None = None) -> None:
        if self.engine.failure is not None:
            raise self._error_of_loss([] if results is None else results)

    async def _in_time(
        self, step: Callable[[], bool], *, writing: bool = False
    ) -> None:
        """Wait as long as the deadline allows; raise `OperationTimeout` at its end."""
        deadline = self.deadline
        left = None if deadline is None else deadline.left()
        if not await self._readiness.wait(step, left, writing):
            assert deadline is not None
            raise deadline.overrun()

    async def _break_off(self, error: BaseException, results: list[PGresult]) -> None:
        """End a conversation that an error leaves; raise another if that says more."""
        leaving = self._finishing
        await self._settle(results)
        if leaving and isinstance(error, e.OperationalError):
            raise e.OperationalError(CLOSED) from None

    def _pause(self) -> None:
        self._in_use = False
        if self._finishing or self.pgconn.status != OK:
            self._release()

    async def _settle(self, results: list[PGresult]) -> None:
        """Bring an interrupted conversation to rest, or give the handle up."""
        pgconn = self.pgconn
        pipelined = pgconn.pipeline_status != PIPELINE_OFF
        if self._finishing or not (pipelined or pgconn.transaction_status == ACTIVE):
            return
        try:
            if pipelined:
                pgconn.pipeline_sync()
                self.syncs += 1
            interrupted = Interrupted(pgconn, self.engine, self._readiness, self.syncs)
            await interrupted.settle(results)
            self.syncs = 0
        except BaseException as error:
            # Interrupted again, or no answer in time: plainly broken is better
            # than hanging, and the first interruption is the one to be reported.
            self._finishing = True
            logger.warning(
                "an interrupted operation could not be ended, the connection is "
                "closed: %s",
                error or type(error).__name__,
            )

    def _release(self) -> None:
        self._in_use = False
        if self._finishing:
            self.finish()
        elif self.pgconn.status == BAD:
            self._readiness.detach()

    def _error_of_loss(self, results: list[PGresult]) -> Exception:
        """Return the error for a lost server, in its own words if it left any."""
        pgconn = self.pgconn
        while pgconn.status == BAD:
            result = pgconn.get_result()
            if result is None:
                break
            results.append(result)
        encoding = ConnectionInfo(pgconn).encoding
        for result in reversed(results):
            if result.status == FATAL_ERROR and result.error_field(SQLSTATE):
                return e.error_from_result(result, encoding)
        return self.fatal_error or self.engine.failure or e.OperationalError(LOST)

    def _sent(self) -> bool:
        """Return whether all is sent; called when the socket is ready, never waits."""
        # A server that waits for us to read does not read what we write.
        self.engine.read()
        return self.engine.failure is not None or self.pgconn.flush() == 0
