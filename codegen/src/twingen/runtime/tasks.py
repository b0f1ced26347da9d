"""Tasks as threads: started at once, joined where their result is needed."""

from __future__ import annotations

import contextvars
import queue
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Task(Generic[T]):
    """One call that runs in a thread of its own, with a copy of the context."""

    _value: T

    def __init__(
        self, function: Callable[..., T], /, *args: Any, **kwargs: Any
    ) -> None:
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
        for callback in self._callbacks:
            callback(self)

    def done(self) -> bool:
        """Tell whether the call has returned or raised."""
        return self._finished.is_set()

    def wait(self, timeout: float | None = None) -> T:
        """Return what the call returned, or raise what it raised.

        Waits at most `timeout` seconds, for ever if `None`, then raises
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
        """Call `callback(task)` when the call is over, at once if it is."""
        with self._lock:
            if not self._finished.is_set():
                self._callbacks.append(callback)
                return
        callback(self)


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
