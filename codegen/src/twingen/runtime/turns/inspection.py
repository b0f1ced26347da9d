"""What something is: a coroutine, an awaitable, a coroutine function."""

from __future__ import annotations

import collections.abc
import functools
import inspect
import types
from typing import Any

from .coroutines import CLOSED, Coroutine
from .function_kinds import find, mark, partial_method
from .generators import Generator
from .user_functions import is_generator_of_user, is_of_user

_is_coroutine: Any = object()
"""What old code marks functions with, as their attribute of this name."""


def iscoroutine(x: Any) -> bool:
    """Return whether an object is a coroutine."""
    return isinstance(x, (Coroutine, types.CoroutineType, collections.abc.Coroutine))


def isawaitable(x: Any) -> bool:
    """Return whether an object can be waited for."""
    if isinstance(x, types.GeneratorType):
        return bool(x.gi_code.co_flags & inspect.CO_ITERABLE_COROUTINE)
    return isinstance(x, (Coroutine, collections.abc.Awaitable))


def _unwrapped(function: Any) -> Any:
    while True:
        if isinstance(function, types.MethodType):
            function = function.__func__
        elif isinstance(function, functools.partial):
            function = function.func
        elif (made := partial_method(function)) is not None:
            function = made.func
        else:
            return function


def iscoroutinefunction(function: Any) -> bool:
    """Return whether a call of a function gave a coroutine in the source.

    A plain function of a user stands for the coroutine function that a user of the
    source would have given.
    """
    return was_coroutine_function(function) or (
        is_of_user(inner := _unwrapped(function))
        and not inspect.isgeneratorfunction(inner)
        and not inspect.isasyncgenfunction(inner)
    )


def was_coroutine_function(function: Any) -> bool:
    """Return whether a function is known to have been one; no user's plain one is."""
    function = _unwrapped(function)
    if isinstance(function, types.FunctionType):
        found = find(function)[0]
        if found is not None:
            return found.kind in ("coroutine", "coroutine_maker", "operator")
    if getattr(function, "_is_coroutine", None) is _is_coroutine:
        return True
    return inspect.iscoroutinefunction(function)


def isasyncgenfunction(function: Any) -> bool:
    """Return whether a function was an asynchronous generator function.

    A plain generator function of a user stands for one.
    """
    function = _unwrapped(function)
    if isinstance(function, types.FunctionType):
        found = find(function)[0]
        if found is not None:
            return found.kind == "generator"
    return inspect.isasyncgenfunction(function) or (
        is_of_user(function) and inspect.isgeneratorfunction(function)
    )


def isasyncgen(x: Any) -> bool:
    """Return whether an object was an asynchronous generator in the source.

    A plain generator of a user stands for one.
    """
    return isinstance(x, (Generator, types.AsyncGeneratorType)) or (
        isinstance(x, types.GeneratorType) and is_generator_of_user(x)
    )


def markcoroutinefunction(function: Any) -> Any:
    """Say that a call of a function gives a coroutine."""
    inner = _unwrapped(function)
    if find(inner)[0] is None:
        mark(inner, "coroutine_maker")
    return function


def getcoroutinestate(coroutine: Any) -> str:
    """Return how far a coroutine is."""
    if isinstance(coroutine, Coroutine):
        fiber = coroutine._fiber
        if coroutine._state is not CLOSED and fiber is not None and not fiber.running:
            return "CORO_SUSPENDED"
        return coroutine._state
    return inspect.getcoroutinestate(coroutine)


def getcoroutinelocals(coroutine: Any) -> dict[str, Any]:
    """Return the local variables of a coroutine's body."""
    if isinstance(coroutine, Coroutine):
        frame = coroutine.cr_frame
        return {} if frame is None else dict(frame.f_locals)
    return inspect.getcoroutinelocals(coroutine)
