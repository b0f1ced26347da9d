"""The notices and notifications of a session: handlers are called, and some are kept.

If a handler raises an error, the error is logged, and everything else continues. A
notification without a handler is kept until `notifies()` reads it. One with a handler
is also kept, until the next operation, if no operation has read it, because
`notifies()` would have read it itself.
"""

from __future__ import annotations

import copy
import logging
import math
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from psycopg import Notify, errors as e, pq

from pgtwin.aio.libpq.exchange import Exchange
from pgtwin.aio.sessions.adaptation import Adaptation
from pgtwin.aio.sessions.lock import SessionLock
from pgtwin.aio.waiting.notification_listener import Listener

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from pgtwin.core.type_aliases import NoticeHandler, NotifyHandler

SEVERITY = pq.DiagnosticField.SEVERITY_NONLOCALIZED

# Notifications that are kept while nobody takes them.
NOTIFIES_MAX = 1_000_000

# Notifications that are kept though handlers took them.
EARLY_MAX = 10_000

T = TypeVar("T")

logger = logging.getLogger("pgtwin")


class Messages:
    """Receives the notices and notifications of a session."""

    notifies_max: int | None = NOTIFIES_MAX
    dropped = 0

    def __init__(
        self, exchange: Exchange, lock: SessionLock, adaptation: Adaptation
    ) -> None:
        self._exchange = exchange
        self._lock = lock
        self._adaptation = adaptation
        self.notice_handlers: list[NoticeHandler] = []
        self.notify_handlers: list[NotifyHandler] = []
        self.backlog: deque[Notify] = deque()
        self.early: deque[Notify] = deque(maxlen=EARLY_MAX)
        # Weakly: a listener that is interrupted before it is removed is forgotten too.
        self._listeners: list[weakref.ReferenceType[Listener]] = []
        lock.listeners = self._listeners  # twingen: async-only
        messages: weakref.ReferenceType[Messages] = weakref.ref(self)
        exchange.pgconn.notice_handler = partial(_notice, messages)
        exchange.deliver = partial(_deliver, messages)

    def collect(self) -> None:
        """Read and deliver messages that arrived without a query.

        Raises `OperationalError` if the server is lost.
        """
        try:
            self._exchange.collect()
        finally:
            self.deliver(early=True)

    def deliver(self, early: bool = False) -> None:
        """Pass notifications to the handlers, or keep them for `notifies()`.

        `early` says that no operation has read them.
        """
        exchange = self._exchange
        if exchange.wants_notifies and not exchange.closed:
            exchange.drain()  # what came with the last result
        if not early:
            self.early.clear()
        exchange.engine.decode(self._adaptation.encoding)
        arrived = exchange.arrived
        if not arrived:
            return
        handlers = self.notify_handlers
        queues = self._queues()
        room = math.inf if self.notifies_max is None else self.notifies_max
        if not handlers and all(len(each) + len(arrived) <= room for each in queues):
            for queue in queues:
                queue.extend(arrived)
            arrived.clear()
        while arrived:
            notification = arrived.popleft()
            for queue in queues:
                self._keep(queue, notification)
            if not queues and early:
                self.early.append(notification)
            if handlers:
                self._tell("a notify handler", handlers, notification)
        for listener in self.listeners:
            listener.wake()

    @property
    def listeners(self) -> list[Listener]:
        """The listeners that wait for notifications, in any task or thread."""
        found = [reference() for reference in tuple(self._listeners)]
        return [listener for listener in found if listener is not None]

    def note_attention(self) -> None:
        """Store whether there are handlers or listeners for notifications."""
        self._exchange.wants_notifies = bool(self.listeners or self.notify_handlers)

    def add_listener(self, listener: Listener) -> None:
        """Give a listener the kept notifications, and then those that arrive."""
        self.keep_early()
        listeners = self._listeners
        listeners.append(weakref.ref(listener, listeners.remove))
        self.note_attention()
        backlog = self.backlog
        if listener.queue is not backlog and not any(
            each.queue is backlog for each in self.listeners
        ):
            _move_before(listener.queue, backlog)

    def remove_listener(self, listener: Listener) -> None:
        """Remove a listener; the next one gets what it did not read."""
        with suppress(ValueError):  # an interruption came before it was added
            self._listeners.remove(weakref.ref(listener))
        self.note_attention()
        if listener.queue is not self.backlog and not self.listeners:
            _move_before(self.backlog, listener.queue)

    def keep_early(self) -> None:
        """Keep notifications that no operation has read, despite handlers."""
        while self.early:
            self._keep(self.backlog, self.early.popleft())

    def _queues(self) -> list[deque[Notify]]:
        """Return the queues into which a notification goes; handlers come apart."""
        listeners = self.listeners
        backlog = self.backlog
        queues = [each.queue for each in listeners if each.queue is not backlog]
        if len(queues) < len(listeners) or not (listeners or self.notify_handlers):
            queues.append(backlog)
        return queues

    def _keep(self, queue: deque[Notify], notification: Notify) -> None:
        if self.notifies_max is not None and len(queue) >= self.notifies_max:
            if not self.dropped:
                logger.error(
                    "nobody takes the notifications of a connection, more than "
                    "notifies_max = %s have come: the oldest are dropped",
                    self.notifies_max,
                )
            self.dropped += 1
            queue.popleft()
        queue.append(notification)

    def _tell(
        self, what: str, handlers: Sequence[Callable[[T], object]], said: T
    ) -> None:
        # A handler is called during an operation, and cannot begin another.
        lock = self._lock
        holder = lock.holder
        lock.note_holder(what, grace=0)
        try:
            for handler in tuple(handlers):
                try:
                    handler(said)
                except Exception as error:
                    logger.exception("%s failed: %r: %s", what, handler, error)
        finally:
            lock.holder = holder

    def take_notice(self, result: PGresult) -> None:
        """Pass a notice to the handlers."""
        if result.error_field(SEVERITY) == b"FATAL":
            # Said while nothing was asked. A copy is needed, the result goes away now.
            error = e.error_from_result(result, self._adaptation.encoding)
            self._exchange.fatal_error = copy.copy(error)
        if self.notice_handlers:
            diagnostic = e.Diagnostic(result, self._adaptation.encoding)
            self._tell("a notice handler", self.notice_handlers, diagnostic)


def _move_before(queue: deque[Notify], older: deque[Notify]) -> None:
    """Move what has come before into a queue that may have got more already."""
    moved: list[Notify] = []
    while older:
        moved.append(older.popleft())
    queue.extendleft(reversed(moved))


def _deliver(reference: weakref.ReferenceType[Messages]) -> None:
    messages = reference()
    if messages is not None:
        messages.deliver()


def _notice(reference: weakref.ReferenceType[Messages], result: PGresult) -> None:
    messages = reference()
    if messages is not None:
        messages.take_notice(result)
