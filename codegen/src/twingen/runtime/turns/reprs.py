"""How callbacks, futures and tasks are shown."""

from __future__ import annotations

import functools
import inspect
import reprlib
import traceback
import types
from typing import Any

_ADDED = {
    f"{__package__}.{name}" for name in ("dynamic_calls", "entry_points", "shared_loop")
}
"""Modules whose frames asyncio would not have."""

STACK_DEPTH = 10
"""Frames of a future's origin, in debug mode."""


def stack_of(frame: types.FrameType) -> traceback.StackSummary:
    """Return the last calls that led to a frame."""
    frames = (
        each
        for each in traceback.walk_stack(frame)
        if each[0].f_globals.get("__name__") not in _ADDED
    )
    stack = traceback.StackSummary.extract(
        frames, limit=STACK_DEPTH, lookup_lines=False
    )
    stack.reverse()
    return stack


def source_of(function: Any) -> tuple[str, int] | None:
    """Return the file and the line of a function."""
    function = inspect.unwrap(function)
    if inspect.isfunction(function):
        return function.__code__.co_filename, function.__code__.co_firstlineno
    if isinstance(function, (functools.partial, functools.partialmethod)):
        return source_of(function.func)
    return None


def _called(args: Any, kwargs: Any, debug: bool) -> str:
    if not debug:  # arguments may be secret
        return "()"
    items = [reprlib.repr(each) for each in args or ()]
    items += [f"{name}={reprlib.repr(each)}" for name, each in (kwargs or {}).items()]
    return f"({', '.join(items)})"


def format_callback(function: Any, args: Any = (), debug: bool = False) -> str:
    """Return the name of a callback, and its place where it is known."""
    kwargs: Any = None
    suffix = ""
    inner: Any = function
    while isinstance(inner, functools.partial):
        suffix = _called(args, kwargs, debug) + suffix
        inner, args, kwargs = inner.func, inner.args, inner.keywords
    name = getattr(inner, "__qualname__", "") or getattr(inner, "__name__", "")
    text = (name or repr(inner)) + _called(args, kwargs, debug) + suffix
    source = source_of(function)
    return f"{text} at {source[0]}:{source[1]}" if source else text


def format_callbacks(callbacks: list[tuple[Any, Any]]) -> str:
    """Return the first and the last of a future's callbacks."""
    shown = [format_callback(each) for each, _ in (callbacks[:1] + callbacks[1:][-1:])]
    if len(callbacks) > 2:
        shown.insert(1, f"<{len(callbacks) - 2} more>")
    return f"cb=[{', '.join(shown)}]"


def describe_future(future: Any) -> list[str]:
    """Return the parts of a future's `repr()`."""
    state: str = future._state
    parts = [state.lower()]
    if state == "FINISHED":
        if future._exception is not None:
            parts.append(f"exception={future._exception!r}")
        else:
            parts.append(f"result={reprlib.repr(future._result)}")
    if future._callbacks:
        parts.append(format_callbacks(future._callbacks))
    if future._source_traceback:
        frame = future._source_traceback[-1]
        parts.append(f"created at {frame[0]}:{frame[1]}")
    return parts


@reprlib.recursive_repr()
def future_repr(future: Any) -> str:
    """Return `repr()` of a future."""
    return f"<{type(future).__name__} {' '.join(describe_future(future))}>"


@reprlib.recursive_repr()
def task_repr(task: Any) -> str:
    """Return `repr()` of a task."""
    parts = describe_future(task)
    if task.cancelling() and not task.done():
        parts[0] = "cancelling"
    parts.insert(1, f"name={task.get_name()!r}")
    if task._fut_waiter is not None:
        parts.insert(2, f"wait_for={task._fut_waiter!r}")
    if task._coro is not None:
        parts.insert(2, f"coro=<{format_coroutine(task._coro)}>")
    return f"<{type(task).__name__} {' '.join(parts)}>"


def format_coroutine(coroutine: Any) -> str:
    """Return the name, state and place of a coroutine."""
    name = getattr(coroutine, "__qualname__", "") or getattr(coroutine, "__name__", "")
    name = f"{name or f'<{type(coroutine).__name__} without __name__>'}()"
    code = getattr(coroutine, "cr_code", getattr(coroutine, "gi_code", None))
    running = getattr(coroutine, "cr_running", getattr(coroutine, "gi_running", False))
    if code is None:
        return f"{name} running" if running else name
    frame = getattr(coroutine, "cr_frame", getattr(coroutine, "gi_frame", None))
    file = code.co_filename or "<empty co_filename>"
    if getattr(coroutine, "_state", None) == "CORO_CREATED":
        return f"{name} running at {file}:{code.co_firstlineno}"
    if running:
        line = getattr(frame, "f_lineno", code.co_firstlineno)
        return f"{name} running at {file}:{line}"
    if frame is not None:
        return f"{name} running at {file}:{frame.f_lineno}"
    return f"{name} done, defined at {file}:{code.co_firstlineno}"
