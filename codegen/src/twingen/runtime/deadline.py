"""Waits with a deadline that raise `TimeoutError`, as `asyncio`'s do.

`threading` and `queue` report a timeout by a return value or an exception of
their own. Timeouts are in seconds; `None` waits forever, and a timeout that is
over already still takes what is there, as the waits of a timeout block do.
"""

from __future__ import annotations

import contextvars
import queue
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Acquirable(Protocol):
    """What `acquire` needs: a lock, a condition or a semaphore."""

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Acquire, waiting for at most `timeout` seconds."""
        ...


def wait_event(event: threading.Event, timeout: float | None) -> bool:
    """Wait until the event is set."""
    if not event.wait(timeout):
        raise TimeoutError
    return True


def acquire(lock: Acquirable, timeout: float | None) -> bool:
    """Acquire a lock, a condition or a semaphore."""
    if timeout is None:
        return lock.acquire()
    acquired = lock.acquire(timeout=timeout) if timeout > 0 else lock.acquire(False)
    if not acquired:
        raise TimeoutError
    return True


def queue_get(source: queue.Queue[T], timeout: float | None) -> T:
    """Take the next item of a queue."""
    try:
        return source.get(timeout=None if timeout is None else max(timeout, 0))
    except queue.Empty:
        raise TimeoutError from None


def queue_put(target: queue.Queue[T], item: T, timeout: float | None) -> None:
    """Put an item into a queue that may be full."""
    try:
        target.put(item, timeout=None if timeout is None else max(timeout, 0))
    except queue.Full:
        raise TimeoutError from None


def queue_join(source: queue.Queue[Any], timeout: float | None) -> None:
    """Wait until every item that was put into a queue is done."""
    deadline = Deadline(timeout)
    with source.all_tasks_done:
        while source.unfinished_tasks:
            rest = deadline.remaining()
            if rest == 0.0:
                raise TimeoutError
            source.all_tasks_done.wait(rest)


def condition_wait(condition: threading.Condition, timeout: float | None) -> bool:
    """Wait until the condition is notified; its lock is held again afterwards."""
    if not condition.wait(timeout):
        raise TimeoutError
    return True


def condition_wait_for(
    condition: threading.Condition, predicate: Callable[[], T], timeout: float | None
) -> T:
    """Wait until the predicate is true; the lock is held again afterwards."""
    result = condition.wait_for(predicate, timeout)
    if not result:
        raise TimeoutError
    return result


def sleep(delay: float, timeout: float | None) -> None:
    """Sleep for `delay` seconds, or until the deadline if that comes first."""
    if timeout is None or delay < timeout:
        time.sleep(max(delay, 0))
        return
    time.sleep(max(timeout, 0))
    raise TimeoutError


def call_in_thread(
    timeout: float | None, function: Callable[..., T], /, *args: Any, **kwargs: Any
) -> T:
    """Call a function that has no timeout of its own.

    It runs in a daemon thread with a copy of the context, and goes on by itself
    when the deadline passes.
    """
    context = contextvars.copy_context()
    # Not a SimpleQueue: that of 3.10 may wait forever when its timeout is over
    # before the wait begins.
    outcome: queue.Queue[tuple[T | None, BaseException | None]] = queue.Queue()

    def run() -> None:
        try:
            outcome.put((context.run(function, *args, **kwargs), None))
        except BaseException as error:
            outcome.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    try:
        value, error = outcome.get(timeout=None if timeout is None else max(timeout, 0))
    except queue.Empty:
        raise TimeoutError from None
    if error is not None:
        raise error
    return value  # type: ignore[return-value]


def unexpired(timeout: float | None) -> float | None:
    """Return a timeout above zero; with less, `asyncio.wait_for` begins nothing."""
    if timeout is not None and timeout <= 0:
        raise TimeoutError
    return timeout


class Deadline:
    """A block whose waits share one deadline of `delay` seconds."""

    def __init__(self, delay: float | None) -> None:
        self._when = None if delay is None else time.monotonic() + delay
        self._expired = False

    @classmethod
    def at(cls, when: float | None) -> Deadline:
        """Return the deadline at a moment of `time.monotonic()`."""
        deadline = cls(None)
        deadline._when = when
        return deadline

    def __enter__(self) -> Deadline:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        passed = self.remaining() == 0.0
        self._expired = passed and isinstance(exc_value, TimeoutError)

    def remaining(self) -> float | None:
        """Return the seconds that are left, 0 when the deadline has passed."""
        return None if self._when is None else max(self._when - time.monotonic(), 0.0)

    def when(self) -> float | None:
        """Return the moment on the clock of `time.monotonic()`, if there is one."""
        return self._when

    def expired(self) -> bool:
        """Return whether a wait of the block was ended by the deadline."""
        return self._expired
