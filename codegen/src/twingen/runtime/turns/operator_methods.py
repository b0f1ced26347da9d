"""Coroutine functions that Python calls for an operator: `a[b]`, `a + b`, `a.b`."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any, TypeVar

from .dynamic_calls import later
from .function_kinds import mark
from .shared_loop import visit
from .thread_state import here
from .user_functions import is_module_of_user

F = TypeVar("F", bound=Callable[..., Any])


def operator_method(function: F) -> F:
    """Make a method whose call gives code of a twin a coroutine, and a user the result.

    Nobody says of `a + b` whether it is awaited there. Code of the sources awaits what
    it gives, as in the source; a user of the twin has no `await`.
    """

    @functools.wraps(function)
    def operate(*args: Any, **kwargs: Any) -> Any:
        if here.loop is None and here.participant is None:
            return visit(_run, function, args, kwargs)
        caller = sys._getframe(1).f_globals.get("__name__") or ""
        if is_module_of_user(caller):
            return _run(function, args, kwargs)
        return later(function, *args, **kwargs)

    mark(function, "coroutine")
    return mark(operate, "operator", wraps=True)  # type: ignore[return-value]


def _run(function: Any, args: Any, kwargs: Any) -> Any:
    try:
        return function(*args, **kwargs)
    except StopIteration as stop:
        raise RuntimeError("coroutine raised StopIteration") from stop
