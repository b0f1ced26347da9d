"""Asks a server to cancel what it executes, over a connection of its own.

Law: the handle that is cancelled is only read here; its conversation goes on.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from psycopg import capabilities, errors as e, pq

from pgtwin.aio.readiness import Readiness

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn

POLL_OK = pq.PollingStatus.OK
POLL_FAILED = pq.PollingStatus.FAILED
POLL_WRITING = pq.PollingStatus.WRITING


async def cancel(pgconn: PGconn, timeout: float) -> None:
    """Send the request, and wait until the server has it or `timeout` is over."""
    if not capabilities.has_cancel_safe():
        request = pgconn.get_cancel()
        try:
            await asyncio.wait_for(asyncio.to_thread(request.cancel), timeout)
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
