"""Functions that are called after every statement, and the events that they get.

If a hook raises an error, the error is logged, and everything else continues. No value
of a parameter is in the text of the statement; the server may quote values in an error.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

logger = logging.getLogger("pgtwin")


class QueryEvent(NamedTuple):
    """A statement that was executed, as query hooks get it.

    `query` is its text, with the placeholders. `started` is in seconds since the epoch,
    and `duration` in seconds. `rowcount` is the number of rows that were returned or
    changed, -1 if that is not known. `error` is the exception that it raised.
    """

    query: str
    started: float
    duration: float
    rowcount: int
    error: BaseException | None


QueryEvent.__module__ = "pgtwin"

QueryHook: TypeAlias = Callable[[QueryEvent], None]
"""A function that is called after each statement, with what happened."""


class Observation:
    """Observes one statement; for this one no hook is called.

    It is a block around the statement; if results arrive later, `end()` is called.
    """

    def note(self, results: Sequence[PGresult]) -> None:
        """Count the rows of results that have arrived."""

    def count(self, rows: int) -> None:
        """Count rows, -1 if it is not known how many."""

    def end(self, error: BaseException | None = None) -> None:
        """Call the hooks, once; the end of a block does this."""

    def __enter__(self) -> Observation:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        # A stream that its reader has left is no failure.
        self.end(None if isinstance(exc_val, GeneratorExit) else exc_val)


UNOBSERVED = Observation()


class Observed(Observation):
    """Observes one statement, and calls the hooks when it ends.

    It begins now.
    """

    def __init__(self, hooks: Sequence[QueryHook], query: str) -> None:
        self._hooks = tuple(hooks)
        self._query = query
        self._rowcount = -1
        self._started = time.time()
        self._clock = time.perf_counter()

    def note(self, results: Sequence[PGresult]) -> None:
        for result in results:
            rows = result.command_tuples
            if rows is None:
                rows = result.ntuples or None
            if rows is not None:
                self.count(rows)

    def count(self, rows: int) -> None:
        if rows >= 0:
            self._rowcount = max(self._rowcount, 0) + rows

    def end(self, error: BaseException | None = None) -> None:
        duration = time.perf_counter() - self._clock
        event = QueryEvent(self._query, self._started, duration, self._rowcount, error)
        hooks, self._hooks = self._hooks, ()
        for hook in hooks:
            try:
                hook(event)
            except Exception:
                logger.exception("query hook %r failed", hook)
