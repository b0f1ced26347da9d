"""What the server says without being asked: notices and notifications.

Law: a handler that fails is logged and stops nothing.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

from psycopg import Notify

from pgtwin.aio.notify import notifications

if TYPE_CHECKING:
    from pgtwin.aio.session import Session
    from pgtwin.core.annotations import NoticeHandler, NotifyHandler


class AsyncMessages:
    """The part of a connection that hands on what the server says."""

    __module__ = "pgtwin"
    _session: Session

    def notifies(
        self, *, timeout: float | None = None, stop_after: int | None = None
    ) -> AsyncGenerator[Notify, None]:
        """Yield the notifications of the channels on which the connection listens.

        Waits for the server without polling, for `timeout` seconds at most, and
        stops after `stop_after` notifications or when the generator is closed. What
        arrives between two calls is kept for the next. Raises `OperationalError`
        when the server goes away.
        """
        return notifications(self._session, timeout, stop_after)

    def add_notify_handler(self, callback: NotifyHandler) -> None:
        """Call a function with each notification that arrives during an operation."""
        self._session.notify_handlers.append(callback)

    def remove_notify_handler(self, callback: NotifyHandler) -> None:
        """Call it no more; raises `ValueError` when it was not registered."""
        self._session.notify_handlers.remove(callback)

    def add_notice_handler(self, callback: NoticeHandler) -> None:
        """Call a function with the `Diagnostic` of each notice and warning."""
        self._session.notice_handlers.append(callback)

    def remove_notice_handler(self, callback: NoticeHandler) -> None:
        """Call it no more; raises `ValueError` when it was not registered."""
        self._session.notice_handlers.remove(callback)
