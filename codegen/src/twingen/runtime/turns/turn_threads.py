"""The threads that take turns."""

from __future__ import annotations

import _thread
import sys
import threading
from typing import Any

idents: set[int] = set()
"""The threads of tasks that there have been; the system uses their numbers again."""


class Participant:
    """A thread that takes turns: it is parked at `wake` unless it has the turn."""

    __slots__ = (
        "begin",
        "covered_by",
        "creator",
        "fiber",
        "guards",
        "hears_signals",
        "ident",
        "resumed",
        "started",
        "struck",
        "task",
        "thread",
        "thrown",
        "waiting",
        "wake",
    )

    def __init__(self) -> None:
        self.wake = _thread.allocate_lock()
        self.wake.acquire()
        self.task: Any = None
        """The task whose body the thread runs."""
        self.resumed = False
        """The wait of that task is over."""
        self.thrown: BaseException | None = None
        """What the wait raises."""
        self.begin: Any = None
        """The task that a worker is to run when it has the turn."""
        self.creator: Participant | None = None
        """Who started the task eagerly and goes on when it waits or ends."""
        self.fiber: Any = None
        """Set where a coroutine is driven by hand, with `send()`."""
        self.started = False
        """A worker's thread runs."""
        self.ident = 0
        self.thread: threading.Thread | None = None
        """The thread of who runs the loop."""
        self.waiting = False
        """The task waits."""
        self.covered_by: Participant | None = None
        """Who runs a body on top of the wait, where no thread could be started."""
        self.guards = False
        """It has the turn for a plain function, which is in no loop in the source."""
        self.hears_signals = False
        """It is the main thread, which signals are to interrupt."""
        self.struck = False
        """The exception of a signal handler ended its wait."""


def trace_as_told() -> None:
    """In a new thread: do what `threading.settrace()` and `setprofile()` ask for."""
    trace, profile = threading.gettrace(), threading.getprofile()
    if trace is not None:
        sys.settrace(trace)
    if profile is not None:
        sys.setprofile(profile)
