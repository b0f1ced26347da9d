"""Deadlines for blocks of code."""

from __future__ import annotations

import enum
from types import TracebackType
from typing import Any

from .context_managers import Managed
from .events import get_running_loop
from .exceptions import CancelledError, ExceptionGroup
from .function_kinds import coroutine
from .handles import Handle
from .tasks import Task, current_task


class _State(enum.Enum):
    CREATED = "created"
    ENTERED = "active"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    EXITED = "finished"


class Timeout(Managed):
    """A block that is cancelled at its deadline, and then raises `TimeoutError`."""

    def __init__(self, when: float | None) -> None:
        self._state = _State.CREATED
        self._handle: Handle | None = None
        self._task: Task[Any] | None = None
        self._when = when
        self._cancelling = 0

    def __init_subclass__(cls) -> None:
        raise TypeError("Timeout cannot be subclassed")

    def when(self) -> float | None:
        """Return the deadline, by the loop's clock."""
        return self._when

    def reschedule(self, when: float | None) -> None:
        """Change the deadline; `None` takes it away."""
        if self._state is _State.CREATED:
            raise RuntimeError("Timeout has not been entered")
        if self._state is not _State.ENTERED:
            raise RuntimeError(f"Cannot change state of {self._state.value} Timeout")
        self._when = when
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        if when is not None:
            loop = get_running_loop()
            if when <= loop.time():
                self._handle = loop.call_soon(self._expire)
            else:
                self._handle = loop.call_at(when, self._expire)

    def expired(self) -> bool:
        """Return whether the deadline passed in the block."""
        return self._state in (_State.EXPIRING, _State.EXPIRED)

    def __repr__(self) -> str:
        when = ""
        if self._state is _State.ENTERED:
            rounded = None if self._when is None else round(self._when, 3)
            when = f" when={rounded}"
        return f"<Timeout [{self._state.value}]{when}>"

    @coroutine
    def __enter__(self) -> Timeout:
        if self._state is not _State.CREATED:
            raise RuntimeError("Timeout has already been entered")
        task = current_task()
        if task is None:
            raise RuntimeError("Timeout should be used inside a task")
        self._state = _State.ENTERED
        self._task = task
        self._cancelling = task.cancelling()
        self.reschedule(self._when)
        return self

    @coroutine
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> bool | None:
        assert self._state in (_State.ENTERED, _State.EXPIRING)
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        if self._state is _State.ENTERED:
            self._state = _State.EXITED
            return None
        self._state = _State.EXPIRED
        assert self._task is not None
        if self._task.uncancel() <= self._cancelling and error is not None:
            if isinstance(error, CancelledError):
                raise TimeoutError from error
            _insert_timeout_error(error)
            if isinstance(error, ExceptionGroup):
                for each in error.exceptions:
                    _insert_timeout_error(each)
        return None

    def _expire(self) -> None:
        assert self._state is _State.ENTERED
        assert self._task is not None
        self._task.cancel()
        self._state = _State.EXPIRING
        self._handle = None


def _insert_timeout_error(error: BaseException) -> None:
    """Show the timeout between an exception and the cancellation that led to it."""
    while error.__context__ is not None:
        if isinstance(error.__context__, CancelledError):
            timed_out = TimeoutError()
            timed_out.__context__ = timed_out.__cause__ = error.__context__
            error.__context__ = timed_out
            return
        error = error.__context__


def timeout(delay: float | None) -> Timeout:
    """Return a deadline some seconds from now."""
    loop = get_running_loop()
    return Timeout(None if delay is None else loop.time() + delay)


def timeout_at(when: float | None) -> Timeout:
    """Return a deadline at a time of the loop's clock."""
    return Timeout(when)
