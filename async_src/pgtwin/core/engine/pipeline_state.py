"""The results that a pipeline still has to fetch, and their cursors: base classes.

Here is what is done for each plain result. The rest, the subclass does.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from pgtwin.core.engine.contract import Kept
    from pgtwin.core.statements.query_hooks import Observation


class OwnerState:
    """Of one statement, whose rows go to a cursor if one has executed it."""

    done = False  # whether the results have come, or never will
    _kept: Kept | None = None

    def __init__(self, session: Any, cursor: Any, seen: Observation, /) -> None:
        self._session = session
        self._cursor = cursor
        self._seen = seen


class BatchState:
    """Of one statement that was sent for many sets of parameters.

    The results are kept if it is `_returning` some, else their rows are added up.
    `_expected` is their number, -1 while that is not known.
    """

    done = False
    _returning: bool = False
    _expected: int = -1
    _received: int = 0
    _rowcount: int = 0
    _last: PGresult | None = None  # that `receive()` has taken

    def __init__(self) -> None:
        self._results: list[PGresult] = []

    if TYPE_CHECKING:
        # What the subclass does.

        def under(self, kept: Kept | None) -> None:
            """Note as what the next executions are prepared."""

        def expect(self, number: int) -> None:
            """Learn how many executions there are."""

    @property
    def _tag(self) -> bytes | None:
        """The tag of the last result, `None` if none has come."""
        return None if self._last is None else self._last.command_status or b""


class PipelineState:
    """Of a session in pipeline mode."""

    level = 0  # how many blocks are open
    unseen = 0  # statements sent since the last look at what has come back
    begun = False  # whether something was sent since the last synchronization

    def __init__(self, execution: type[OwnerState], /) -> None:
        self.owners: deque[Any] = deque()  # None: a synchronization
        self._execution = execution

    def owe(self, session: Any, cursor: Any, kept: Kept | None, seen: Any, /) -> None:
        """Note which cursor gets the results of a statement that was sent."""
        owner = self._execution(session, cursor, seen)
        owner._kept = kept
        cursor._pending = owner
        self.owners.append(owner)
        self.unseen += 1
