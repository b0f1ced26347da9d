"""Which statements the server keeps prepared for one session.

Law: a name is used for one statement only, by one client only: behind a pooler such as
PgBouncer, other clients prepare statements in the same session of the server.
"""

from __future__ import annotations

import os
from collections import OrderedDict, deque
from typing import TYPE_CHECKING, TypeAlias

from psycopg import pq

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from pgtwin.core.formats import Loading

# The same text with parameters of other types is another statement.
Key: TypeAlias = tuple[bytes, tuple[int, ...]]

# Texts that are counted on their way to the threshold.
COUNTED = 1000
# Statements that stay prepared unless another number is asked for.
PREPARED_MAX = 100

FATAL_ERROR = pq.ExecStatus.FATAL_ERROR


class Kept:
    """What is known of a statement that was executed, or is prepared."""

    __slots__ = ("executions", "gathered", "generation", "loading", "many", "name")

    def __init__(self) -> None:
        self.name = b""  # once the server has prepared it
        self.executions = 0  # before that
        # How its results are best loaded, and the generation of adapters for which
        # that was judged; None until a result has been seen.
        self.loading: Loading | None = None
        self.generation = -1
        self.many = False  # whether the last result had many rows
        self.gathered = False  # whether these were fetched all at once


class PreparedStatements:
    """Counts executions, names statements and retires those not used for longest.

    `threshold` is the number of plain executions before a statement is prepared
    (`None`: never); `limit` is how many stay prepared (`None`: no limit).
    `retired` holds the names that the server may forget.
    """

    __slots__ = (
        "_counted",
        "_fresh",
        "_kept",
        "_number",
        "_prefix",
        "limit",
        "retired",
        "threshold",
    )

    def __init__(
        self, threshold: int | None = 5, limit: int | None = PREPARED_MAX
    ) -> None:
        self.threshold = threshold
        self.limit = limit
        self.retired: deque[bytes] = deque()
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._counted: OrderedDict[Key, Kept] = OrderedDict()
        self._fresh: list[Key] = []
        self._number = 0
        self._prefix = b"pgtwin_%s_" % os.urandom(6).hex().encode()

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, key: Key) -> Kept | None:
        """Return what is kept of a statement that is prepared."""
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
        return kept

    def find_counted(self, key: Key) -> Kept | None:
        """Return what is kept of a statement that is on its way to be prepared."""
        return self._counted.get(key)

    def due(self, key: Key) -> bool:
        """Tell whether a statement was executed often enough to be prepared."""
        if self.threshold is None or self.limit == 0:
            return False
        kept = self._counted.get(key)
        return (0 if kept is None else kept.executions) >= self.threshold

    def new_name(self) -> bytes:
        """Return a name that no statement has had, of this client or another."""
        self._number += 1
        return b"%s%d" % (self._prefix, self._number)

    def add(self, key: Key, name: bytes, in_transaction: bool) -> Kept:
        """Note that the server has prepared a statement."""
        kept = self._kept[key] = self._counted.pop(key, Kept())
        kept.name = name
        if in_transaction:
            self._fresh.append(key)
        if self.limit is not None:
            while len(self._kept) > max(self.limit, 1):
                self.retired.append(self._kept.popitem(last=False)[1].name)
        return kept

    def count(self, key: Key) -> Kept:
        """Note that a statement was executed without being prepared."""
        kept = self._counted.get(key)
        if kept is None:
            kept = self._counted[key] = Kept()
            if len(self._counted) > COUNTED:
                self._counted.popitem(last=False)
        else:
            self._counted.move_to_end(key)
        kept.executions += 1
        return kept

    def forget(self, key: Key) -> None:
        """Note that the server has not prepared a statement after all."""
        self._kept.pop(key, None)

    def retire(self, key: Key) -> None:
        """Stop using one statement."""
        kept = self._kept.pop(key, None)
        if kept is not None:
            self.retired.append(kept.name)

    def note(self, tag: bytes) -> None:
        """Draw the consequences of a command that the server has completed.

        Of a changed or dropped object no plan may be left; a rolled back transaction
        may have made the objects for which a statement was prepared in it.
        """
        if tag in (b"DISCARD ALL", b"DEALLOCATE ALL"):
            self._kept.clear()
            self._counted.clear()
            self._fresh.clear()
            self.retired.clear()
        elif tag.startswith((b"DROP ", b"ALTER ")):
            self.retired.extend(kept.name for kept in self._kept.values())
            self._kept.clear()
            self._fresh.clear()
        elif tag == b"ROLLBACK":
            for key in self._fresh:
                self.retire(key)
            self._fresh.clear()
        elif tag == b"COMMIT":
            self._fresh.clear()


def is_stale(results: list[PGresult]) -> bool:
    """Tell whether the server no longer has a statement as it was prepared."""
    # Another session changed a table, or a pooler gave us another server.
    if not results or results[-1].status != FATAL_ERROR:
        return False
    result = results[-1]
    state = result.error_field(pq.DiagnosticField.SQLSTATE)
    if state == b"26000":
        return True
    routine = result.error_field(pq.DiagnosticField.SOURCE_FUNCTION)
    return state == b"0A000" and routine == b"RevalidateCachedQuery"
