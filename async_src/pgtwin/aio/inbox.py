"""What the server says without being asked: who is told, and what is kept.

Law: a handler that fails is logged and stops nothing; a notification that no handler
took is kept until somebody asks for it.
"""

from __future__ import annotations

import copy
import logging
import weakref
from collections import deque
from functools import partial
from typing import TYPE_CHECKING

from psycopg import Notify, errors as e, pq

from pgtwin.aio.exchange import Exchange
from pgtwin.aio.turn import Turns

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from pgtwin.core.annotations import NoticeHandler, NotifyHandler

SEVERITY = pq.DiagnosticField.SEVERITY_NONLOCALIZED

logger = logging.getLogger("pgtwin")


class Inbox(Turns):
    """Receives the notices and notifications of a session."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(exchange)
        self.pgconn = exchange.pgconn
        self.notice_handlers: list[NoticeHandler] = []
        self.notify_handlers: list[NotifyHandler] = []
        self.backlog: deque[Notify] = deque()
        self.listeners = 0
        self.encoding = "utf-8"
        self.pgconn.notice_handler = partial(_notice, weakref.ref(self))

    async def wait_notifications(self, timeout: float | None) -> bool:
        """Wait for notifications, at most `timeout` seconds, and deliver them."""
        try:
            return await self.exchange.wait_notification(timeout)
        finally:
            self.deliver()

    def deliver(self) -> None:
        """Hand what has arrived to the handlers, or keep it for who asks later."""
        arrived = self.exchange.arrived
        while arrived:
            raw = arrived.popleft()
            # With SQL_ASCII there may be any byte; none of them is to be lost.
            notification = Notify(
                raw.relname.decode(self.encoding, "surrogateescape"),
                raw.extra.decode(self.encoding, "surrogateescape"),
                raw.be_pid,
            )
            handlers = tuple(self.notify_handlers)
            if not handlers or self.listeners:
                self.backlog.append(notification)
            for handler in handlers:
                try:
                    handler(notification)
                except Exception:
                    logger.exception("notify handler %r failed", handler)


def _notice(reference: weakref.ReferenceType[Inbox], result: PGresult) -> None:
    inbox = reference()
    if inbox is None:
        return
    if result.error_field(SEVERITY) == b"FATAL":
        # Said while nothing was asked. A copy is needed, the result goes away now.
        error = e.error_from_result(result, inbox.encoding)
        inbox.exchange.farewell = copy.copy(error)
    diagnostic = e.Diagnostic(result, inbox.encoding)
    for handler in tuple(inbox.notice_handlers):
        try:
            handler(diagnostic)
        except Exception:
            logger.exception("notice handler %r failed", handler)
