"""Messages that the server sends without a query: notices and notifications.

If a handler raises an error, the error is logged, and everything else continues.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

from psycopg import Notify

from pgtwin.aio.connections.disconnection import wait_lost  # twingen: async-only
from pgtwin.aio.sessions.notifies import notifications

if TYPE_CHECKING:
    from pgtwin.aio.sessions.session import Session
    from pgtwin.core.type_aliases import NoticeHandler, NotifyHandler


class AsyncNotifications:
    """The part of a connection that passes on notices and notifications."""

    __module__ = "pgtwin"
    _session: Session
    _reading: asyncio.Task[bool] | None = None  # twingen: async-only

    def notifies(
        self,
        *,
        timeout: float | None = None,
        stop_after: int | None = None,
        broadcast: bool = False,
    ) -> AsyncGenerator[Notify, None]:
        """Yield the notifications of the channels on which the connection listens.

        Waits for the server without polling. Ends after `timeout` seconds, after
        `stop_after` notifications, or when the generator is closed. The connection can
        be used meanwhile. Raises `OperationalError` if the server is lost.

        If several generators are open, each notification goes to one of them. A
        generator with `broadcast` gets all that arrive while it is open. Notifications
        that arrive between two calls are kept for the next call, up to `notifies_max`;
        if several generators are open, each goes to one of them.

        Handlers are called in any case. If there are handlers, notifications that an
        operation has read are not kept; of those that arrived between operations, the
        last 10,000 are kept.
        """
        return notifications(self._session, timeout, stop_after, broadcast)

    @property
    def notifies_max(self) -> int | None:
        """The number of notifications kept for `notifies()`; `None` sets no limit.

        They are kept while a generator is open, or if there is no handler. Each
        generator with `broadcast` has a limit of its own. Beyond the limit the oldest
        are dropped, and an error is logged. Notifications that no operation has read
        stay in the queue of the server.
        """
        return self._session.messages.notifies_max

    @notifies_max.setter
    def notifies_max(self, value: int | None) -> None:
        self._session.messages.notifies_max = value

    def add_notify_handler(self, callback: NotifyHandler) -> None:
        """Call a function with each notification.

        In an event loop, it is called when the notification arrives, and elsewhere
        during the next operation. It cannot use the connection: that raises
        `InterfaceError`.
        """
        self._session.lock.move_here()  # twingen: async-only
        self._session.messages.notify_handlers.append(callback)
        self._session.messages.note_attention()
        self._read_on()  # twingen: async-only

    def remove_notify_handler(self, callback: NotifyHandler) -> None:
        """Remove a notify handler; raise `ValueError` if it was not added."""
        session = self._session
        session.messages.notify_handlers.remove(callback)
        session.messages.note_attention()
        if not session.messages.notify_handlers:
            session.messages.keep_early()
        self._read_on()  # twingen: async-only

    def add_notice_handler(self, callback: NoticeHandler) -> None:
        """Call a function with the `Diagnostic` of each notice and warning.

        It cannot use the connection: that raises `InterfaceError`.
        """
        self._session.messages.notice_handlers.append(callback)

    def remove_notice_handler(self, callback: NoticeHandler) -> None:
        """Remove a notice handler; raise `ValueError` if it was not added."""
        self._session.messages.notice_handlers.remove(callback)

    # Without an event loop nobody reads between two operations: a thread would call
    # handlers in the midst of what their program does.
    # twingen: async-only
    def _read_on(self) -> None:
        """Read what comes between operations as long as there are notify handlers."""
        session, reading = self._session, self._reading
        over = reading is None or reading.done() or reading.get_loop().is_closed()
        if session.messages.notify_handlers and over:
            self._reading = session.lock.loop.create_task(wait_lost(session, None))
            session.lock.watched_by(self._reading, self._read_on)
        elif reading is not None and not session.messages.notify_handlers:
            reading.cancel()
            self._reading = None
