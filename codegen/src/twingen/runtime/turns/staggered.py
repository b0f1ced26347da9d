"""Trying several ways, each some time after the one before, until one succeeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from .abstract_event_loop import AbstractEventLoop
from .coroutines import Coroutine
from .exceptions import CancelledError
from .futures import set_result_unless_cancelled

T = TypeVar("T")


def staggered_race(
    loop: AbstractEventLoop,
    ways: Iterable[Callable[[], T]],
    delay: float,
    discard: Callable[[T], object],
) -> T | None:
    """Return what the first that raises nothing returns, `None` if all raise.

    A way is begun when the one before has raised, or after `delay` seconds. What
    another one returns at the same time is given to `discard`.
    """
    race = _Race(loop, discard)
    try:
        for way in ways:
            race.begin(way)
            race.wait(delay)
            if race.won:
                break
        while race.running and not race.won:
            race.wait(None)
    finally:
        race.end()
    return race.won[0] if race.won else None


class _Race(Generic[T]):
    """The tasks that try, and what the first that succeeded returned."""

    def __init__(self, loop: AbstractEventLoop, discard: Callable[[T], object]) -> None:
        self._loop = loop
        self._discard = discard
        self._last: Any = None
        self._changed: Any = None
        self.running: set[Any] = set()
        self.won: list[T] = []

    def begin(self, way: Callable[[], T]) -> None:
        """Try one more way."""
        self._last = self._loop.create_task(Coroutine(self._try, (way,)))
        self._last.add_done_callback(self._ended)
        self.running.add(self._last)

    def _try(self, way: Callable[[], T]) -> None:
        try:
            result = way()
        except (SystemExit, KeyboardInterrupt, CancelledError):
            raise
        except BaseException:
            return  # who offers the way keeps the exception
        if self.won:
            self._discard(result)
        else:
            self.won.append(result)

    def _ended(self, task: Any) -> None:
        self.running.discard(task)
        if self._changed is None:
            return
        if task is self._last or self.won or not self.running:
            set_result_unless_cancelled(self._changed, None)

    def wait(self, delay: float | None) -> None:
        """Wait until the last way has failed, or one has succeeded, or for a time."""
        self._changed = changed = self._loop.create_future()
        timer = None
        if delay is not None:
            timer = self._loop.call_later(
                delay, set_result_unless_cancelled, changed, None
            )
        try:
            changed.wait()
        finally:
            self._changed = None
            if timer is not None:
                timer.cancel()

    def end(self) -> None:
        """Cancel what still tries and wait for it, also when this task is cancelled."""
        cancelled: BaseException | None = None
        for task in self.running:
            task.cancel()
        while self.running:
            try:
                self.wait(None)
            except CancelledError as error:
                cancelled = error
        if cancelled is not None:
            raise cancelled
