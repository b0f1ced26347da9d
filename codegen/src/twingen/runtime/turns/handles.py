"""Callbacks that a loop is to call."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from typing import Any, Protocol

from .contexts import run_in
from .function_kinds import is_marked
from .reprs import format_callback

IN_TASK: Any = object()
"""In place of a context: the callback lets a task go on, whose thread is in its own."""


class LoopOfHandle(Protocol):
    """What a handle needs of its loop."""

    def get_debug(self) -> bool:
        """Return whether the loop is in debug mode."""
        ...

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Report an exception in a callback."""

    def _call_marked(self, callback: Callable[..., object], *args: Any) -> object:
        """Call a callback that may be a coroutine function: nobody waits for it."""

    def _timer_cancelled(self, handle: TimerHandle) -> None:
        """Note that a timer was cancelled."""


class Handle:
    """A callback that is to be called soon."""

    __slots__ = (
        "__weakref__",
        "_args",
        "_callback",
        "_cancelled",
        "_context",
        "_loop",
        "_repr",
        "_source_traceback",
    )

    def __init__(
        self,
        callback: Callable[..., object],
        args: tuple[Any, ...],
        loop: LoopOfHandle,
        context: contextvars.Context | None = None,
    ) -> None:
        self._callback: Callable[..., object] | None = callback
        self._args: tuple[Any, ...] | None = args
        self._loop = loop
        self._context = contextvars.copy_context() if context is None else context
        self._cancelled = False
        self._repr: str | None = None
        self._source_traceback: Any = None

    def _describe(self) -> list[str]:
        parts = [type(self).__name__]
        if self._cancelled:
            parts.append("cancelled")
        if self._callback is not None:
            debug = self._loop.get_debug()
            parts.append(format_callback(self._callback, self._args, debug))
        return parts

    def __repr__(self) -> str:
        return self._repr or f"<{' '.join(self._describe())}>"

    def get_context(self) -> contextvars.Context:
        """Return the context that the callback is called in."""
        return self._context

    def cancel(self) -> None:
        """Do not call the callback."""
        if not self._cancelled:
            if self._loop.get_debug():
                self._repr = repr(self)
            self._cancelled = True
            self._callback = self._args = None

    def cancelled(self) -> bool:
        """Return whether `cancel()` was called."""
        return self._cancelled

    def _run(self) -> None:
        callback, args = self._callback, self._args
        assert callback is not None
        assert args is not None
        try:
            if self._context is IN_TASK:
                callback(*args)
            elif is_marked(callback):  # nobody waits for what it gives
                run_in(self._context, self._loop._call_marked, callback, *args)
            else:
                run_in(self._context, callback, *args)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            self._tell(error, callback, args)

    def _tell(
        self,
        error: BaseException,
        callback: Callable[..., object],
        args: tuple[Any, ...] = (),
    ) -> None:
        """Report to the loop what a callback has raised."""
        shown = format_callback(callback, args, self._loop.get_debug())
        self._loop.call_exception_handler(
            {
                "message": f"Exception in callback {shown}",
                "exception": error,
                "handle": self,
            }
        )


class TimerHandle(Handle):
    """A callback that is to be called at a time."""

    __slots__ = ("_scheduled", "_when")

    def __init__(
        self,
        when: float,
        callback: Callable[..., object],
        args: tuple[Any, ...],
        loop: LoopOfHandle,
        context: contextvars.Context | None = None,
    ) -> None:
        super().__init__(callback, args, loop, context)
        self._when = when
        self._scheduled = False

    def _describe(self) -> list[str]:
        parts = super()._describe()
        parts.insert(2 if self._cancelled else 1, f"when={self._when}")
        return parts

    def when(self) -> float:
        """Return the time, by the loop's clock."""
        return self._when

    def cancel(self) -> None:
        """Do not call the callback."""
        if not self._cancelled:
            self._loop._timer_cancelled(self)
        super().cancel()

    def __hash__(self) -> int:
        return hash(self._when)

    def __lt__(self, other: object) -> bool:
        if isinstance(other, TimerHandle):
            return self._when < other._when
        return NotImplemented

    def __le__(self, other: object) -> bool:
        if isinstance(other, TimerHandle):
            return self._when < other._when or self == other
        return NotImplemented

    def __gt__(self, other: object) -> bool:
        if isinstance(other, TimerHandle):
            return self._when > other._when
        return NotImplemented

    def __ge__(self, other: object) -> bool:
        if isinstance(other, TimerHandle):
            return self._when > other._when or self == other
        return NotImplemented

    def __eq__(self, other: object) -> bool:
        if isinstance(other, TimerHandle):
            return (
                self._when == other._when
                and self._callback == other._callback
                and self._args == other._args
                and self._cancelled == other._cancelled
            )
        return NotImplemented
