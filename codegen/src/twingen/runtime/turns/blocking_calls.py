"""Calls for which the thread of a task gives up the turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from .function_kinds import find
from .thread_state import here
from .turn_threads import Participant

T = TypeVar("T")


class BlockingCall:
    """A call that blocks, in a thread that has given up the turn for it.

    What the call calls back of the twins, such as a generator that it reads, takes the
    turn for that: it is in the same task and loop as in the source.
    """

    __slots__ = ("_current", "_loop", "_outer", "_participant")

    def __init__(self, loop: Any, participant: Participant) -> None:
        self._loop = loop
        self._participant = participant

    def begin(self) -> None:
        """Give up the turn."""
        loop = self._loop
        self._outer = here.away
        self._current, loop._current = loop._current, None
        if self._current is not None:
            self._current._is_away = True
        here.loop = None
        loop._leave(self._participant, stays=True)
        here.participant = None
        here.away = self

    def end(self) -> None:
        """Wait for the turn; raise what a signal handler has raised meanwhile."""
        loop = self._loop
        here.away = self._outer
        here.participant = self._participant
        interrupt = loop._enter_again(self._participant)
        here.loop = loop
        loop._current = self._current
        if self._current is not None:
            self._current._come_back()
        if interrupt is not None:
            raise interrupt

    def strike(self) -> None:
        """Raise the cancellation that came meanwhile."""
        if self._current is not None:
            self._current._strike_if_cancelled()

    def visit(self, function: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
        """Call a function with the turn, from within the call that blocks."""
        try:
            self.end()
            return function(*args, **kwargs)
        finally:
            self.begin()


def blocking(function: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
    """Call a function that blocks outside of the runtime, without the turn.

    A cancellation takes effect when the function returns; its result is lost. A
    function of a twin waits by itself, and lets others go on; one that is called back
    has the turn.
    """
    loop: Any = here.loop
    participant = here.participant
    if loop is None or participant is None or not loop._may_leave(participant):
        return function(*args, **kwargs)
    if find(function)[0] is not None:
        return function(*args, **kwargs)
    call = BlockingCall(loop, participant)
    call.begin()
    try:
        return function(*args, **kwargs)
    finally:
        call.end()
        call.strike()
