"""Threads that wait for each other: one for the turn, the other, which has it, for the
first.

A certain deadlock raises an error, and a possible one is logged, with the place and
what to do about it.
"""

from __future__ import annotations

import concurrent.futures
import concurrent.futures.thread
import sys
import threading
import types
from collections.abc import Iterator
from typing import Any

from .log import logger
from .turn_threads import Participant

_REMEDY = (
    "let it wait without the turn: by `await asyncio.to_thread(...)` in a coroutine "
    "function of the source, and in a plain method by a call in the method itself, "
    "not in a function of another module"
)
_JOIN = threading.Thread.join.__code__
_RESULTS = {
    concurrent.futures.Future.result.__code__,
    concurrent.futures.Future.exception.__code__,
}
_WORK: Any = getattr(concurrent.futures.thread, "_WorkItem", None)
_BLOCKING_MODULES = {
    "concurrent.futures._base",
    "concurrent.futures.process",
    "concurrent.futures.thread",
    "queue",
    "threading",
}


class Watch:
    """What a thread that waits for the turn knows of its holder."""

    SECONDS = 1.0
    """How often a thread that waits for the turn looks at its holder."""
    SECONDS_UNTIL_WARNING = 10.0
    """After how long a wait is logged in which no thread seems to go on."""

    def __init__(self, me: Participant) -> None:
        self._me = me
        self._seen: Any = None
        self._seconds = 0.0

    def look(self, holder: Participant | None, raises: bool = True) -> None:
        """Look after some seconds of waiting; RuntimeError if they will never end."""
        frame = None
        if holder is not None and holder is not self._me:
            frame = sys._current_frames().get(holder.ident)
        if frame is None:
            self._seen, self._seconds = None, 0.0
            return
        if raises and self._is_waited_for(frame):
            raise RuntimeError(
                f"{_name(holder)} waits for this thread, in {_place(frame)}, and has "
                f"the turn, for which this thread waits: {_REMEDY}"
            )
        seen = frame, frame.f_lasti
        if self._seen != seen:
            self._seen, self._seconds = seen, 0.0
            return
        before, self._seconds = self._seconds, self._seconds + self.SECONDS
        if before < self.SECONDS_UNTIL_WARNING <= self._seconds:
            logger.warning(
                "%s has had the turn for %d seconds, in %s. If it waits there for the "
                "thread %r, which waits for the turn, neither ever goes on: %s",
                _name(holder),
                self._seconds,
                _place(frame),
                threading.current_thread().name,
                _REMEDY,
            )

    def _is_waited_for(self, frame: types.FrameType) -> bool:
        """Return whether a frame, which blocks, waits for this thread to end."""
        for each in _stack(frame):
            code = each.f_code
            if code is not _JOIN and code not in _RESULTS:
                if each.f_globals.get("__name__") not in _BLOCKING_MODULES:
                    return False
                continue
            values = each.f_locals
            if values.get("timeout") is not None:
                return False
            waited = values.get("self")
            if code is _JOIN:
                return getattr(waited, "ident", None) == self._me.ident
            return waited is not None and any(
                getattr(own.f_locals.get("self"), "future", None) is waited
                for own in _stack(sys._getframe())
                if _WORK is not None and own.f_code is _WORK.run.__code__
            )
        return False


def _stack(frame: types.FrameType | None) -> Iterator[types.FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _name(holder: Participant | None) -> str:
    """Return what to call a thread that has the turn."""
    task = None if holder is None else holder.task
    if task is not None:
        return f"the task {task.get_name()!r}"
    for thread in threading.enumerate():
        if holder is not None and thread.ident == holder.ident:
            return f"the thread {thread.name!r}"
    return "another thread"


def _place(frame: types.FrameType) -> str:
    """Return where a thread is, without the frames of modules that block."""
    for each in _stack(frame):
        if each.f_globals.get("__name__") not in _BLOCKING_MODULES:
            break
    else:
        each = frame
    code = each.f_code
    return f"{code.co_filename}:{each.f_lineno}, {code.co_name}()"
