"""What a loop has to call: callbacks that are ready, timers and descriptors."""

from __future__ import annotations

import contextlib
import contextvars
import heapq
import os
import selectors
import socket
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from .abstract_event_loop import AbstractEventLoop, ExceptionHandler
from .contexts import run_in
from .dynamic_calls import later
from .handles import Handle, TimerHandle
from .log import logger
from .turn_threads import Participant

MOST_SECONDS = 24 * 3600
"""How long one call of select() may take."""

# Cancelled timers are dropped when they are more than this many and more than half.
MANY_TIMERS = 100


def is_debug_mode() -> bool:
    """Return whether Python was asked for the debug mode of loops."""
    if sys.flags.dev_mode:
        return True
    return not sys.flags.ignore_environment and bool(
        os.environ.get("PYTHONASYNCIODEBUG")
    )


class Scheduling(AbstractEventLoop):
    """The ready queue, the timers and the watched descriptors of a loop."""

    def __init__(self) -> None:
        self._ready: deque[Handle] = deque()
        self._todo = 0
        """How many of them belong to the present round."""
        self._polled = False
        """A round was begun since the loop runs."""
        self._scheduled: list[TimerHandle] = []
        self._timers_cancelled = 0
        self._stopping = False
        self._closed = False
        self._debug = is_debug_mode()
        self.slow_callback_duration = 0.1
        self._exception_handler: ExceptionHandler | None = None
        self._clock_resolution = time.get_clock_info("monotonic").resolution
        self._watched = 0
        self._changed = False
        """A timer or descriptor was added, of which a sleeper may not know."""
        self._signalled = False
        self._selector: selectors.BaseSelector = self._make_selector()
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._wake_reader.setblocking(False)
        self._wake_writer.setblocking(False)
        self._selector.register(self._wake_reader, selectors.EVENT_READ, None)

    def _make_selector(self) -> selectors.BaseSelector:
        return selectors.DefaultSelector()

    def time(self) -> float:
        """Return the time by the loop's clock, in seconds."""
        return time.monotonic()

    def get_debug(self) -> bool:
        """Return whether the loop is in debug mode."""
        return self._debug

    def set_debug(self, enabled: bool) -> None:
        """Choose the mode: where futures are created is kept, and shown."""
        self._debug = enabled

    def is_closed(self) -> bool:
        """Return whether the loop was closed."""
        return self._closed

    def _check_closed(self) -> None:
        if self._closed:
            raise RuntimeError("Event loop is closed")

    # Callbacks.

    def call_soon(
        self,
        callback: Callable[..., object],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> Handle:
        """Call a function in the next round."""
        if self._closed:
            self._check_closed()
        handle = Handle(callback, args, self, context)
        self._ready.append(handle)
        self._added()
        return handle

    def call_soon_threadsafe(
        self,
        callback: Callable[..., object],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> Handle:
        """Like `call_soon()`, from any thread and from a signal handler."""
        self._check_closed()
        handle = Handle(callback, args, self, context)
        self._ready.append(handle)
        self._nudge()
        return handle

    def call_later(
        self,
        delay: float,
        callback: Callable[..., object],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> TimerHandle:
        """Call a function after some seconds."""
        if delay is None:
            raise TypeError("delay must not be None")
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> TimerHandle:
        """Call a function at a time of the loop's clock."""
        if when is None:
            raise TypeError("when cannot be None")
        self._check_closed()
        handle = TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._scheduled, handle)
        handle._scheduled = True
        self._changed = True
        self._added()
        return handle

    def _call_marked(self, callback: Callable[..., object], *args: Any) -> object:
        return later(callback, *args)

    def _timer_cancelled(self, handle: TimerHandle) -> None:
        if handle._scheduled:
            self._timers_cancelled += 1

    def _added(self) -> None:
        """Note that a thread that may not have the turn added a callback."""

    def _nudge(self) -> None:
        """See to it that a thread runs what was added from outside."""
        raise NotImplementedError

    def _wake(self) -> None:
        """End the sleep in select()."""
        with contextlib.suppress(OSError):  # full, so it ends anyway; or closed
            self._wake_writer.send(b"\0")

    # Exceptions that nobody else gets.

    def set_exception_handler(self, handler: ExceptionHandler | None) -> None:
        """Set the handler of exceptions; `None` logs them."""
        if handler is not None and not callable(handler):
            raise TypeError(f"A callable object or None is expected, got {handler!r}")
        self._exception_handler = handler

    def get_exception_handler(self) -> ExceptionHandler | None:
        """Return what `set_exception_handler()` was given."""
        return self._exception_handler

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Report an exception in a callback, or one that nobody retrieved."""
        handler = self._exception_handler
        if handler is None:
            self._log(context, "Exception in default exception handler")
            return
        try:
            scope = None
            for key in ("task", "future", "handle"):
                about = context.get(key)
                if about is not None and hasattr(about, "get_context"):
                    scope = about.get_context()
                    break
            if isinstance(scope, contextvars.Context):
                run_in(scope, handler, self, context)
            else:
                handler(self, context)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            self._log(
                {
                    "message": "Unhandled error in exception handler",
                    "exception": error,
                    "context": context,
                },
                "Exception in default exception handler while handling an "
                "unexpected error in custom exception handler",
            )

    def _log(self, context: dict[str, Any], otherwise: str) -> None:
        try:
            self.default_exception_handler(context)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException:
            logger.error(otherwise, exc_info=True)

    def default_exception_handler(self, context: dict[str, Any]) -> None:
        """Log an exception."""
        lines = [context.get("message") or "Unhandled exception in event loop"]
        error = context.get("exception")
        for key in sorted(context):
            if key in ("message", "exception"):
                continue
            value = context[key]
            if key in ("source_traceback", "handle_traceback"):
                stack = "".join(traceback.format_list(value)).rstrip()
                what = "Object" if key == "source_traceback" else "Handle"
                lines.append(f"{what} created at (most recent call last):\n{stack}")
            else:
                lines.append(f"{key}: {value!r}")
        info = (type(error), error, error.__traceback__) if error is not None else False
        logger.error("\n".join(lines), exc_info=info)

    # Descriptors.

    def _watch(
        self,
        fd: Any,
        event: int,
        callback: Callable[..., object],
        args: tuple[Any, ...],
    ) -> Handle:
        self._check_closed()
        handle = Handle(callback, args, self)
        try:
            key = self._selector.get_key(fd)
        except KeyError:
            self._selector.register(fd, event, {event: handle})
            self._watched += 1
        else:
            old = key.data.get(event)
            self._selector.modify(fd, key.events | event, {**key.data, event: handle})
            if old is not None:
                old.cancel()
        self._changed = True
        self._added()
        return handle

    def _unwatch(self, fd: Any, event: int) -> bool:
        if self._closed:
            return False
        try:
            key = self._selector.get_key(fd)
        except KeyError:
            return False
        handle = key.data.get(event)
        if handle is None:
            return False
        rest = {each: kept for each, kept in key.data.items() if each != event}
        if rest:
            self._selector.modify(fd, key.events & ~event, rest)
        else:
            self._selector.unregister(fd)
            self._watched -= 1
        handle.cancel()
        return True

    def add_reader(self, fd: Any, callback: Callable[..., object], *args: Any) -> None:
        """Call a function whenever a descriptor can be read."""
        self._watch(fd, selectors.EVENT_READ, callback, args)

    def remove_reader(self, fd: Any) -> bool:
        """Stop watching a descriptor for reading."""
        return self._unwatch(fd, selectors.EVENT_READ)

    def add_writer(self, fd: Any, callback: Callable[..., object], *args: Any) -> None:
        """Call a function whenever a descriptor can be written."""
        self._watch(fd, selectors.EVENT_WRITE, callback, args)

    def remove_writer(self, fd: Any) -> bool:
        """Stop watching a descriptor for writing."""
        return self._unwatch(fd, selectors.EVENT_WRITE)

    # Rounds.

    def _poll(self, me: Participant, sleep: bool = True) -> None:
        """Begin a round: find what has become ready, and sleep if nothing has."""
        self._drop_cancelled_timers()
        self._polled = True
        if sleep:
            for key, mask in self._select(me, self._timeout()):
                self._take(key, mask)
        scheduled = self._scheduled
        if scheduled:
            end = self.time() + self._clock_resolution
            while scheduled and scheduled[0]._when < end:
                handle = heapq.heappop(scheduled)
                handle._scheduled = False
                self._ready.append(handle)
        self._todo = len(self._ready)

    def _timeout(self) -> float | None:
        if self._ready or self._stopping:
            return 0
        if self._scheduled:
            left = self._scheduled[0]._when - self.time()
            return min(max(0, left), MOST_SECONDS)
        return None

    def _select(
        self, me: Participant, timeout: float | None
    ) -> Iterable[tuple[selectors.SelectorKey, int]]:
        raise NotImplementedError

    def _take(self, key: selectors.SelectorKey, mask: int) -> None:
        if key.data is None:
            try:
                while data := self._wake_reader.recv(4096):
                    if any(data):
                        self._signalled = True
            except OSError:
                pass
            return
        for event in (selectors.EVENT_READ, selectors.EVENT_WRITE):
            handle = key.data.get(event) if mask & event else None
            if handle is not None and not handle._cancelled:
                self._ready.append(handle)

    def _drop_cancelled_timers(self) -> None:
        scheduled = self._scheduled
        if (
            len(scheduled) > MANY_TIMERS
            and self._timers_cancelled / len(scheduled) > 0.5
        ):
            for handle in scheduled:
                if handle._cancelled:
                    handle._scheduled = False
            scheduled = [each for each in scheduled if not each._cancelled]
            heapq.heapify(scheduled)
            self._scheduled = scheduled
            self._timers_cancelled = 0
        while scheduled and scheduled[0]._cancelled:
            self._timers_cancelled -= 1
            heapq.heappop(scheduled)._scheduled = False

    def _close_selector(self) -> None:
        self._selector.close()
        self._wake_reader.close()
        self._wake_writer.close()
