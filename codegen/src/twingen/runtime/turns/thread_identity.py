"""Which thread the code of a task believes that it runs in.

In asyncio all tasks of a loop run in the thread that runs the loop. Here each has a
thread of its own, and these functions answer as if they all ran in one: the thread that
runs the loop, and for the loop of the process the main thread.
"""

from __future__ import annotations

import threading
import weakref
from typing import Any

from .thread_state import here
from .turn_threads import idents


def current_thread() -> threading.Thread:
    """Return the thread that runs the loop of a task, elsewhere the current one."""
    participant = here.participant
    loop: Any = here.loop
    if loop is None or participant is None or not participant.started:
        return threading.current_thread()
    owner = loop._owner
    runner = owner.thread if owner is not None else None
    return runner if runner is not None else threading.main_thread()


def get_ident() -> int:
    """Return the identifier of the thread that `current_thread()` tells."""
    ident = current_thread().ident
    assert ident is not None
    return ident


def get_native_id() -> int:
    """Return the system's number of the thread that `current_thread()` tells."""
    number = current_thread().native_id
    assert number is not None
    return number


def enumerate() -> list[threading.Thread]:  # noqa: A001
    """Return the threads there are, but for those that tasks are given."""
    return [
        each
        for each in threading.enumerate()
        if not (isinstance(each, threading._DummyThread) and each.ident in idents)
    ]


def active_count() -> int:
    """Return how many threads there are, but for those that tasks are given."""
    return len(enumerate())


class local:
    """Values for each thread, as `threading.local` has; tasks of a loop share them.

    Subclasses may define `__init__`, which is called again in each thread.
    """

    __slots__ = ("__dict__", "_arguments", "_values")

    def __new__(cls, /, *args: Any, **kwargs: Any) -> local:
        """Make an object that has no values yet."""
        if (args or kwargs) and cls.__init__ is object.__init__:
            raise TypeError("Initialization arguments are not supported")
        self = object.__new__(cls)
        values: Any = weakref.WeakKeyDictionary()
        object.__setattr__(self, "_arguments", (args, kwargs))
        object.__setattr__(self, "_values", values)
        values[current_thread()] = {}
        return self

    def __getattribute__(self, name: str) -> Any:
        _choose(self)
        return object.__getattribute__(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        _choose(self)
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        _choose(self)
        object.__delattr__(self, name)


_choosing = threading.RLock()


def _choose(values_of: local) -> None:
    """Give an object the values of the thread."""
    get = object.__getattribute__
    with _choosing:
        values, thread = get(values_of, "_values"), current_thread()
        own = values.get(thread)
        is_new = own is None
        if is_new:
            own = values[thread] = {}
        object.__setattr__(values_of, "__dict__", own)
        if is_new:
            args, kwargs = get(values_of, "_arguments")
            type(values_of).__init__(values_of, *args, **kwargs)


class RLock:
    """A lock that its owner can acquire again; all tasks of a loop are one owner."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner: threading.Thread | None = None
        self._count = 0

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Acquire the lock, waiting for at most `timeout` seconds."""
        me = current_thread()
        if self._owner is me:
            self._count += 1
            return True
        if not self._lock.acquire(blocking, timeout):
            return False
        self._owner, self._count = me, 1
        return True

    def release(self) -> None:
        """Release the lock; RuntimeError for who does not own it."""
        if self._owner is not current_thread():
            raise RuntimeError("cannot release un-acquired lock")
        self._count -= 1
        if not self._count:
            self._owner = None
            self._lock.release()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *exc_info: object) -> None:
        self.release()
