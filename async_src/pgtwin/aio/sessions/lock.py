"""The lock of a session: one operation at a time, each with a deadline.

An operation that would wait for itself, or forever, raises an error instead.
"""

from __future__ import annotations

import asyncio
import concurrent.futures  # twingen: async-only
import math
import os
import weakref
from collections.abc import Callable, Sequence  # twingen: async-only
from types import TracebackType
from typing import Any, NamedTuple, TypeAlias

from psycopg import errors as e

from pgtwin.aio.libpq.exchange import Exchange
from pgtwin.aio.waiting.timeout import wait_for
from pgtwin.core.deadlines import Deadline, OperationTimeout

# Seconds that an operation of the same caller has to release the lock: a generator
# that was left may be about to close.
OWN_GRACE = 5.0
# The same of a block, which its caller has not left: only one that was forgotten
# without being left may be about to end.
BLOCK_GRACE = 0.1


# twingen: async-only
Resume: TypeAlias = Callable[[], None]


class Holder(NamedTuple):
    """The holder of the lock, if it is known: its operation, and its task.

    If the same task acquires the lock again, it waits `grace` seconds for the end of
    the operation, and not at all if it is called during the operation.
    """

    operation: str
    task: object
    grace: float = OWN_GRACE

    def __str__(self) -> str:
        return f"{self.operation} in {self.task!r}"


class Process:
    """A process, while it is the running one."""

    def __init__(self) -> None:
        self.left = False  # by a fork


class SessionLock:
    """The lock of the operation that communicates with the server.

    It belongs to an event loop. If it is used in another one while no operation runs,
    it moves there.
    """

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.holder: Holder | None = None
        self.command_timeout: float | None = None
        self.lock = asyncio.Lock()
        self.process = _process
        self.loop = asyncio.get_running_loop()  # twingen: async-only
        # Who waits for notifications, as the session's messages know.
        # twingen: async-only
        self.listeners: Sequence[weakref.ReferenceType[Any]] = ()
        # twingen: async-only
        self._tasks: weakref.WeakSet[asyncio.Task[Any]] = weakref.WeakSet()
        self._resumed: set[weakref.WeakMethod[Resume]] = set()  # twingen: async-only

    @property
    def inherited(self) -> bool:
        """Whether the session belongs to the process that this one was forked from."""
        return self.process.left

    def held(self, timeout: float | None = None) -> asyncio.Lock | HeldInTime:
        """Return the block in which one operation communicates with the server.

        The operation may take `timeout` seconds, including the wait for the lock;
        `None` stands for the session's `command_timeout`, and infinity for no limit.
        Raises `InterfaceError` if the lock could never be acquired.
        """
        if asyncio.get_running_loop() is not self.loop:  # twingen: async-only
            self.move_here()
        if (
            timeout is None
            and self.command_timeout is None
            and self.holder is None
            and not self.process.left
        ):
            return self.lock
        if self.process.left:
            raise e.InterfaceError(INHERITED)
        return HeldInTime(self, self.limit(timeout))

    # twingen: async-only
    def move_here(self) -> None:
        """Let the running event loop use the session, if another one does not need it.

        Raises `InterfaceError` if an operation runs in the other event loop, or waits
        there.
        """
        try:
            here = asyncio.get_running_loop()
        except RuntimeError:
            return
        loop = self.loop
        if loop is here:
            return
        if self.inherited:
            raise e.InterfaceError(INHERITED)
        if not loop.is_running():
            moved = self._move(here)
        else:
            # In another thread, where nothing may begin meanwhile.
            answer: concurrent.futures.Future[bool] = concurrent.futures.Future()

            def move() -> None:
                if answer.set_running_or_notify_cancel():
                    answer.set_result(self._move(here))

            loop.call_soon_threadsafe(move)
            try:
                moved = answer.result(OWN_GRACE)
            except concurrent.futures.TimeoutError:
                moved = not answer.cancel() and answer.result()
        if not moved:
            raise _another_loop(loop)
        self.exchange.watch_here()
        for reference in tuple(self._resumed):
            if (resume := reference()) is not None:
                resume()

    # twingen: async-only
    def _move(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Leave the event loop for another, unless it is needed; tell whether so."""
        if self.lock.locked() or self.is_watched():
            return False
        self.exchange.leave()
        self.loop = loop
        self.lock = asyncio.Lock()
        return True

    # twingen: async-only
    def is_watched(self) -> bool:
        """Return whether a task in the event loop waits for messages of the server."""
        return (
            bool(self.exchange.watchers)
            or any(reference() is not None for reference in self.listeners)
            or any(
                not task.done() and not task.get_loop().is_closed()
                for task in self._tasks
            )
        )

    # twingen: async-only
    def watched_by(self, task: asyncio.Task[Any], resume: Resume) -> None:
        """Store a task, and the method of its owner that starts it in another loop."""
        self._tasks.add(task)
        self._resumed.add(weakref.WeakMethod(resume))

    def limit(self, timeout: float | None) -> float | None:
        """Return the seconds that an operation may take; `None` sets no limit."""
        if timeout is None:
            timeout = self.command_timeout
        return None if timeout == math.inf else timeout

    def note_holder(self, operation: str, grace: float = OWN_GRACE) -> None:
        """Store the holder of the lock while the caller of an operation works."""
        self.holder = Holder(operation, asyncio.current_task(), grace)

    def is_own(self) -> bool:
        """Return whether the caller itself holds the lock."""
        holder = self.holder
        return (
            holder is not None
            and holder.task is asyncio.current_task()
            # An interruption may have come before an operation could be forgotten.
            and self.lock.locked()
        )

    def forget_holder(self) -> None:
        """Remove the holder that `note_holder()` has stored."""
        self.holder = None


class HeldInTime:
    """Holds the lock of a session for one operation, with a time limit."""

    __slots__ = ("_limit", "_lock")

    def __init__(self, lock: SessionLock, limit: float | None) -> None:
        self._lock = lock
        self._limit = limit

    async def __aenter__(self) -> None:
        session_lock = self._lock
        limit = longest = self._limit
        deadline = None if limit is None else Deadline(limit)
        holder = session_lock.holder
        own = session_lock.is_own()
        if own and holder is not None:
            if not holder.grace:
                raise _busy(holder)
            longest = min(math.inf if longest is None else longest, holder.grace)
        lock: asyncio.Lock = session_lock.lock
        while True:
            try:
                await wait_for(lock.acquire(), longest)
                break
            except asyncio.TimeoutError:
                if own and holder is not None:
                    if session_lock.holder is holder:
                        raise _busy(holder) from None
                    # It ends, or another has begun: no longer the caller's own.
                    own = False
                    longest = None if deadline is None else deadline.left()
                    continue
                assert limit is not None
                raise OperationTimeout(
                    f"the connection was busy for {limit:g} s with "
                    f"{session_lock.holder or 'another operation'}: wait longer, or "
                    "use another connection"
                ) from None
        session_lock.exchange.deadline = deadline
        session_lock.note_holder("an operation")

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        session_lock = self._lock
        session_lock.forget_holder()
        session_lock.exchange.deadline = None
        session_lock.lock.release()


def _busy(holder: Holder) -> e.InterfaceError:
    return e.InterfaceError(
        f"the connection is busy with {holder.operation}, begun by the same caller: "
        "finish or close that first, or use another connection"
    )


INHERITED = (
    "the connection belongs to the process that this one was forked from: open "
    "another with connect() in this process"
)

_process = Process()


def _forked() -> None:
    global _process
    _process.left = True
    _process = Process()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)


# twingen: async-only
def _another_loop(loop: asyncio.AbstractEventLoop) -> e.InterfaceError:
    state = "is closed" if loop.is_closed() else "has something under way with it"
    return e.InterfaceError(
        f"the connection belongs to another event loop, {loop!r}, which {state}: use "
        "it there, or open another connection in this loop"
    )
