"""The loop of a thread, and the home loop of threads that called no `run()`."""

from __future__ import annotations

import os
import threading
import weakref
from typing import TYPE_CHECKING, Any

from .participants import Unset, here

if TYPE_CHECKING:
    from .event_loop import EventLoop


class _Homes:
    """The home loop of the process."""

    def __init__(self) -> None:
        self.loop: EventLoop | None = None
        self.lock = threading.Lock()
        self.all: weakref.WeakSet[EventLoop] = weakref.WeakSet()
        self.watches_forks = False


homes = _Homes()


def home() -> EventLoop:
    """Return the loop of all threads that are in no loop of their own."""
    loop = homes.loop
    if loop is None or loop._closed:
        with homes.lock:
            loop = homes.loop
            if loop is None or loop._closed:
                loop = homes.loop = _make()
                loop._made_home()
    return loop


def _make() -> EventLoop:
    # Imported when there is to be a loop: its module imports this one.
    from .event_loop import EventLoop

    return EventLoop()


def note(loop: EventLoop) -> None:
    """Remember a loop, to leave it to the parent where the process forks."""
    homes.all.add(loop)
    if not homes.watches_forks:
        homes.watches_forks = True
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=_forget)


def _forget() -> None:
    """In a forked child: there is one thread, and it is in no loop."""
    homes.loop = None
    homes.lock = threading.Lock()
    for loop in list(homes.all):
        loop._abandon()
    homes.all.clear()
    here.participant = here.spare = here.kept = here.away = None
    here.loop = None
    here.chosen = Unset


def _get_running_loop() -> EventLoop | None:
    return here.loop  # type: ignore[return-value]


def _set_running_loop(loop: EventLoop | None) -> None:
    here.loop = loop


def get_running_loop(strict: bool = False) -> EventLoop:
    """Return the loop that the thread is in; outside of any, the home loop.

    If it is asked strictly, RuntimeError tells a thread that is in none.
    """
    loop = here.loop
    if loop is None:
        if strict or here.chosen is None:
            raise RuntimeError("no running event loop")
        return home()
    return loop  # type: ignore[return-value]


def get_event_loop() -> EventLoop:
    """Return the loop of the thread: that it is in, or was set, or the home loop."""
    loop = here.loop
    if loop is None:
        return get_event_loop_policy().get_event_loop()
    return loop  # type: ignore[return-value]


def new_event_loop() -> EventLoop:
    """Return a new loop."""
    return get_event_loop_policy().new_event_loop()


def set_event_loop(loop: EventLoop | None) -> None:
    """Choose what `get_event_loop()` gives; with `None` the thread has no loop."""
    get_event_loop_policy().set_event_loop(loop)


class AbstractEventLoopPolicy:
    """How loops are made and found."""

    def get_event_loop(self) -> EventLoop:
        """Return the loop of the thread."""
        raise NotImplementedError

    def set_event_loop(self, loop: EventLoop | None) -> None:
        """Choose the loop of the thread."""
        raise NotImplementedError

    def new_event_loop(self) -> EventLoop:
        """Return a new loop."""
        raise NotImplementedError


class DefaultEventLoopPolicy(AbstractEventLoopPolicy):
    """A thread has the loop that was set, else the home loop."""

    def get_event_loop(self) -> EventLoop:
        """Return the loop of the thread."""
        chosen: Any = here.chosen
        if chosen is None:
            name = threading.current_thread().name
            raise RuntimeError(f"There is no current event loop in thread {name!r}.")
        return home() if chosen is Unset else chosen

    def set_event_loop(self, loop: EventLoop | None) -> None:
        """Choose the loop of the thread."""
        here.chosen = loop

    def new_event_loop(self) -> EventLoop:
        """Return a new loop."""
        return _make()


_policies: list[AbstractEventLoopPolicy] = []


def get_event_loop_policy() -> AbstractEventLoopPolicy:
    """Return the policy in force."""
    if not _policies:
        _policies.append(DefaultEventLoopPolicy())
    return _policies[0]


def set_event_loop_policy(policy: AbstractEventLoopPolicy | None) -> None:
    """Choose a policy; `None` is the default one."""
    _policies[:] = [] if policy is None else [policy]
