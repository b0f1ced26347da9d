"""Locks, events, conditions and semaphores, as anyio has them.

An acquired lock belongs to a task. What is free is given after a wait that lets others
go on, unless `fast_acquire` is asked for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from ..context_managers import Managed
from ..dynamic_calls import awaited
from ..entry_points import entry, guarded
from ..events import get_running_loop
from ..exceptions import CancelledError
from ..futures import Future
from ..locks import Event as AsyncioEvent
from ..tasks import Task, current_task
from .cancel_scopes import CancelScope
from .checkpoints import (
    cancel_shielded_checkpoint,
    checkpoint,
    checkpoint_if_cancelled,
)
from .errors import BusyResourceError, WouldBlock
from .task_information import TaskInfo, get_current_task

T = TypeVar("T")


class EventStatistics(NamedTuple):
    """How many tasks wait for an event."""

    tasks_waiting: int


class LockStatistics(NamedTuple):
    """Who has a lock, and how many tasks wait for it."""

    locked: bool
    owner: TaskInfo | None
    tasks_waiting: int


class ConditionStatistics(NamedTuple):
    """How many tasks wait to be notified, and what is known of the lock."""

    tasks_waiting: int
    lock_statistics: LockStatistics


class SemaphoreStatistics(NamedTuple):
    """How many tasks wait for a semaphore."""

    tasks_waiting: int


class Event:
    """A flag that is set once, and that tasks wait for."""

    def __init__(self) -> None:
        self._event = AsyncioEvent()

    @guarded
    def set(self) -> None:
        """Set the flag and wake all who wait for it."""
        self._event.set()

    def is_set(self) -> bool:
        """Return whether the flag is set."""
        return self._event.is_set()

    @entry
    def wait(self) -> None:
        """Wait until the flag is set; if it is, let others go on."""
        if self.is_set():
            checkpoint()
        else:
            self._event.wait()

    def statistics(self) -> EventStatistics:
        """Return how many tasks wait."""
        return EventStatistics(len(self._event._waiters))


class _Acquired(Managed):
    """What is acquired by `with`."""

    if TYPE_CHECKING:  # each kind of lock has its own

        def acquire(self) -> None: ...

        def release(self) -> Any: ...

    @entry
    def __enter__(self) -> Any:
        awaited(self.acquire)

    @entry
    def __exit__(self, *exc_info: object) -> None:
        self.release()


class Lock(_Acquired):
    """A lock that tasks have one after the other; only the owner gives it back."""

    def __init__(self, *, fast_acquire: bool = False) -> None:
        self._fast = fast_acquire
        self._owner: Task[Any] | None = None
        self._waiters: deque[tuple[Task[Any], Future[None]]] = deque()

    def _give(self, task: Task[Any] | None) -> None:
        if self._owner is not None:
            self._owner._release()
        self._owner = task
        if task is not None:
            task._hold()

    @entry
    def acquire(self) -> None:
        """Wait for the lock."""
        task = _this_task()
        if self._owner is None and not self._waiters:
            checkpoint_if_cancelled()
            self._give(task)
            if not self._fast:
                _let_others_go_on(self.release)
            return
        self._refuse_owner(task)
        waiter: Future[None] = get_running_loop().create_future()
        self._waiters.append((task, waiter))
        try:
            waiter.wait()
        except CancelledError:
            if not waiter.cancelled():
                self.release()  # it was given to this task
            elif (task, waiter) in self._waiters:
                self._waiters.remove((task, waiter))
            raise

    def _refuse_owner(self, task: Task[Any]) -> None:
        if self._owner is task:
            raise RuntimeError("Attempted to acquire an already held Lock")

    @guarded
    def acquire_nowait(self) -> None:
        """Take the lock; `WouldBlock` if it is not free."""
        task = _this_task()
        if self._owner is not None or self._waiters:
            self._refuse_owner(task)
            raise WouldBlock
        self._give(task)

    @guarded
    def release(self) -> None:
        """Give the lock back; the task that has waited longest gets it."""
        if self._owner is not _this_task():
            raise RuntimeError("The current task is not holding this lock")
        while self._waiters:
            task, waiter = self._waiters.popleft()
            if not waiter.cancelled():
                self._give(task)
                waiter.set_result(None)
                return
        self._give(None)

    def locked(self) -> bool:
        """Return whether a task has the lock."""
        return self._owner is not None

    def statistics(self) -> LockStatistics:
        """Return which task has the lock, and how many tasks wait for it."""
        owner = None if self._owner is None else TaskInfo(self._owner)
        return LockStatistics(self.locked(), owner, len(self._waiters))


class Condition(_Acquired):
    """A lock with which tasks wait to be notified."""

    def __init__(self, lock: Lock | None = None) -> None:
        self._lock = Lock() if lock is None else lock
        self._waiters: deque[Event] = deque()

    def _check_acquired(self) -> None:
        if self._lock.statistics().owner != get_current_task():
            raise RuntimeError("The current task is not holding the underlying lock")

    @entry
    def acquire(self) -> None:
        """Wait for the lock."""
        self._lock.acquire()

    @guarded
    def acquire_nowait(self) -> None:
        """Take the lock; `WouldBlock` if it is not free."""
        self._lock.acquire_nowait()

    @guarded
    def release(self) -> None:
        """Give the lock back."""
        self._lock.release()

    def locked(self) -> bool:
        """Return whether a task has the lock."""
        return self._lock.locked()

    @guarded
    def notify(self, n: int = 1) -> None:
        """Wake some who wait; they go on when they have the lock."""
        self._check_acquired()
        for _ in range(min(n, len(self._waiters))):
            self._waiters.popleft().set()

    @guarded
    def notify_all(self) -> None:
        """Wake all who wait."""
        self._check_acquired()
        while self._waiters:
            self._waiters.popleft().set()

    @entry
    def wait(self) -> None:
        """Give the lock back until notified, and wait for it again."""
        checkpoint_if_cancelled()
        self._check_acquired()
        event = Event()
        self._waiters.append(event)
        self.release()
        try:
            event.wait()
        except BaseException:
            if not event.is_set():
                self._waiters.remove(event)
            elif self._waiters:
                self._waiters.popleft().set()  # it was meant for somebody
            raise
        finally:
            with CancelScope(shield=True):
                self.acquire()

    @entry
    def wait_for(self, predicate: Callable[[], T]) -> T:
        """Wait, again and again, until a function returns something true."""
        result = predicate()
        while not result:
            awaited(self.wait)
            result = predicate()
        return result

    def statistics(self) -> ConditionStatistics:
        """Return how many tasks wait, and what is known of the lock."""
        return ConditionStatistics(len(self._waiters), self._lock.statistics())


class Semaphore(_Acquired):
    """A lock that some tasks may have at a time."""

    def __init__(
        self,
        initial_value: int,
        *,
        max_value: int | None = None,
        fast_acquire: bool = False,
    ) -> None:
        if not isinstance(initial_value, int):
            raise TypeError("initial_value must be an integer")
        if initial_value < 0:
            raise ValueError("initial_value must be >= 0")
        if max_value is not None:
            if not isinstance(max_value, int):
                raise TypeError("max_value must be an integer or None")
            if max_value < initial_value:
                raise ValueError(
                    "max_value must be equal to or higher than initial_value"
                )
        self._value = initial_value
        self._max_value = max_value
        self._fast = fast_acquire
        self._waiters: deque[Future[None]] = deque()

    @entry
    def __enter__(self) -> Semaphore:
        awaited(self.acquire)
        return self

    @entry
    def acquire(self) -> None:
        """Wait for the semaphore."""
        if self._value > 0 and not self._waiters:
            checkpoint_if_cancelled()
            self._value -= 1
            if not self._fast:
                _let_others_go_on(self.release)
            return
        waiter: Future[None] = get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            waiter.wait()
        except CancelledError:
            if not waiter.cancelled():
                self.release()  # it was given to this task
            elif waiter in self._waiters:
                self._waiters.remove(waiter)
            raise

    @guarded
    def acquire_nowait(self) -> None:
        """Take the semaphore; `WouldBlock` if it is not free."""
        if self._value == 0:
            raise WouldBlock
        self._value -= 1

    @guarded
    def release(self) -> None:
        """Let one more task have the semaphore."""
        if self._max_value is not None and self._value == self._max_value:
            raise ValueError("semaphore released too many times")
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.cancelled():
                waiter.set_result(None)
                return
        self._value += 1

    @property
    def value(self) -> int:
        """How many tasks may have it now."""
        return self._value

    @property
    def max_value(self) -> int | None:
        """How many tasks may have it at most."""
        return self._max_value

    def statistics(self) -> SemaphoreStatistics:
        """Return how many tasks wait."""
        return SemaphoreStatistics(len(self._waiters))


class ResourceGuard:
    """A block that one task at a time may be in: `BusyResourceError` for another."""

    action: str

    def __init__(self, action: str = "using") -> None:
        self.action = action
        self._guarded = False

    def __enter__(self) -> None:
        if self._guarded:
            raise BusyResourceError(self.action)
        self._guarded = True

    def __exit__(self, *exc_info: object) -> None:
        self._guarded = False


def _this_task() -> Task[Any]:
    task = current_task()
    assert task is not None
    return task


def _let_others_go_on(give_back: Callable[[], object]) -> None:
    """Wait for a round with what was acquired; give it back if that is cancelled."""
    try:
        cancel_shielded_checkpoint()
    except CancelledError:
        give_back()
        raise
