"""Requests to cancel the operation that the server executes for a connection.

The connection itself is not used. Its operation goes on until the answer of the server
arrives.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from psycopg import capabilities, errors as e, pq

from pgtwin.aio.waiting.blocking_call import call_in_thread
from pgtwin.aio.waiting.readiness import Readiness

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn

POLL_OK = pq.PollingStatus.OK
POLL_FAILED = pq.PollingStatus.FAILED
POLL_WRITING = pq.PollingStatus.WRITING


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


def _at_once() -> bool:
    return True


def _cancellation_timeout(timeout: float) -> e.CancellationTimeout:
    return e.CancellationTimeout(f"cannot cancel: no answer in {round(timeout, 1):g} s")
