"""What a pipeline owes for the statements that were sent: bases of their owners.

Law: here is what is done for each plain result. The rest, the subclass does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from pgtwin.core.hooks import Observation
    from pgtwin.core.prepared import Kept


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
    _last: PGresult | None = None

    def __init__(self) -> None:
        self._results: list[PGresult] = []
