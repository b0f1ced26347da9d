"""Locks, events, conditions, semaphores and barriers of tasks."""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from .abstract_event_loop import AbstractEventLoop
from .context_managers import Managed
from .dynamic_calls import awaited
from .entry_points import entry, guarded
from .events import get_running_loop
from .exceptions import BrokenBarrierError, CancelledError
from .function_kinds import coroutine
from .futures import Future

T = TypeVar("T")


class LoopBound:
    """What belongs to the first loop that it waits in."""

    _loop: AbstractEventLoop | None = None

    def _get_loop(self) -> AbstractEventLoop:
        loop: AbstractEventLoop = get_running_loop()
        bound: object = self.__dict__.setdefault("_loop", loop)
        if bound is not loop:
            raise RuntimeError(f"{self!r} is bound to a different event loop")
        return loop

    def _show(self, *parts: str) -> str:
        return f"<{object.__repr__(self)[1:-1]} [{', '.join(parts)}]>"


class _Acquired(Managed):
    """What is acquired by `with`."""

    def acquire(self) -> bool:
        raise NotImplementedError

    def release(self) -> None:
        raise NotImplementedError

    @coroutine
    def __enter__(self) -> None:
        awaited(self.acquire)

    @coroutine
    def __exit__(self, *exc_info: object) -> None:
        self.release()


def _waiting(waiters: deque[Future[Any]] | None) -> tuple[str, ...]:
    return (f"waiters:{len(waiters)}",) if waiters else ()


class Lock(_Acquired, LoopBound):
    """A lock that tasks have one after the other, in the order in which they asked."""

    def __init__(self) -> None:
        self._waiters: deque[Future[Any]] | None = None
        self._locked = False

    def __repr__(self) -> str:
        state = "locked" if self._locked else "unlocked"
        return self._show(state, *_waiting(self._waiters))

    def locked(self) -> bool:
        """Return whether a task has the lock."""
        return self._locked

    @entry
    def acquire(self) -> bool:
        """Wait for the lock; return `True`."""
        waiters = self._waiters
        if not self._locked and (
            waiters is None or all(each.cancelled() for each in waiters)
        ):
            self._locked = True
            return True
        if waiters is None:
            waiters = self._waiters = deque()
        turn: Future[bool] = self._get_loop().create_future()
        waiters.append(turn)
        try:
            try:
                turn.wait()
            finally:
                waiters.remove(turn)
        except CancelledError:
            if not self._locked:  # it may have been meant for this task
                self._wake_up_first()
            raise
        self._locked = True
        return True

    @guarded
    def release(self) -> None:
        """Give the lock back; the task that has waited longest gets it."""
        if not self._locked:
            raise RuntimeError("Lock is not acquired.")
        self._locked = False
        self._wake_up_first()

    def _wake_up_first(self) -> None:
        if self._waiters:
            first = self._waiters[0]
            if not first.done():
                first.set_result(True)


class Event(LoopBound):
    """A flag that tasks wait for."""

    def __init__(self) -> None:
        self._waiters: deque[Future[Any]] = deque()
        self._value = False

    def __repr__(self) -> str:
        return self._show("set" if self._value else "unset", *_waiting(self._waiters))

    def is_set(self) -> bool:
        """Return whether the flag is set."""
        return self._value

    @guarded
    def set(self) -> None:
        """Set the flag and wake all who wait for it."""
        if not self._value:
            self._value = True
            for waiter in self._waiters:
                if not waiter.done():
                    waiter.set_result(True)

    def clear(self) -> None:
        """Take the flag back."""
        self._value = False

    @entry
    def wait(self) -> bool:
        """Wait until the flag is set; return `True`."""
        if self._value:
            return True
        waiter: Future[bool] = self._get_loop().create_future()
        self._waiters.append(waiter)
        try:
            waiter.wait()
            return True
        finally:
            self._waiters.remove(waiter)


class Condition(_Acquired, LoopBound):
    """A lock with which tasks wait to be notified."""

    def __init__(self, lock: Any = None) -> None:
        self._lock = Lock() if lock is None else lock
        self.locked = self._lock.locked
        self.acquire = self._lock.acquire  # type: ignore[method-assign]
        self.release = self._lock.release  # type: ignore[method-assign]
        self._waiters: deque[Future[Any]] = deque()

    def __repr__(self) -> str:
        state = "locked" if self.locked() else "unlocked"
        return self._show(state, *_waiting(self._waiters))

    @entry
    def wait(self) -> bool:
        """Give the lock back until notified, and wait for it again; return `True`."""
        if not self.locked():
            raise RuntimeError("cannot wait on un-acquired lock")
        waiter: Future[bool] = self._get_loop().create_future()
        self.release()
        try:
            try:
                self._waiters.append(waiter)
                try:
                    waiter.wait()
                    return True
                finally:
                    self._waiters.remove(waiter)
            finally:
                self._acquire_again()
        except BaseException:
            self._notify(1)  # it may have been meant for this task
            raise

    def _acquire_again(self) -> None:
        cancelled: CancelledError | None = None
        while True:
            try:
                awaited(self.acquire)
                break
            except CancelledError as error:
                cancelled = error
        if cancelled is not None:
            try:
                raise cancelled
            finally:
                cancelled = None

    @entry
    def wait_for(self, predicate: Callable[[], T]) -> T:
        """Wait, again and again, until a function returns something true."""
        result = predicate()
        while not result:
            awaited(self.wait)
            result = predicate()
        return result

    @guarded
    def notify(self, n: int = 1) -> None:
        """Wake some who wait; they go on when they have the lock."""
        if not self.locked():
            raise RuntimeError("cannot notify on un-acquired lock")
        self._notify(n)

    def _notify(self, n: int) -> None:
        for waiter in self._waiters:
            if n <= 0:
                break
            if not waiter.done():
                n -= 1
                waiter.set_result(False)

    @guarded
    def notify_all(self) -> None:
        """Wake all who wait."""
        self.notify(len(self._waiters))


class Semaphore(_Acquired, LoopBound):
    """A lock that some tasks may have at a time."""

    def __init__(self, value: int = 1) -> None:
        if value < 0:
            raise ValueError("Semaphore initial value must be >= 0")
        self._waiters: deque[Future[Any]] | None = None
        self._value = value

    def __repr__(self) -> str:
        state = "locked" if self.locked() else f"unlocked, value:{self._value}"
        return self._show(state, *_waiting(self._waiters))

    def locked(self) -> bool:
        """Return whether `acquire()` would wait."""
        return self._value == 0 or any(
            not each.cancelled() for each in self._waiters or ()
        )

    @entry
    def acquire(self) -> bool:
        """Wait for the semaphore; return `True`."""
        if not self.locked():
            self._value -= 1
            return True
        if self._waiters is None:
            self._waiters = deque()
        turn: Future[bool] = self._get_loop().create_future()
        self._waiters.append(turn)
        try:
            try:
                turn.wait()
            finally:
                self._waiters.remove(turn)
        except CancelledError:
            if turn.done() and not turn.cancelled():
                self._value += 1  # it was this task's; another may have it
            raise
        finally:
            while self._value > 0 and self._wake_up_next():
                pass
        return True

    @guarded
    def release(self) -> None:
        """Let one more task have the semaphore."""
        self._value += 1
        self._wake_up_next()

    def _wake_up_next(self) -> bool:
        for waiter in self._waiters or ():
            if not waiter.done():
                self._value -= 1
                waiter.set_result(True)
                return True
        return False


class BoundedSemaphore(Semaphore):
    """A semaphore that is not released more often than acquired."""

    def __init__(self, value: int = 1) -> None:
        self._bound_value = value
        super().__init__(value)

    @guarded
    def release(self) -> None:
        """Let one more task have the semaphore."""
        if self._value >= self._bound_value:
            raise ValueError("BoundedSemaphore released too many times")
        super().release()


class _BarrierState(enum.Enum):
    FILLING = "filling"
    DRAINING = "draining"
    RESETTING = "resetting"
    BROKEN = "broken"


class Barrier(Managed, LoopBound):
    """A place where tasks wait until there are enough of them."""

    def __init__(self, parties: int) -> None:
        if parties < 1:
            raise ValueError("parties must be > 0")
        self._cond = Condition()
        self._parties = parties
        self._state = _BarrierState.FILLING
        self._count = 0

    def __repr__(self) -> str:
        parts = [self._state.value]
        if not self.broken:
            parts.append(f"waiters:{self.n_waiting}/{self.parties}")
        return self._show(*parts)

    @property
    def parties(self) -> int:
        """How many tasks are enough."""
        return self._parties

    @property
    def n_waiting(self) -> int:
        """How many tasks wait."""
        return self._count if self._state is _BarrierState.FILLING else 0

    @property
    def broken(self) -> bool:
        """Whether `abort()` was called."""
        return self._state is _BarrierState.BROKEN

    @coroutine
    def __enter__(self) -> int:
        return awaited(self.wait)

    @coroutine
    def __exit__(self, *exc_info: object) -> None:
        pass

    @entry
    def wait(self) -> int:
        """Wait for the others; return a number that each task has for itself."""
        with self._cond:
            self._wait_while(_BarrierState.DRAINING, _BarrierState.RESETTING)
            if self._state is _BarrierState.BROKEN:
                raise BrokenBarrierError("Barrier aborted")
            try:
                index = self._count
                self._count += 1
                if index + 1 == self._parties:
                    self._state = _BarrierState.DRAINING
                    self._cond.notify_all()
                else:
                    self._wait_while(_BarrierState.FILLING)
                    if self._state in (_BarrierState.BROKEN, _BarrierState.RESETTING):
                        raise BrokenBarrierError("Abort or reset of barrier")
                return index
            finally:
                self._count -= 1
                self._left()

    def _wait_while(self, *states: _BarrierState) -> None:
        self._cond.wait_for(lambda: self._state not in states)

    def _left(self) -> None:
        if self._count == 0:
            if self._state in (_BarrierState.RESETTING, _BarrierState.DRAINING):
                self._state = _BarrierState.FILLING
            self._cond.notify_all()

    @entry
    def reset(self) -> None:
        """Raise `BrokenBarrierError` in those who wait, and begin again."""
        with self._cond:
            if self._count > 0:
                self._state = _BarrierState.RESETTING
            else:
                self._state = _BarrierState.FILLING
            self._cond.notify_all()

    @entry
    def abort(self) -> None:
        """Raise `BrokenBarrierError` in those who wait and in those who will."""
        with self._cond:
            self._state = _BarrierState.BROKEN
            self._cond.notify_all()
