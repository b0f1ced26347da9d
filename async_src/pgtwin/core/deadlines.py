"""Deadlines of operations, and the errors after them.

A deadline is a moment of `time.monotonic()`. It is set once and never changed.
"""

from __future__ import annotations

import time

from psycopg import errors as e


class OperationTimeout(e.OperationalError, TimeoutError):
    """An operation was not done in the time that was given to it.

    The server was told to cancel it. The connection can be used after, or is broken
    if the server did not answer to that either.
    """

    __module__ = "pgtwin"


class ConnectTimeout(OperationTimeout, e.ConnectionTimeout):
    """No server could be reached in the time that was given."""

    __module__ = "pgtwin"


class Deadline:
    """The end of a number of seconds that begin now."""

    __slots__ = ("_when", "seconds")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._when = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left, not less than zero."""
        return max(self._when - time.monotonic(), 0.0)

    def overrun(self) -> OperationTimeout:
        """Return the error for a server that has not answered until now."""
        return OperationTimeout(
            f"no answer in {self.seconds:g} s: the server was told to cancel"
        )
