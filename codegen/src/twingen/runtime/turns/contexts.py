"""Calls in a context that another thread may be in.

A context can be entered once at a time. asyncio is in a task's context only while a
step of the task runs; a thread that waits would stay in it. That matters where tasks
share a context, by `create_task(..., context=...)`: those leave it while they wait.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from typing import Any, TypeVar

T = TypeVar("T")


def run_in(context: Context, function: Callable[..., T], *args: Any) -> T:
    """Call a function in a context, or in a copy where a waiting thread is in it.

    What the function sets in a copy is lost with the copy.
    """
    try:
        context.run(int)
    except RuntimeError:
        context = context.copy()
    try:
        return context.run(function, *args)
    finally:
        del function, args  # the frames of an exception would keep them


def leave(context: Context) -> bool:
    """Leave the context that `Context.run()` is in; tell whether that is possible."""
    try:
        import ctypes

        exit_context = ctypes.pythonapi.PyContext_Exit
    except (ImportError, AttributeError):  # not CPython
        return False
    try:
        return bool(exit_context(ctypes.py_object(context)) == 0)
    except RuntimeError:  # another was entered on top of it
        return False


def enter_again(context: Context) -> None:
    """Enter the context that was left."""
    import ctypes

    ctypes.pythonapi.PyContext_Enter(ctypes.py_object(context))
