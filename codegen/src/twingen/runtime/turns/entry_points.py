"""Functions that a user's thread may call: they take the turn for the call."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from .function_kinds import mark
from .shared_loop import shared, visit
from .thread_state import here

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


def entry(function: F) -> F:
    """Make a coroutine function of the source one that any thread may call.

    A `StopIteration` that leaves it is a RuntimeError, as in asyncio.
    """

    @functools.wraps(function)
    def enter(*args: Any, **kwargs: Any) -> Any:
        try:
            if here.loop is not None or here.participant is not None:
                return function(*args, **kwargs)
            return visit(function, *args, **kwargs)
        except StopIteration as stop:
            raise RuntimeError("coroutine raised StopIteration") from stop
        finally:
            del args, kwargs  # the frames of an exception would keep them

    mark(enter, "coroutine", wraps=True)
    if not hasattr(function, "__wrapped__"):  # its code may be that of many wrappers
        mark(function, "coroutine")
    return enter  # type: ignore[return-value]


def entry_generator(function: F) -> F:
    """Make a generator, an asynchronous fixture in the source, that has the turn.

    Each of its steps is a visit of its own, as each is run by the loop in the source.
    """

    @functools.wraps(function)
    def steps(*args: Any, **kwargs: Any) -> Iterator[Any]:
        generator = function(*args, **kwargs)
        try:
            while True:
                try:
                    value = _step(next, generator)
                except StopIteration:
                    return
                yield value
        finally:
            _step(generator.close)

    return steps  # type: ignore[return-value]


def _step(method: Callable[..., T], *args: Any) -> T:
    if here.loop is not None or here.participant is not None:
        return method(*args)
    return visit(method, *args)


def guarded(function: F) -> F:
    """Make a plain function one that any thread may call: it has the turn."""

    @functools.wraps(function)
    def guard(*args: Any, **kwargs: Any) -> Any:
        if here.loop is not None or here.participant is not None:
            return function(*args, **kwargs)
        if here.away is not None:  # a library calls it back
            return visit(function, *args, **kwargs)
        if shared.loop is None:
            return function(*args, **kwargs)
        return visit(_guard, function, args, kwargs)

    return guard  # type: ignore[return-value]


def _guard(function: Any, args: Any, kwargs: Any) -> Any:
    me: Any = here.participant
    me.guards = True
    try:
        return function(*args, **kwargs)
    finally:
        me.guards = False


@contextlib.contextmanager
def unguarded() -> Iterator[None]:
    """Give up the turn that a plain function has, for what may run or wait for a loop.

    In the source the function is in no loop.
    """
    loop: Any = here.loop
    me = here.participant
    if loop is None or me is None or not me.guards:
        yield
        return
    current, loop._current = loop._current, None
    if current is not None:
        current._is_away = True
    here.loop = None
    loop._leave(me, stays=True)
    here.participant = None
    me.guards = False
    try:
        yield
    finally:
        here.participant = me
        interrupt = loop._enter_again(me)
        here.loop = loop
        loop._current = current
        me.guards = True
        if current is not None:
            current._come_back()
        if interrupt is not None:
            raise interrupt
