"""Who may talk to the server next, and how long.

Law: operations of one connection take turns; who would wait for itself, or for
something that never ends, is told so instead.
"""

from __future__ import annotations

import asyncio
import concurrent.futures  # twingen: async-only
import math
import os
from types import TracebackType
from typing import NamedTuple

from psycopg import errors as e

from pgtwin.aio.libpq.exchange import Exchange
from pgtwin.aio.waiting.timeout import wait_for
from pgtwin.core.deadlines import Deadline, OperationTimeout

# Seconds that an operation of the same caller has to give the turn back: a generator
# that was left may be about to close.
OWN_PATIENCE = 5.0
# The same of a block, which its caller has not left: only one that was forgotten
# without being left may be about to end.
BLOCK_PATIENCE = 0.1


class Holder(NamedTuple):
    """Who has the turn, where that is known: what it does, and in which task.

    The same task, if it wants another turn, waits `patience` seconds for the end, and
    not at all where it is called in the midst of the operation.
    """

    operation: str
    task: object
    patience: float = OWN_PATIENCE

    def __str__(self) -> str:
        return f"{self.operation} in {self.task!r}"


class Process:
    """A process, as long as it is the running one."""

    def __init__(self) -> None:
        self.left = False  # by a fork


class Turns:
    """Gives the lock of a session to one operation after the other."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.holder: Holder | None = None
        self.command_timeout: float | None = None
        self.lock = asyncio.Lock()
        self.process = _process
        self.loop = asyncio.get_running_loop()  # twingen: async-only

    @property
    def inherited(self) -> bool:
        """Whether the session belongs to the process that this one was forked from."""
        return self.process.left

    def turn(self, timeout: float | None = None) -> asyncio.Lock | Turn:
        """Return the block in which one operation talks to the server.

        The operation may take `timeout` seconds, waiting for its turn included;
        `None` stands for the session's own `command_timeout`, infinity for ever.
        Raises `InterfaceError` when the turn could never come.
        """
        if asyncio.get_running_loop() is not self.loop:  # twingen: async-only
            self.come_here()
        if (
            timeout is None
            and self.command_timeout is None
            and self.holder is None
            and not self.process.left
        ):
            return self.lock
        if self.process.left:
            raise e.InterfaceError(INHERITED)
        return Turn(self, self.limit(timeout))

    # twingen: async-only
    def come_here(self) -> None:
        """Let the running event loop use what another has used, if that is at rest.

        Raises `InterfaceError` if it is not: something is under way, or waits there.
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
                moved = answer.result(OWN_PATIENCE)
            except concurrent.futures.TimeoutError:
                moved = not answer.cancel() and answer.result()
        if not moved:
            raise _another_loop(loop)
        self.exchange.watch_here()
        self.arrive()

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
        """Tell whether a task in the event loop waits for what the server says."""
        return bool(self.exchange.watchers)

    # twingen: async-only
    def arrive(self) -> None:
        """Begin in another event loop what shall go on in it."""

    def limit(self, timeout: float | None) -> float | None:
        """Return the seconds that an operation may take; `None` sets no limit."""
        if timeout is None:
            timeout = self.command_timeout
        return None if timeout == math.inf else timeout

    def hold(self, operation: str, patience: float = OWN_PATIENCE) -> None:
        """Note what the lock is held for while the caller of an operation works."""
        self.holder = Holder(operation, asyncio.current_task(), patience)

    def is_own(self) -> bool:
        """Tell whether the caller itself has what the lock is held for."""
        holder = self.holder
        return (
            holder is not None
            and holder.task is asyncio.current_task()
            # An interruption may have come before an operation could be forgotten.
            and self.lock.locked()
        )

    def release(self) -> None:
        """Forget what `hold()` has noted."""
        self.holder = None


class Turn:
    """Holds the lock of a session for one operation that must not wait for ever."""

    __slots__ = ("_limit", "_turns")

    def __init__(self, turns: Turns, limit: float | None) -> None:
        self._turns = turns
        self._limit = limit

    async def __aenter__(self) -> None:
        turns = self._turns
        limit = patience = self._limit
        deadline = None if limit is None else Deadline(limit)
        holder = turns.holder
        own = turns.is_own()
        if own and holder is not None:
            if not holder.patience:
                raise _busy(holder)
            patience = min(math.inf if patience is None else patience, holder.patience)
        lock: asyncio.Lock = turns.lock
        while True:
            try:
                await wait_for(lock.acquire(), patience)
                break
            except asyncio.TimeoutError:
                if own and holder is not None:
                    if turns.holder is holder:
                        raise _busy(holder) from None
                    # It ends, or another has begun: no longer the caller's own.
                    own = False
                    patience = None if deadline is None else deadline.left()
                    continue
                assert limit is not None
                raise OperationTimeout(
                    f"the connection was busy for {limit:g} s with "
                    f"{turns.holder or 'another operation'}: wait longer, or use "
                    "another connection"
                ) from None
        turns.exchange.deadline = deadline
        turns.hold("an operation")

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        turns = self._turns
        turns.release()
        turns.exchange.deadline = None
        turns.lock.release()


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
