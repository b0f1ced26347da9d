"""The loop that all threads share that are in no loop of their own, and calls into it.

A call from outside takes the turn of the shared loop, and gives it up when it returns.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable
from typing import Any, TypeVar

from .abstract_event_loop import AbstractEventLoop
from .import_locks import module_locks, note_imports
from .thread_state import Unset, here
from .turn_threads import Participant

T = TypeVar("T")


class _Shared:
    """The shared loop of the process."""

    def __init__(self) -> None:
        self.loop: AbstractEventLoop | None = None
        self.lock = threading.Lock()
        self.all: weakref.WeakSet[AbstractEventLoop] = weakref.WeakSet()
        self.watches_forks = False
        self.make: Callable[[], AbstractEventLoop]
        """Makes a loop; set by the module of its class, which is above this one."""


shared = _Shared()


def shared_loop() -> AbstractEventLoop:
    """Return the loop of all threads that are in no loop of their own."""
    loop = shared.loop
    if loop is None or loop._closed:
        with shared.lock:
            loop = shared.loop
            if loop is None or loop._closed:
                loop = shared.loop = shared.make()
                loop._made_shared()
    return loop


def note(loop: AbstractEventLoop) -> None:
    """Remember a loop, to leave it to the parent where the process forks."""
    shared.all.add(loop)
    if not shared.watches_forks:
        shared.watches_forks = True
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=_forget)


def _forget() -> None:
    """In a forked child: there is one thread, and it is in no loop."""
    shared.loop = None
    shared.lock = threading.Lock()
    for loop in list(shared.all):
        loop._abandon()
    shared.all.clear()
    here.participant = here.spare = here.kept = here.away = None
    here.loop = None
    here.chosen = Unset


class Visit:
    """The turn of the shared loop: `with Visit():`, in a thread that is in no loop.

    A finalizer may run while the thread takes the turn or gives it up. It could wait
    for the turn forever, so it does not: its visit does nothing.
    """

    __slots__ = ("_before", "_loop", "_me")

    def __init__(self) -> None:
        self._me: Participant | None = None

    def __enter__(self) -> AbstractEventLoop:
        before = here.participant
        self._loop = loop = shared_loop()
        if before is not None and before.fiber is None:
            return loop
        me, here.spare = here.spare, None
        if me is None:
            me = Participant()
        self._before = before
        self._me = me
        if module_locks:
            note_imports(loop)
        try:
            here.participant = me
            loop._enter(me)
            here.loop = loop
            return loop
        except BaseException:  # a signal handler's
            here.loop = None
            if loop._turn is me:
                loop._leave(me)
            here.participant = before
            raise

    def __exit__(self, *exc_info: object) -> None:
        loop, me = self._loop, self._me
        if me is None:
            return
        here.loop = None
        try:
            loop._leave(me)
        except BaseException:  # a signal handler's
            if loop._turn is me:
                loop._leave(me)
            here.participant = self._before
            raise
        here.participant = self._before
        here.spare = me

    def leave_if_inside(self) -> None:
        """Leave, if a signal handler raised as `__exit__()` began."""
        me = self._me
        if me is not None and self._loop._turn is me:
            self.__exit__()


def visit(function: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
    """Call a function with the turn of the shared loop, or of a task that is away."""
    if here.away is not None and here.participant is None:
        return here.away.visit(function, *args, **kwargs)  # type: ignore[no-any-return]
    turn = Visit()
    try:
        with turn:
            return function(*args, **kwargs)
    except BaseException:
        turn.leave_if_inside()
        raise


def is_outside(loop: Any) -> bool:
    """Return whether the thread is in no loop, and the loop is the shared one."""
    if here.loop is not None or loop is not shared.loop:
        return False
    participant = here.participant
    return participant is None or participant.fiber is not None


def uses_shared_loop() -> bool:
    """Return whether the thread is in no loop and has chosen none."""
    return here.loop is None and here.participant is None and here.chosen is Unset
