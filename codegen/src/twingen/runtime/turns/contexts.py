"""Calls in a context that another thread may be in."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from typing import Any, TypeVar

T = TypeVar("T")


def run_in(context: Context, function: Callable[..., T], *args: Any) -> T:
    """Call a function in a context, or in a copy where a waiting task is in it.

    A context can be entered once. asyncio leaves it where a task waits; a thread that
    waits stays in it. What the function sets in a copy is lost with the copy.
    """
    try:
        context.run(int)
    except RuntimeError:
        context = context.copy()
    try:
        return context.run(function, *args)
    finally:
        del function, args  # the frames of an exception would keep them
