"""Notices by the socket that a connection is lost, while no query is executed.

A watcher reads only between operations, so that it never reads data of others. It
sleeps in between.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from psycopg import errors as e

from pgtwin.aio.libpq.pgconn import LOST
from pgtwin.aio.sessions import copy_exchange
from pgtwin.aio.waiting.readiness import Readiness
from pgtwin.core.deadlines import Deadline, OperationTimeout

if TYPE_CHECKING:
    from pgtwin.aio.sessions.session import Session

DisconnectHandler: TypeAlias = Callable[[e.Error], None]
"""A function that is called once with the error, if the connection is lost."""

logger = logging.getLogger("pgtwin")


class AsyncDisconnection:
    """The part of a connection that reports when the connection is lost."""

    __module__ = "pgtwin"
    _session: Session
    _watching: asyncio.Task[None] | None = None
    _disconnect_handlers: list[DisconnectHandler] | None = None

    async def wait_disconnected(self, timeout: float | None = None) -> bool:
        """Wait until the connection is lost or closed, without a query.

        Returns false if `timeout` seconds have passed before. The connection can be
        used meanwhile.
        """
        self._session.lock.move_here()  # twingen: async-only
        return await wait_lost(self._session, timeout)

    def add_disconnect_handler(self, handler: DisconnectHandler) -> None:
        """Call a function once, with the error, when the connection is lost.

        The function is called as soon as the socket reports the loss. It is not called
        after `close()`.
        """
        self._session.lock.move_here()  # twingen: async-only
        if self._disconnect_handlers is None:
            self._disconnect_handlers = []
        handlers = self._disconnect_handlers
        handlers.append(handler)
        if self._watching is None:
            self._watching = asyncio.create_task(watch(self._session, handlers))
            # twingen: async-only
            self._session.lock.watched_by(self._watching, self._watch_again)

    # twingen: async-only
    def _watch_again(self) -> None:
        """Go on in another event loop, if the one before has ended it."""
        session, watching = self._session, self._watching
        if (
            watching is not None
            and self._disconnect_handlers is not None
            and (watching.cancelled() or not watching.done())
        ):
            task = asyncio.create_task(watch(session, self._disconnect_handlers))
            self._watching = task
            session.lock.watched_by(task, self._watch_again)

    def remove_disconnect_handler(self, handler: DisconnectHandler) -> None:
        """Remove a handler; raise `ValueError` if it was not added."""
        (self._disconnect_handlers or []).remove(handler)


async def wait_lost(session: Session, timeout: float | None) -> bool:
    """Wait until a session is lost or closed; return false after `timeout` seconds."""
    exchange = session.exchange
    deadline = Deadline(math.inf if timeout is None else timeout)
    readiness = Readiness()
    if session.closed:
        return True
    try:
        readiness.attach(session.pgconn.socket)
        exchange.watchers.append(readiness)
        while not session.closed:
            left = None if timeout is None else deadline.left()
            if not await readiness.wait(_at_once, left):
                return session.closed
            if session.closed:
                return True
            if await copy_exchange.pause(session, deadline.left()):
                continue
            try:
                await copy_exchange.look(session, deadline)
            except e.Error:
                if not session.closed:
                    raise
    except OperationTimeout:
        return session.closed  # an operation has kept the turn until now
    finally:
        if readiness in exchange.watchers:
            exchange.watchers.remove(readiness)
        readiness.detach()
    return True


async def watch(session: Session, handlers: list[DisconnectHandler]) -> None:
    """Call the handlers when a session is lost; end silently when it is closed."""
    await wait_lost(session, None)
    if not session.broken:
        return
    error = session.exchange.fatal_error or e.OperationalError(LOST)
    for handler in tuple(handlers):
        try:
            handler(error)
        except Exception:
            logger.exception("disconnect handler %r failed", handler)


def _at_once() -> bool:
    return True
