"""What the server says without being asked: who is told, and what is kept.

Law: a handler that fails is logged and stops nothing; a notification that no handler
took is kept until somebody asks for it. One that a handler took is kept too, until the
next operation, if no operation has read it: `notifies()` would have read it itself.
"""

from __future__ import annotations

import asyncio  # twingen: async-only
import copy
import logging
import math
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from psycopg import Notify, errors as e, pq

from pgtwin.aio.libpq.exchange import Exchange
from pgtwin.aio.sessions.lock import Turns
from pgtwin.aio.waiting.notification_listener import Listener

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from pgtwin.core.annotations import NoticeHandler, NotifyHandler

SEVERITY = pq.DiagnosticField.SEVERITY_NONLOCALIZED

# Notifications that are kept while nobody takes them.
NOTIFIES_MAX = 1_000_000

# Notifications that are kept though handlers took them.
EARLY_MAX = 10_000

T = TypeVar("T")
Resume: TypeAlias = Callable[[], None]  # twingen: async-only

logger = logging.getLogger("pgtwin")


class Inbox(Turns):
    """Receives the notices and notifications of a session."""

    notifies_max: int | None = NOTIFIES_MAX
    dropped = 0

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(exchange)
        self.pgconn = exchange.pgconn
        self.engine = exchange.engine
        self.notice_handlers: list[NoticeHandler] = []
        self.notify_handlers: list[NotifyHandler] = []
        self.backlog: deque[Notify] = deque()
        self.early: deque[Notify] = deque(maxlen=EARLY_MAX)
        # Weakly: who is interrupted before it is removed listens no more all the same.
        self._listeners: list[weakref.ReferenceType[Listener]] = []
        self.tasks: weakref.WeakSet[asyncio.Task[Any]]  # twingen: async-only
        self.tasks = weakref.WeakSet()  # twingen: async-only
        self.resumed: set[weakref.WeakMethod[Resume]] = set()  # twingen: async-only
        self.encoding = "utf-8"
        inbox: weakref.ReferenceType[Inbox] = weakref.ref(self)
        self.pgconn.notice_handler = partial(_notice, inbox)
        exchange.deliver = partial(_deliver, inbox)

    # twingen: async-only
    def is_watched(self) -> bool:
        """Tell whether a task in the event loop waits for what the server says."""
        return (
            super().is_watched()
            or bool(self.listeners)
            or any(
                not task.done() and not task.get_loop().is_closed()
                for task in self.tasks
            )
        )

    # twingen: async-only
    def watched_by(self, task: asyncio.Task[Any], resume: Resume) -> None:
        """Note a task, and the method of the owner that begins it in another loop."""
        self.tasks.add(task)
        self.resumed.add(weakref.WeakMethod(resume))

    # twingen: async-only
    def arrive(self) -> None:
        """Begin in another event loop what shall go on in it."""
        for reference in tuple(self.resumed):
            if (resume := reference()) is not None:
                resume()

    def collect(self) -> None:
        """Take in and deliver what has come though nobody asked.

        Raises `OperationalError` when the server is gone.
        """
        try:
            self.exchange.collect()
        finally:
            self.deliver(early=True)

    def deliver(self, early: bool = False) -> None:
        """Hand what has arrived to the handlers, or keep it for who asks later.

        `early` says that no operation has read it.
        """
        exchange = self.exchange
        if exchange.attentive and not exchange.closed:
            exchange.drain()  # what came with the last result
        if not early:
            self.early.clear()
        self.engine.decode(self.encoding)
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
            listener.ring()

    @property
    def listeners(self) -> list[Listener]:
        """Who waits for notifications, in any task or thread."""
        found = [reference() for reference in tuple(self._listeners)]
        return [listener for listener in found if listener is not None]

    def note_attention(self) -> None:
        """Note whether anybody is told of what arrives."""
        self.exchange.attentive = bool(self.listeners or self.notify_handlers)

    def add_listener(self, listener: Listener) -> None:
        """Let a listener have what arrives, and before that what was kept."""
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
        """Let a listener have no more, and the next what it has left."""
        with suppress(ValueError):  # an interruption came before it was added
            self._listeners.remove(weakref.ref(listener))
        self.note_attention()
        if listener.queue is not self.backlog and not self.listeners:
            _move_before(self.backlog, listener.queue)

    def keep_early(self) -> None:
        """Keep what no operation has read for who asks, though handlers took it."""
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
        # A handler is called in the midst of an operation, and cannot begin another.
        holder = self.holder
        self.hold(what, patience=0)
        try:
            for handler in tuple(handlers):
                try:
                    handler(said)
                except Exception as error:
                    logger.exception("%s failed: %r: %s", what, handler, error)
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


def _move_before(queue: deque[Notify], older: deque[Notify]) -> None:
    """Move what has come before into a queue that may have got more already."""
    moved: list[Notify] = []
    while older:
        moved.append(older.popleft())
    queue.extendleft(reversed(moved))


def _deliver(reference: weakref.ReferenceType[Inbox]) -> None:
    inbox = reference()
    if inbox is not None:
        inbox.deliver()


def _notice(reference: weakref.ReferenceType[Inbox], result: PGresult) -> None:
    inbox = reference()
    if inbox is not None:
        inbox.take_notice(result)
