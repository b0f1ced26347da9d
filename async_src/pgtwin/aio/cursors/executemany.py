"""Executes one query for many sets of parameters.

The caller holds the lock of the session, and passes one cursor to each batch.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from psycopg import errors as e, pq

from pgtwin.aio.sessions.pipeline_exchange import PipelineExchange
from pgtwin.core.engine.implementation import BatchState
from pgtwin.core.statements.query_hooks import UNOBSERVED, Observation

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from pgtwin.aio.cursors.results import AsyncResults
    from pgtwin.aio.sessions.open_pipeline import Executions
    from pgtwin.aio.sessions.session import Session
    from pgtwin.core.engine.contract import Kept
    from pgtwin.core.engine.implementation import ResultState

IDLE = pq.TransactionStatus.IDLE
# Plain numbers, as they are compared and found faster.
GOOD = frozenset((int(pq.ExecStatus.COMMAND_OK), int(pq.ExecStatus.TUPLES_OK)))

logger = logging.getLogger("pgtwin")


class Batch(BatchState):
    """Owns the executions of one `executemany()`: adds up rows, or keeps results."""

    def __init__(
        self,
        cursor: ResultState,
        returning: bool,
        seen: Observation = UNOBSERVED,
    ) -> None:
        super().__init__()
        self._session: Session = cursor._session
        self._seen = seen
        self._cursor = cursor
        self._returning = returning
        self._used: list[Kept] = []
        self._common: Kept | None = None  # of all executions, if they have the same
        self._begun = False
        self._failed = False
        self._error: BaseException | None = None
        self.stale = False
        cursor._pending = self

    def under(self, kept: Kept | None) -> None:
        """Note as what the next executions are prepared."""
        self._common = None if self._begun else kept
        self._begun = True
        if kept is not None:
            self._used.append(kept)

    def expect(self, number: int) -> None:
        """Learn how many executions there are."""
        self._expected = number
        if self._received == number:
            self._finish()

    def receive(self, results: list[PGresult]) -> None:
        """Take the results of an execution. Raises the server's error."""
        self._received += 1
        try:
            result = results[0] if len(results) == 1 else None
            if result is None or result.status not in GOOD:
                self._fail(results)
            else:
                self._last = result
                if self._returning:
                    self._results.append(result)
                else:
                    self._rowcount += result.command_tuples or 0
        finally:
            if self._received == self._expected:
                self._finish()

    def give_up(self, error: BaseException) -> None:
        """Learn that there will be no more results, and why."""
        self._failed = True
        self._error = self._error or error
        if not self.done:
            self._finish()

    def _fail(self, results: list[PGresult]) -> None:
        self._failed = True
        prepared = self._session.prepared
        for index, kept in enumerate(self._used):
            if prepared.retire_stale(kept.key, results) and not index:
                # Nothing of the batch was executed if it is the first that failed.
                self.stale = self._received == 1
        try:
            self._session.check_results(results)
        except e.Error as error:
            self._error = self._error or error
            raise

    def _finish(self) -> None:
        self.done = True
        tag = self._tag
        if tag is not None:
            self._session.prepared.note(tag)
        if not self._failed:
            self._seen.note(self._results)
            self._seen.count(-1 if self._returning else self._rowcount)
        self._seen.end(self._error)
        cursor = self._cursor
        if cursor._pending is not self:
            return
        cursor._pending = None
        if self._failed:
            return
        if cursor._closed:
            cursor._pending = self  # nobody fetches from it
        if self._results:
            cursor._keep_all(self._results, self._common)
        elif not self._returning:
            cursor._note(self._rowcount, tag)


async def execute_many(
    cursor: AsyncResults[Any], executions: Executions, returning: bool
) -> None:
    """Execute a query for each set of parameters, waiting for the server once."""
    session = cursor._session
    seen = session.observe(executions.query)
    pipelining = session.open_pipeline()
    if pipelining is None:
        with seen:
            await _execute_alone(cursor, executions, returning)
            seen.note(cursor._results)
            seen.count(-1 if returning else cursor.rowcount)
        return
    batch = Batch(cursor, returning, seen)
    try:
        await pipelining.execute_many(executions, batch)
        if returning and batch.done:
            # Of nothing: it waits for what was sent before, as others do.
            await pipelining.receive_all()
        elif returning:
            await pipelining.receive(batch)
    except BaseException as error:
        batch.give_up(error)
        raise


async def _execute_alone(
    cursor: AsyncResults[Any], executions: Executions, returning: bool
) -> None:
    session = cursor._session
    batch = Batch(cursor, returning)
    try:
        await session.ready()
        alone = session.pgconn.transaction_status == IDLE
        try:
            await _execute(session, executions, batch)
        except e.Error:
            # The server has executed nothing: as in execute(), it is asked once more.
            again = batch.stale and alone
            if not (again and isinstance(executions.params_seq, Sequence)):
                raise
            await session.rollback()
            batch = Batch(cursor, returning)
            await _execute(session, executions, batch)
    except BaseException as error:
        # Nobody may wait for what was not sent.
        batch.give_up(error)
        raise


async def _execute(session: Session, executions: Executions, batch: Batch) -> None:
    pipelining = PipelineExchange(session)
    try:
        await pipelining.start()
        await pipelining.execute_many(executions, batch)
        await pipelining.sync()
    except e.Error:
        await _end(pipelining, session)
        raise
    except BaseException as error:
        # Parameters that cannot be adapted, or an interruption.
        await pipelining.interrupt(error)
        raise
    finally:
        pipelining.stop()


async def _end(pipelining: PipelineExchange, session: Session) -> None:
    """Receive what is left after an error, if anything is."""
    if session.closed:
        return
    try:
        await pipelining.sync()
    except e.Error as error:
        logger.info("another error of executemany(): %s", error)
