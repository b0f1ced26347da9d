"""What the server says without being asked: notices and notifications.

A handler that fails is logged and stops nothing.
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
    from pgtwin.core.annotations import NoticeHandler, NotifyHandler


class AsyncNotifications:
    """The part of a connection that hands on what the server says."""

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

        Waits for the server without polling, for `timeout` seconds at most, and
        stops after `stop_after` notifications or when the generator is closed. The
        connection can be used meanwhile. Raises `OperationalError` when the server
        goes away.

        Where several generators are open, each notification goes to one of them. One
        with `broadcast` gets all that arrive while it is open, whatever others get.
        What arrives between two calls is kept for the next, as far as `notifies_max`
        allows; with several that are open it goes to one of them.

        Handlers are called in any case. What an operation has read while there were
        handlers is not kept; of what came between operations the last 10,000 are.
        """
        return notifications(self._session, timeout, stop_after, broadcast)

    @property
    def notifies_max(self) -> int | None:
        """How many notifications are kept for `notifies()`; `None` sets no limit.

        They are kept while a generator is open or no handler takes them, for each
        generator with `broadcast` apart. Beyond the limit the oldest are dropped, which
        is logged as an error. The server's own queue holds what no operation has read.
        """
        return self._session.messages.notifies_max

    @notifies_max.setter
    def notifies_max(self, value: int | None) -> None:
        self._session.messages.notifies_max = value

    def add_notify_handler(self, callback: NotifyHandler) -> None:
        """Call a function with each notification.

        In an event loop it is called when the notification arrives, else during the
        next operation. It cannot use the connection: that raises `InterfaceError`.
        """
        self._session.lock.move_here()  # twingen: async-only
        self._session.messages.notify_handlers.append(callback)
        self._session.messages.note_attention()
        self._read_on()  # twingen: async-only

    def remove_notify_handler(self, callback: NotifyHandler) -> None:
        """Call it no more; raises `ValueError` when it was not registered."""
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
        """Call it no more; raises `ValueError` when it was not registered."""
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
