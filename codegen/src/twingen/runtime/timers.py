"""Callbacks at a later moment, each in a thread of its own.

What a callback raises is logged and ends nothing, as in an event loop.
"""

from __future__ import annotations

import contextvars
import logging
import threading
import time
from collections.abc import Callable
from typing import Any


class TimerHandle:
    """A callback that is still to come, and may be cancelled."""

    def __init__(self, when: float, call: Callable[[], object]) -> None:
        self._when = when
        self._call = call
        self._cancelled = threading.Event()
        # Held while the callback runs: once `cancel()` returns it is over, or
        # never begins. It may cancel itself.
        self._running = threading.RLock()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        if not self._cancelled.wait(max(self._when - time.monotonic(), 0)):
            with self._running:
                if not self._cancelled.is_set():
                    self._call()

    def cancel(self) -> None:
        """Keep the callback from being called, if it was not called yet."""
        with self._running:
            self._cancelled.set()

    def cancelled(self) -> bool:
        """Return whether `cancel()` was called."""
        return self._cancelled.is_set()

    def when(self) -> float:
        """Return the moment of the call on the clock of `time.monotonic()`."""
        return self._when


def call_later(
    delay: float,
    callback: Callable[..., object],
    *args: Any,
    context: contextvars.Context | None = None,
) -> TimerHandle:
    """Call back in `delay` seconds."""
    return call_at(time.monotonic() + delay, callback, *args, context=context)


def call_at(
    when: float,
    callback: Callable[..., object],
    *args: Any,
    context: contextvars.Context | None = None,
) -> TimerHandle:
    """Call back at a moment of `time.monotonic()`."""
    chosen = contextvars.copy_context() if context is None else context
    return TimerHandle(when, lambda: chosen.run(call_now, callback, *args))


def call_now(callback: Callable[..., object], *args: Any) -> None:
    """Call back here and now."""
    try:
        callback(*args)
    except Exception:
        logging.getLogger(__name__).exception("exception in callback %r", callback)
