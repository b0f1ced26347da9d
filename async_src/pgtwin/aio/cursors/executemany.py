"""Executes one query for many sets of parameters.

The caller holds the lock of the session, and passes one cursor to each batch.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from psycopg import errors as e, pq

from pgtwin.aio.sessions.pipeline_exchange import PipelineExchange
from pgtwin.aio.sessions.pipeline_results import Batch

if TYPE_CHECKING:
    from pgtwin.aio.cursors.results import AsyncResults
    from pgtwin.aio.sessions.open_pipeline import Executions
    from pgtwin.aio.sessions.session import Session

IDLE = pq.TransactionStatus.IDLE

logger = logging.getLogger("pgtwin")


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
