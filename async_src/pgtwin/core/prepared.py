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

# The same text with parameters of other types is another statement.
Key: TypeAlias = tuple[bytes, tuple[int, ...]]

# Texts that are counted on their way to the threshold.
COUNTED = 1000

FATAL_ERROR = pq.ExecStatus.FATAL_ERROR


class PreparedStatements:
    """Counts executions, names statements and retires those not used for longest.

    `threshold` is the number of plain executions before a statement is prepared
    (`None`: never); `limit` is how many stay prepared (`None`: no limit).
    `retired` holds the names that the server may forget.
    """

    __slots__ = (
        "_counts",
        "_fresh",
        "_names",
        "_number",
        "_prefix",
        "limit",
        "retired",
        "threshold",
    )

    def __init__(self, threshold: int | None = 5, limit: int | None = 100) -> None:
        self.threshold = threshold
        self.limit = limit
        self.retired: deque[bytes] = deque()
        self._names: OrderedDict[Key, bytes] = OrderedDict()
        self._counts: OrderedDict[Key, int] = OrderedDict()
        self._fresh: list[Key] = []
        self._number = 0
        self._prefix = b"pgtwin_%s_" % os.urandom(6).hex().encode()

    def __len__(self) -> int:
        return len(self._names)

    def find(self, key: Key) -> bytes | None:
        """Return the name under which a statement is prepared, if it is."""
        name = self._names.get(key)
        if name is not None:
            self._names.move_to_end(key)
        return name

    def due(self, key: Key) -> bool:
        """Tell whether a statement was executed often enough to be prepared."""
        if self.threshold is None or self.limit == 0:
            return False
        return self._counts.get(key, 0) >= self.threshold

    def new_name(self) -> bytes:
        """Return a name that no statement has had, of this client or another."""
        self._number += 1
        return b"%s%d" % (self._prefix, self._number)

    def add(self, key: Key, name: bytes, in_transaction: bool) -> None:
        """Note that the server has prepared a statement."""
        self._counts.pop(key, None)
        self._names[key] = name
        if in_transaction:
            self._fresh.append(key)
        if self.limit is not None:
            while len(self._names) > max(self.limit, 1):
                self.retired.append(self._names.popitem(last=False)[1])

    def count(self, key: Key) -> None:
        """Note that a statement was executed without being prepared."""
        self._counts[key] = self._counts.get(key, 0) + 1
        self._counts.move_to_end(key)
        if len(self._counts) > COUNTED:
            self._counts.popitem(last=False)

    def forget(self, key: Key) -> None:
        """Note that the server has not prepared a statement after all."""
        self._names.pop(key, None)

    def retire(self, key: Key) -> None:
        """Stop using one statement."""
        name = self._names.pop(key, None)
        if name is not None:
            self.retired.append(name)

    def note(self, tag: bytes) -> None:
        """Draw the consequences of a command that the server has completed.

        Of a changed or dropped object no plan may be left; a rolled back transaction
        may have made the objects for which a statement was prepared in it.
        """
        if tag in (b"DISCARD ALL", b"DEALLOCATE ALL"):
            self._names.clear()
            self._counts.clear()
            self._fresh.clear()
            self.retired.clear()
        elif tag.startswith((b"DROP ", b"ALTER ")):
            self.retired.extend(self._names.values())
            self._names.clear()
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
