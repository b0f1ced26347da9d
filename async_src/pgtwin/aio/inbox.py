"""What the server says without being asked: who is told, and what is kept.

Law: a handler that fails is logged and stops nothing; a notification that no handler
took is kept until somebody asks for it.
"""

from __future__ import annotations

import copy
import logging
import math
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from operator import methodcaller
from typing import TYPE_CHECKING, TypeVar

from psycopg import Notify, errors as e, pq

from pgtwin.aio.exchange import Exchange
from pgtwin.aio.listener import Listener
from pgtwin.aio.turn import Turns

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from pgtwin.core.annotations import NoticeHandler, NotifyHandler

SEVERITY = pq.DiagnosticField.SEVERITY_NONLOCALIZED

# Notifications that are kept while nobody takes them.
NOTIFIES_MAX = 1_000_000

# What a named tuple does, without the call that it adds.
_new_notify: Callable[[Iterable[object]], Notify] = partial(tuple.__new__, Notify)

T = TypeVar("T")

logger = logging.getLogger("pgtwin")


class Inbox(Turns):
    """Receives the notices and notifications of a session."""

    notifies_max: int | None = NOTIFIES_MAX
    dropped = 0

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(exchange)
        self.pgconn = exchange.pgconn
        self.notice_handlers: list[NoticeHandler] = []
        self.notify_handlers: list[NotifyHandler] = []
        self.backlog: deque[Notify] = deque()
        self.listeners: list[Listener] = []
        self.encoding = "utf-8"
        self.pgconn.notice_handler = partial(_notice, weakref.ref(self))

    def collect(self) -> None:
        """Take in and deliver what has come though nobody asked.

        Raises `OperationalError` when the server is gone.
        """
        try:
            self.exchange.collect()
        finally:
            self.deliver()

    def deliver(self) -> None:
        """Hand what has arrived to the handlers, or keep it for who asks later."""
        exchange = self.exchange
        if (self.listeners or self.notify_handlers) and not exchange.closed:
            exchange.drain()  # what came with the last result
        arrived = exchange.arrived
        if not arrived:
            return
        handlers = self.notify_handlers
        room = math.inf if self.notifies_max is None else self.notifies_max
        if not handlers and len(self.backlog) + len(arrived) <= room:
            self.backlog.extend(_decoded(arrived, self.encoding))
            arrived.clear()
        while arrived:
            (notification,) = _decoded((arrived.popleft(),), self.encoding)
            if self.listeners or not handlers:
                self._keep(notification)
            if handlers:
                self._tell("a notify handler", handlers, notification)
        for listener in tuple(self.listeners):
            listener.ring()

    def _keep(self, notification: Notify) -> None:
        backlog = self.backlog
        if self.notifies_max is not None and len(backlog) >= self.notifies_max:
            if not self.dropped:
                logger.error(
                    "nobody takes the notifications of a connection, more than "
                    "notifies_max = %s have come: the oldest are dropped",
                    self.notifies_max,
                )
            self.dropped += 1
            backlog.popleft()
        backlog.append(notification)

    def _tell(
        self, what: str, handlers: Sequence[Callable[[T], object]], said: T
    ) -> None:
        # A handler is called in the midst of an operation, and cannot begin another.
        holder = self.holder
        self.hold(what, patience=0)
        try:
            for handler in tuple(handlers):
                try:
                    handler(said)
                except Exception:
                    logger.exception("%s failed: %r", what, handler)
        finally:
            self.holder = holder

    def take_notice(self, result: PGresult) -> None:
        """Hand a notice to the handlers."""
        if result.error_field(SEVERITY) == b"FATAL":
            # Said while nothing was asked. A copy is needed, the result goes away now.
            error = e.error_from_result(result, self.encoding)
            self.exchange.farewell = copy.copy(error)
        if self.notice_handlers:
            diagnostic = e.Diagnostic(result, self.encoding)
            self._tell("a notice handler", self.notice_handlers, diagnostic)


def _decoded(arrived: Iterable[pq.PGnotify], encoding: str) -> Iterator[Notify]:
    # With SQL_ASCII there may be any byte; none of them is to be lost.
    decode = methodcaller("decode", encoding, "surrogateescape")
    channels, pids, payloads = zip(*arrived, strict=True)
    names = {channel: decode(channel) for channel in set(channels)}
    # All at once: no payload has a NUL, which is a byte of nothing else in UTF-8.
    texts = (
        decode(b"\0".join(payloads)).split("\0")
        if encoding == "utf-8"
        else map(decode, payloads)
    )
    return map(
        _new_notify, zip(map(names.__getitem__, channels), texts, pids, strict=True)
    )


def _notice(reference: weakref.ReferenceType[Inbox], result: PGresult) -> None:
    inbox = reference()
    if inbox is not None:
        inbox.take_notice(result)
