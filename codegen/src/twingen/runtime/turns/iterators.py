"""Ends of iterations: StopAsyncIteration for who awaits, StopIteration for `for`.

A `StopIteration` that leaves a coroutine function is a RuntimeError, as in asyncio.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from .dynamic_calls import awaited, returns_awaitable
from .entry_points import entry
from .shared_loop import visit
from .thread_state import here

F = TypeVar("F", bound=Callable[..., Any])

_MISSING: Any = object()


def next_method(function: F) -> F:
    """Make `__next__` of a method that was `__anext__` in the source."""
    return _ending(entry(function))


def plain_next_method(function: F) -> F:
    """Make `__next__` of a plain `__anext__`, which returned an awaitable."""
    return _ending(returns_awaitable(function))


def decorated_next_method(function: F) -> F:
    """Make `__next__` of an `__anext__` with its decorators, which await it."""

    @functools.wraps(function)
    def wait(self: Any) -> Any:
        if here.loop is not None or here.participant is not None:
            return awaited(function, self)
        return visit(awaited, function, self)

    return _ending(wait)  # type: ignore[return-value]


def _ending(body: F) -> F:
    @functools.wraps(body)
    def step(self: Any) -> Any:
        try:
            return body(self)
        except StopAsyncIteration as end:
            raise StopIteration(*end.args) from None
        except StopIteration as error:
            raise RuntimeError("coroutine raised StopIteration") from error

    return step  # type: ignore[return-value]


def aiter(iterable: Any) -> Any:  # noqa: A001
    """Return the iterator of what can be iterated over asynchronously."""
    kind = type(iterable)
    for name in ("__aiter__", "__iter__"):
        if hasattr(kind, name):
            return getattr(kind, name)(iterable)
    raise TypeError(f"{kind.__name__!r} object is not an async iterable")


@entry
def anext(iterator: Any, default: Any = _MISSING) -> Any:  # noqa: A001
    """Wait for the next value of an iterator; StopAsyncIteration when nothing is left.

    With a default, that is returned then.
    """
    kind = type(iterator)
    try:
        if hasattr(iterator, "__next__"):
            return _stepped(iterator.__next__)
        if not hasattr(kind, "__anext__"):
            raise TypeError(f"{kind.__name__!r} object is not an async iterator")
        return awaited(iterator.__anext__)
    except StopAsyncIteration:
        if default is _MISSING:
            raise
        return default


@entry
def asend(generator: Any, value: Any) -> Any:
    """Let a generator go on with a value; return what it yields next."""
    return _stepped(generator.send, value)


@entry
def athrow(generator: Any, *error: Any) -> Any:
    """Raise an exception in a generator; return what it yields next."""
    return _stepped(generator.throw, *error)


def _stepped(method: Callable[..., Any], *args: Any) -> Any:
    try:
        return awaited(method, *args)
    except StopIteration as end:
        raise StopAsyncIteration(*end.args) from None
