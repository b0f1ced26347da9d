"""What kind of function a function of the source was.

The kind is kept by the code object: `functools.wraps()` copies a function's attributes
to functions of another kind, and no attribute would tell them apart.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class Mark:
    """What is known of a code object."""

    __slots__ = ("code", "kind", "wraps")

    def __init__(self, code: types.CodeType, kind: str, wraps: bool) -> None:
        self.code = code
        self.kind = kind
        self.wraps = wraps
        """It is the code of a wrapper of many functions; `function` has the body."""


_marks: dict[int, Mark] = {}
twins: dict[str, dict[str, Any]] = {}
"""The modules that have marked functions: their names by what they are called."""


def mark(function: F, kind: str, wraps: bool = False) -> F:
    """Remember the kind of a function."""
    code = function.__code__
    _marks[id(code)] = Mark(code, kind, wraps)
    names = function.__globals__
    twins[names.get("__name__") or ""] = names
    return function


def coroutine(function: F) -> F:
    """Say that a function was a coroutine function in the source."""
    return mark(function, "coroutine")


def iter_method(function: F) -> F:
    """Say that a plain `__iter__` was `__aiter__` in the source."""
    return mark(function, "iterator")


def find(function: Any) -> tuple[Mark | None, Any, tuple[Any, ...], dict[str, Any]]:
    """Return the mark of what is called, the function, and what it is given first.

    Bound methods, partial objects and methods, static and class methods and objects
    with `__call__` are looked through.
    """
    before: tuple[Any, ...] = ()
    keywords: dict[str, Any] = {}
    for _ in range(100):  # a chain as long as this is a circle
        kind = type(function)
        if kind is types.FunctionType:
            made = partial_method(function) if before else None
            if made is None:
                return _marks.get(id(function.__code__)), function, before, keywords
            before = (before[0], *made.args, *before[1:])
            keywords = {**made.keywords, **keywords}
            function = made.func
            continue
        if kind is types.MethodType:
            before = (function.__self__, *before)
            function = function.__func__
        elif kind is functools.partial:
            before = (*function.args, *before)
            keywords = {**function.keywords, **keywords}
            function = function.func
        elif kind is staticmethod:
            function = function.__func__
        elif isinstance(function, type):
            maker = getattr(kind, "__call__", None)  # noqa: B004
            if type(maker) is not types.FunctionType:
                maker = function.__new__
            if type(maker) is not types.FunctionType:
                break
            before = (function, *before)
            function = maker
        else:
            call = getattr(kind, "__call__", None)  # noqa: B004
            if type(call) is not types.FunctionType:
                break
            before = (function, *before)
            function = call
    return None, function, before, keywords


def partial_method(function: Any) -> functools.partialmethod[Any] | None:
    """Return what a function was made by, if that is a `partialmethod()`."""
    # Since Python 3.13 the attribute has another name.
    found = getattr(function, "__partialmethod__", None)
    found = found or getattr(function, "_partialmethod", None)
    return found if type(found) is functools.partialmethod else None


def is_marked(function: Any) -> bool:
    """Return whether a function may be of another kind than plain; a quick look."""
    code = getattr(function, "__code__", None)
    return id(code) in _marks or type(function) is functools.partial


def marked(function: Any) -> str | None:
    """Return the kind of a function, or `None`."""
    found = find(function)[0]
    return None if found is None else found.kind


def plain(found: Mark, function: Any) -> Any:
    """Return the function that has the body.

    It is asked of the wrapper's closure: `functools.wraps()` sets `__wrapped__` again.
    """
    if not found.wraps:
        return function
    cell = function.__code__.co_freevars.index("function")
    return function.__closure__[cell].cell_contents
