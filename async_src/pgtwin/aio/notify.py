"""The notifications of a session, one by one.

Law: what was not handed out stays in the session's backlog, for the next who asks.
"""

from __future__ import annotations

import math
import time
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

from psycopg import Notify

if TYPE_CHECKING:
    from pgtwin.aio.session import Session


async def notifications(
    session: Session, timeout: float | None, stop_after: int | None
) -> AsyncGenerator[Notify, None]:
    """Yield notifications, for `timeout` seconds, until `stop_after` were received.

    The session's lock is held only while waiting, not while the caller works.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    left = timeout
    received = 0
    session.listeners += 1
    try:
        while stop_after is None or received < stop_after:
            if session.backlog:
                received += 1
                yield session.backlog.popleft()
                continue
            # To listen is to wait: no deadline but the one that is asked for here.
            async with session.turn(math.inf):
                if deadline is not None:
                    left = max(deadline - time.monotonic(), 0.0)
                session.check()
                if not session.backlog and not await session.wait_notifications(left):
                    return
    finally:
        session.listeners -= 1
