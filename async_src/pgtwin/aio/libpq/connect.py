"""Connects to one server.

An attempt that fails leaves nothing open.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from psycopg import pq

from pgtwin.aio.waiting.readiness import ready
from pgtwin.core.connecting.connection_errors import be_verbose, refusal
from pgtwin.core.deadlines import ConnectTimeout

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn

# Plain numbers, as they are compared faster.
BAD = int(pq.ConnStatus.BAD)
POLL_OK = int(pq.PollingStatus.OK)
POLL_FAILED = int(pq.PollingStatus.FAILED)
POLL_WRITING = int(pq.PollingStatus.WRITING)


async def connect_one(conninfo: str, timeout: float) -> PGconn:
    """Connect to one server and return the libpq connection.

    Raises `OperationalError` with the text of the server or of libpq, and with the
    SQLSTATE if the server has refused, or `ConnectionTimeout` after `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    pgconn = pq.PGconn.connect_start(conninfo.encode())
    try:
        be_verbose(pgconn)
        while pgconn.status != BAD:
            poll = pgconn.connect_poll()
            if poll == POLL_OK:
                be_verbose(pgconn, False)
                return pgconn
            if poll == POLL_FAILED:
                break
            left = deadline - time.monotonic()
            # Which libpq may close when it goes on, and open another.
            if not await ready(pgconn.socket, left, poll == POLL_WRITING):
                raise ConnectTimeout(
                    f"no answer from the server in {round(timeout, 1):g} s"
                )
        raise refusal(pgconn)
    except BaseException:
        pgconn.finish()
        raise
