"""Ctrl-C while the main thread passes the turn on.

Python raises `KeyboardInterrupt` between any two instructions of the main thread.
Between those that pass the turn on the turn would be lost, so the exception is kept
back there: it interrupts the wait, as it would interrupt a call that blocks.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable


class Deferral:
    """A section of the main thread that keeps Ctrl-C back; a second one interrupts."""

    __slots__ = ("_strike", "interruptible", "pending")

    def __init__(self, strike: Callable[[Deferral], object] | None) -> None:
        self._strike = strike
        self.pending = False
        """It is still to be raised."""
        self.interruptible = False
        """The section is at a place where it may be raised."""

    def _handle(self, signum: int, frame: object) -> None:
        if self.pending or self.interruptible:
            raise KeyboardInterrupt
        self.pending = True
        if self._strike is not None:
            self._strike(self)

    def end(self) -> bool:
        """End the section; tell whether Ctrl-C is to be raised."""
        signal.signal(signal.SIGINT, signal.default_int_handler)
        return self.pending


def defer(strike: Callable[[Deferral], object] | None = None) -> Deferral | None:
    """Begin a section, if this is the main thread and Ctrl-C does what it usually does.

    `strike` is called when Ctrl-C was pressed, by the signal handler.
    """
    if threading.get_ident() != threading.main_thread().ident:
        return None
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return None
    deferral = Deferral(strike)
    try:
        signal.signal(signal.SIGINT, deferral._handle)
    except ValueError:  # a subinterpreter's main thread
        return None
    return deferral
