"""The loop of a thread: that it runs in, or that was chosen for it.

A thread that called no `run()` and has chosen no loop has the shared loop.
"""

from __future__ import annotations

import threading
from typing import Any

from .abstract_event_loop import AbstractEventLoop
from .shared_loop import shared, shared_loop
from .thread_state import Unset, here


def _get_running_loop() -> AbstractEventLoop | None:
    return here.loop


def _set_running_loop(loop: AbstractEventLoop | None) -> None:
    here.loop = loop


def get_running_loop(strict: bool = False) -> AbstractEventLoop:
    """Return the loop that the thread is in; outside of any, the shared loop.

    If it is asked strictly, RuntimeError tells a thread that is in none.
    """
    loop = here.loop
    if loop is None:
        if strict or here.chosen is None:
            raise RuntimeError("no running event loop")
        return shared_loop()
    return loop


def get_event_loop() -> AbstractEventLoop:
    """Return the loop of the thread: that it is in, or was set, or the shared loop."""
    loop = here.loop
    if loop is None:
        return get_event_loop_policy().get_event_loop()
    return loop


def new_event_loop() -> AbstractEventLoop:
    """Return a new loop."""
    return get_event_loop_policy().new_event_loop()


def set_event_loop(loop: AbstractEventLoop | None) -> None:
    """Choose what `get_event_loop()` gives; with `None` the thread has no loop."""
    get_event_loop_policy().set_event_loop(loop)


class AbstractEventLoopPolicy:
    """How loops are made and found."""

    def get_event_loop(self) -> AbstractEventLoop:
        """Return the loop of the thread."""
        raise NotImplementedError

    def set_event_loop(self, loop: AbstractEventLoop | None) -> None:
        """Choose the loop of the thread."""
        raise NotImplementedError

    def new_event_loop(self) -> AbstractEventLoop:
        """Return a new loop."""
        raise NotImplementedError


class DefaultEventLoopPolicy(AbstractEventLoopPolicy):
    """A thread has the loop that was set, else the shared loop."""

    def get_event_loop(self) -> AbstractEventLoop:
        """Return the loop of the thread."""
        chosen: Any = here.chosen
        if chosen is None:
            name = threading.current_thread().name
            raise RuntimeError(f"There is no current event loop in thread {name!r}.")
        return shared_loop() if chosen is Unset else chosen

    def set_event_loop(self, loop: AbstractEventLoop | None) -> None:
        """Choose the loop of the thread."""
        here.chosen = loop

    def new_event_loop(self) -> AbstractEventLoop:
        """Return a new loop."""
        return shared.make()


_policies: list[AbstractEventLoopPolicy] = []


def get_event_loop_policy() -> AbstractEventLoopPolicy:
    """Return the policy in force."""
    if not _policies:
        _policies.append(DefaultEventLoopPolicy())
    return _policies[0]


def set_event_loop_policy(policy: AbstractEventLoopPolicy | None) -> None:
    """Choose a policy; `None` is the default one."""
    _policies[:] = [] if policy is None else [policy]
