"""Functions that a user's thread may call: they take the turn for the call."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from .current import homes
from .marks import find, mark
from .participants import here
from .visits import visit

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

    mark(enter, "coroutine", wraps=True)
    if not hasattr(function, "__wrapped__"):  # its code may be that of many wrappers
        mark(function, "coroutine")
    return enter  # type: ignore[return-value]


def guarded(function: F) -> F:
    """Make a plain function one that any thread may call: it has the turn."""

    @functools.wraps(function)
    def guard(*args: Any, **kwargs: Any) -> Any:
        if here.loop is not None or here.participant is not None or homes.loop is None:
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
        if interrupt is not None:
            raise interrupt


def blocking(function: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
    """Call a function that blocks outside of the runtime, without the turn.

    A cancellation strikes when the function returns, and what it returned is lost. A
    function of a twin waits by itself, and lets others go on.
    """
    loop: Any = here.loop
    participant = here.participant
    if loop is None or participant is None or not loop._may_leave(participant):
        return function(*args, **kwargs)
    if find(function)[0] is not None:
        return function(*args, **kwargs)
    current, loop._current = loop._current, None
    here.loop = None
    loop._leave(participant, stays=True)
    here.participant = None
    try:
        return function(*args, **kwargs)
    finally:
        here.participant = participant
        interrupt = loop._enter_again(participant)
        here.loop = loop
        loop._current = current
        if interrupt is not None:
            raise interrupt
        if current is not None:
            current._strike_if_cancelled()
