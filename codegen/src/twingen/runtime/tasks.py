"""Tasks as threads: started immediately, joined where their result is needed."""

from __future__ import annotations

import contextvars
import itertools
import logging
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION
from types import TracebackType
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_numbers = itertools.count(1)


class Task(Generic[T]):
    """One call that runs in a thread of its own, with a copy of the context."""

    _value: T

    def __init__(
        self, function: Callable[..., T], /, *args: Any, **kwargs: Any
    ) -> None:
        self._name = f"Task-{next(_numbers)}"
        self._error: BaseException | None = None
        self._callbacks: list[Callable[[Task[T]], object]] = []
        self._finished = threading.Event()
        self._lock = threading.Lock()
        context = contextvars.copy_context()
        self._thread = threading.Thread(
            target=self._run,
            args=(lambda: context.run(function, *args, **kwargs),),
            daemon=True,
        )
        self._thread.start()

    def _run(self, call: Callable[[], T]) -> None:
        try:
            self._value = call()
        except BaseException as error:
            self._error = error
        with self._lock:
            self._finished.set()
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            self._call(callback)

    def _call(self, callback: Callable[[Task[T]], object]) -> None:
        try:
            callback(self)
        except Exception:  # it has no caller
            logging.getLogger(__name__).exception("exception in callback %r", callback)

    def get_name(self) -> str:
        """Return the name of the task."""
        return self._name

    def set_name(self, value: object) -> None:
        """Give the task a name."""
        self._name = str(value)

    def named(self, name: object) -> Task[T]:
        """Give the task a name, unless it is `None`; return the task."""
        if name is not None:
            self.set_name(name)
        return self

    def done(self) -> bool:
        """Return whether the call has returned or raised."""
        return self._finished.is_set()

    def wait(self, timeout: float | None = None) -> T:
        """Return what the call returned, or raise what it raised.

        Waits at most `timeout` seconds, forever if `None`, then raises
        `TimeoutError`; the thread goes on.
        """
        if not self._finished.wait(timeout):
            raise TimeoutError
        return self.result()

    def result(self) -> T:
        """Return or raise as the call did; RuntimeError while it runs."""
        if not self._finished.is_set():
            raise RuntimeError("the task is not done")
        if self._error is not None:
            raise self._error
        return self._value

    def exception(self) -> BaseException | None:
        """Return what the call raised, if it did; RuntimeError while it runs."""
        if not self._finished.is_set():
            raise RuntimeError("the task is not done")
        return self._error

    def add_done_callback(self, callback: Callable[[Task[T]], object]) -> None:
        """Call `callback(task)` when the call is over, now if it is."""
        with self._lock:
            if not self._finished.is_set():
                self._callbacks.append(callback)
                return
        self._call(callback)

    def remove_done_callback(self, callback: Callable[[Task[T]], object]) -> int:
        """Remove a callback; return how many times it was there."""
        with self._lock:
            kept = [each for each in self._callbacks if each != callback]
            removed = len(self._callbacks) - len(kept)
            self._callbacks = kept
        return removed


def gather(*calls: Callable[[], Any], return_exceptions: bool = False) -> list[Any]:
    """Run the calls in threads of their own; return their results in order.

    The first exception is raised as soon as it happens, while the other calls
    go on; with `return_exceptions` exceptions are results.
    """
    finished: queue.SimpleQueue[Task[Any]] = queue.SimpleQueue()
    tasks = [Task(call) for call in calls]
    for task in tasks:
        task.add_done_callback(finished.put)
    for _ in tasks:
        error = finished.get().exception()
        if error is not None and not return_exceptions:
            raise error
    errors = [task.exception() for task in tasks]
    return [
        task.result() if error is None else error
        for task, error in zip(tasks, errors, strict=True)
    ]


def wait(
    tasks: Iterable[Task[T]],
    *,
    timeout: float | None = None,
    return_when: str = ALL_COMPLETED,
) -> tuple[set[Task[T]], set[Task[T]]]:
    """Wait until tasks are done; return those that are and those that are not.

    Returns after at most `timeout` seconds, and raises nothing then.
    """
    if return_when not in (ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION):
        raise ValueError(f"return_when is not known: {return_when}")
    awaited = set(tasks)
    if not awaited:
        raise ValueError("there are no tasks to wait for")
    deadline = None if timeout is None else time.monotonic() + timeout
    # Not a SimpleQueue: that of 3.10 may wait forever when its timeout is over
    # before the wait begins.
    finished: queue.Queue[Task[T]] = queue.Queue()
    for task in awaited:
        task.add_done_callback(finished.put)
    for _ in awaited:
        try:
            first = finished.get(timeout=_rest(deadline))
        except queue.Empty:
            break
        failed = return_when == FIRST_EXCEPTION and first.exception() is not None
        if failed or return_when == FIRST_COMPLETED:
            break
    done = {task for task in awaited if task.done()}
    return done, awaited - done


def _rest(deadline: float | None) -> float | None:
    return None if deadline is None else max(deadline - time.monotonic(), 0)


def as_completed(
    tasks: Iterable[Task[T]], *, timeout: float | None = None
) -> Iterator[Completed[T]]:
    """Return one :class:`Completed` for each of the tasks."""
    awaited = set(tasks)
    return iter([Completed(awaited, timeout)] * len(awaited))


class Completed(Generic[T]):
    """The next one of several tasks to be done."""

    def __init__(self, tasks: set[Task[T]], timeout: float | None) -> None:
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._finished: queue.Queue[Task[T]] = queue.Queue()  # as in `wait()`
        for task in tasks:
            task.add_done_callback(self._finished.put)

    def wait(self) -> T:
        """Return or raise as the next task did; TimeoutError when time is up."""
        try:
            return self._finished.get(timeout=_rest(self._deadline)).result()
        except queue.Empty:
            raise TimeoutError from None


class TaskGroup:
    """Tasks that are all over when the block is left.

    A failure cancels nothing: the other tasks, and the block itself, go on to
    their ends; then all failures are raised together.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tasks: list[Task[Any]] = []
        self._finished: queue.SimpleQueue[Task[Any]] = queue.SimpleQueue()
        self._is_open = False
        self._was_entered = False
        if sys.version_info < (3, 11):
            raise RuntimeError("a task group needs Python 3.11, as asyncio's does")

    def __enter__(self) -> TaskGroup:
        if self._was_entered:
            raise RuntimeError("a task group cannot be entered again")
        self._was_entered = self._is_open = True
        return self

    def create_task(
        self, function: Callable[..., T], /, *args: Any, **kwargs: Any
    ) -> Task[T]:
        """Start a call; RuntimeError when the group is over or was not entered."""
        with self._lock:
            if not self._is_open:
                raise RuntimeError("the task group is not open")
            task = Task(function, *args, **kwargs)
            self._tasks.append(task)
        task.add_done_callback(self._finished.put)
        return task

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        errors = list(self._wait_for_errors())
        if exc_value is not None:
            errors.append(exc_value)
        for error in [exc_value, *errors]:
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                raise error
        if errors and sys.version_info >= (3, 11):
            group = BaseExceptionGroup  # noqa: F821
            raise group("unhandled errors in a TaskGroup", errors) from None

    def _wait_for_errors(self) -> Iterator[BaseException]:
        """Wait until all tasks are over; yield what they raised, in that order."""
        seen = 0
        while True:
            with self._lock:
                if seen == len(self._tasks):
                    self._is_open = False
                    return
            error = self._finished.get().exception()
            seen += 1
            if error is not None:
                yield error
