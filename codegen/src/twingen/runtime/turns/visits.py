"""Taking the turn of the home loop for a call from outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from .current import home, homes
from .participants import Participant, Unset, here

if TYPE_CHECKING:
    from .event_loop import EventLoop

T = TypeVar("T")


class Visit:
    """The turn of the home loop: `with Visit():`, in a thread that is in no loop."""

    __slots__ = ("_before", "_loop", "_me")

    def __enter__(self) -> EventLoop:
        self._loop = loop = home()
        self._before = here.participant
        me, here.spare = here.spare, None
        if me is None:
            me = Participant()
        self._me = me
        try:
            loop._enter(me)
            here.participant = me
            here.loop = loop
            return loop
        except BaseException:  # a signal handler's
            here.loop = None
            here.participant = self._before
            if loop._turn is me:
                loop._leave(me)
            raise

    def __exit__(self, *exc_info: object) -> None:
        here.loop = None
        here.participant = self._before
        loop, me = self._loop, self._me
        try:
            loop._leave(me)
        except BaseException:  # a signal handler's
            if loop._turn is me:
                loop._leave(me)
            raise
        here.spare = me


def visit(function: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
    """Call a function with the turn of the home loop."""
    with Visit():
        return function(*args, **kwargs)


def is_outside(loop: Any) -> bool:
    """Tell whether the thread is in no loop, and the loop given is the home loop."""
    return here.loop is None and loop is homes.loop and loop is not None


def is_at_home() -> bool:
    """Tell whether the thread is in no loop and has chosen none."""
    return here.loop is None and here.participant is None and here.chosen is Unset
