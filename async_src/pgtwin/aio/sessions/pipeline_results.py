"""Takes the results of the statements in a pipeline, in the order of sending.

The code that sends a statement is its owner. It receives the results, or is informed
that there will be none. The caller holds the lock of the session.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import capabilities, errors as e, pq

from pgtwin.core.engine.implementation import OwnerState
from pgtwin.core.statements.query_hooks import UNOBSERVED

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from pgtwin.aio.sessions.session import Session
    from pgtwin.core.engine.contract import Kept

# A plain number, as it is compared faster.
TUPLES_OK = int(pq.ExecStatus.TUPLES_OK)


class Owner(OwnerState):
    """Has sent a statement, and checks its results."""

    __slots__ = ()

    def receive(self, results: list[PGresult]) -> None:
        """Take the results of the statement. Raises the server's error."""
        self.done = True
        is_plain = len(results) == 1 and results[0].status == TUPLES_OK
        if is_plain and self._seen is UNOBSERVED:
            return  # nothing is to be said of it
        try:
            self._session.check_results(results)
        except e.Error as error:
            if self._kept is not None:
                self._session.prepared.retire_stale(self._kept.key, results)
            self._seen.end(error)
            raise
        self._seen.note(results)
        self._seen.end()

    def give_up(self, error: BaseException) -> None:
        """Handle that there will be no results; `error` says why."""
        self.done = True
        self._seen.end(error)


class Execution(Owner):
    """Owns a statement of a pipeline for a cursor."""

    __slots__ = ()

    def receive(self, results: list[PGresult]) -> None:
        self.done = True
        kept = self._kept
        cursor = self._cursor
        # The cursor may have executed another query since.
        is_awaited = cursor._pending is self
        if is_awaited and not cursor._closed:
            cursor._pending = None
        if len(results) != 1 or results[0].status != TUPLES_OK:
            super().receive(results)
            kept = None
        elif self._seen is not UNOBSERVED:
            super().receive(results)
        if not is_awaited:
            return
        if (
            kept is not None
            and kept.generation != self._session.adaptation.adapters.generation
        ):
            self._session.adaptation.columns_of(kept, results[0])
        cursor._keep(results, kept)

    def give_up(self, error: BaseException) -> None:
        super().give_up(error)
        if self._cursor._pending is self:
            self._cursor._pending = None


class Preparation(Owner):
    """Has asked for a prepared statement, which is used before it is known to be."""

    def __init__(self, session: Session, kept: Kept) -> None:
        super().__init__(session, None, UNOBSERVED)
        self._asked_for = kept
        self._name = kept.name
        kept.awaited = True

    def receive(self, results: list[PGresult]) -> None:
        try:
            super().receive(results)
        except e.Error:
            self._forget()
            raise
        self._asked_for.awaited = False

    def give_up(self, error: BaseException) -> None:
        super().give_up(error)
        self._forget()
        if capabilities.has_send_close_prepared():
            # Perhaps the server has it: to close what is not there is no error.
            self._session.prepared.retired.append(self._name)

    def _forget(self) -> None:
        self._asked_for.awaited = False
        self._session.prepared.forget(self._asked_for.key, self._name)


class Closing(Owner):
    """Has asked the server to forget a prepared statement."""

    def __init__(self, session: Session, name: bytes) -> None:
        super().__init__(session, None, UNOBSERVED)
        self._name = name

    def receive(self, results: list[PGresult]) -> None:
        try:
            super().receive(results)
        except e.PipelineAborted as error:
            # Not executed; the error before it is the one to raise.
            self.give_up(error)

    def give_up(self, error: BaseException) -> None:
        super().give_up(error)
        self._session.prepared.retire_name(self._name)


class Command(Owner):
    """Keeps the results of a statement of our own."""

    results: list[PGresult]

    def receive(self, results: list[PGresult]) -> None:
        self.results = results
        super().receive(results)
