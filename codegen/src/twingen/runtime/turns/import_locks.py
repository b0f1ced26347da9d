"""Tasks that import a module whose import waits for them.

In asyncio's one thread they get the module as far as it is. Other threads wait until
Python has imported it, and here that would never be. Python gives the unfinished module
to a thread, too, where it sees that threads wait for each other forever; so it is told
that a thread which imports a module, and is in a loop meanwhile, waits for the tasks of
the loop.
"""

from __future__ import annotations

import _thread
import sys
from typing import Any

from .thread_state import here

# Private, but the same since Python 3.3; without them nothing is told.
_importing: Any = sys.modules.get("_frozen_importlib")
module_locks: dict[str, Any] = getattr(_importing, "_module_locks", {})
"""References to the locks of the modules that are imported now."""
_KEEPS_LISTS = hasattr(_importing, "_has_deadlocked")
"""A thread has a list of what it waits for; since Python 3.12."""


class Waiting:
    """In place of a lock: what a thread waits for that imports modules."""

    def __init__(self) -> None:
        self._ident = _thread.get_ident()
        self._loops: dict[Any, Any] = {}
        """By the references to the modules' locks: the loop that the thread is in."""
        self.told: Any = None

    @property
    def owner(self) -> int | None:
        """The thread that asks, if it is one of a task that the import waits for."""
        me = _thread.get_ident()
        asked = _importing._blocking_on.get(me)
        if _KEEPS_LISTS and asked:
            asked = asked[-1]
        if not asked or asked.owner != self._ident or here.loop is None:
            return None
        for reference, loop in list(self._loops.items()):
            if reference() is asked and loop is here.loop:
                return me
        return None

    def note(self, loop: Any) -> bool:
        """Remember what the thread imports; tell whether that is anything."""
        for reference in list(module_locks.values()):
            lock = reference()
            if lock is not None and lock.owner == self._ident:
                self._loops[reference] = loop
        self._loops = {each: at for each, at in self._loops.items() if each()}
        return bool(self._loops)

    def tell(self) -> None:
        """Tell Python, unless it knows."""
        waiting = _importing._blocking_on
        if _KEEPS_LISTS:
            if self.told is None or waiting.get(self._ident) is not self.told:
                self.told = waiting.setdefault(self._ident, _List())
                self.told.append(self)
            return
        if not isinstance(waiting, _Told):
            waiting = _importing._blocking_on = _Told(waiting)
        waiting.told[self._ident] = self


class _List(list[Any]):
    """A list that can be referred to weakly."""

    __slots__ = ("__weakref__",)


class _Told(dict[int, Any]):
    """What threads wait for: a module's lock, or else what Python was told."""

    def __init__(self, before: dict[int, Any]) -> None:
        super().__init__(before)
        self.told: dict[int, Waiting] = {}

    def get(self, key: int, default: Any = None) -> Any:
        return super().get(key) or self.told.get(key, default)

    def __delitem__(self, key: int) -> None:
        self.pop(key, None)  # it may be from before this was there


def note_imports(loop: Any) -> None:
    """Note what this thread imports while it is in a loop."""
    if not hasattr(_importing, "_blocking_on"):
        return
    waiting = here.importing
    if waiting is None:
        waiting = Waiting()
    if waiting.note(loop):
        here.importing = waiting
        waiting.tell()
