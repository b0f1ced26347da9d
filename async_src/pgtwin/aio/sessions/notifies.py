"""The notifications of a session, one at a time.

Notifications that were not yielded stay in the session's backlog for the next
generator, unless other listeners got them. Waiting for notifications does not keep
others from using the connection.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import AsyncGenerator
from itertools import repeat
from typing import TYPE_CHECKING

from psycopg import Notify

from pgtwin.aio.sessions import copy_exchange
from pgtwin.aio.waiting.notification_listener import Listener
from pgtwin.core.deadlines import Deadline, OperationTimeout

if TYPE_CHECKING:
    from pgtwin.aio.sessions.session import Session

# Seconds for one look at the socket, however late it is.
PATIENCE = 0.05


async def notifications(
    session: Session, timeout: float | None, stop_after: int | None, broadcast: bool
) -> AsyncGenerator[Notify, None]:
    """Yield notifications for `timeout` seconds, or until `stop_after` were yielded.

    The lock of the session is held only to read from the socket, not while waiting for
    it.
    """
    deadline = Deadline(math.inf if timeout is None else timeout)
    wanted = repeat(None) if stop_after is None else range(math.ceil(stop_after))
    session.lock.move_here()  # twingen: async-only
    listener = Listener(deque() if broadcast else session.messages.backlog)
    take = listener.queue.popleft
    try:
        session.messages.add_listener(listener)
        for _ in wanted:
            while True:
                try:
                    notification = take()
                    break
                except IndexError:
                    if not await _more(session, listener, deadline):
                        return
            yield notification
    finally:
        session.messages.remove_listener(listener)
        if listener in session.exchange.watchers:
            session.exchange.watchers.remove(listener)
        listener.detach()


async def _more(session: Session, listener: Listener, deadline: Deadline) -> bool:
    """Wait until there are some to hand out; tell whether before the deadline."""
    queue = listener.queue
    if not listener.attached:
        session.check()
        listener.attach(session.pgconn.socket)
        session.exchange.watchers.append(listener)
    while not queue:
        left = deadline.left()
        if await copy_exchange.pause(session, left):
            continue
        try:
            await copy_exchange.look(session, Deadline(max(left, PATIENCE)))
        except OperationTimeout:
            break  # an operation has kept the turn until now
        if queue:
            break
        if not await listener.listen(None if left == math.inf else left):
            break
    return bool(queue)
