"""Which statements the server keeps prepared for one session.

Law: a name is used for one statement only, by one client only: behind a pooler such as
PgBouncer, other clients prepare statements in the same session of the server.
"""

from __future__ import annotations

import os
import re
from collections import OrderedDict, deque
from typing import TYPE_CHECKING, TypeAlias

from psycopg import pq

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from pgtwin.core.formats import Columns

# The same text with parameters of other types is another statement.
Key: TypeAlias = tuple[bytes, tuple[int, ...]]

# Texts that are counted on their way to the threshold.
COUNTED = 1000

# What the server makes a plan for, whose columns cannot change. A command such as FETCH
# or EXECUTE gives what another statement has, which may be replaced at any time.
_WITH_PLAN = re.compile(
    rb"(?:\s|--[^\n]*\n|/\*[^*/]*\*/|\()*"
    rb"(?:SELECT|WITH|VALUES|TABLE|INSERT|UPDATE|DELETE|MERGE)\b",
    re.IGNORECASE,
)

FATAL_ERROR = pq.ExecStatus.FATAL_ERROR
DiagnosticField = pq.DiagnosticField


class Kept:
    """What is known of a statement that was executed, or is prepared."""

    __slots__ = (
        "certain",
        "columns",
        "executions",
        "gathered",
        "generation",
        "many",
        "name",
    )

    def __init__(self) -> None:
        self.name = b""  # once the server has prepared it
        self.certain = False  # whether the server guarantees the types of its columns
        self.executions = 0  # before that
        # What its columns mean for the format, and the generation of adapters for which
        # that was found; None until a result of the prepared statement has been seen.
        self.columns: Columns | None = None
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

    def __init__(self, threshold: int | None = 5, limit: int | None = 100) -> None:
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
        kept.certain = _WITH_PLAN.match(key[0]) is not None
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

    def retire_stale(self, key: Key, results: list[PGresult]) -> bool:
        """Stop using a statement if the server no longer has it as it was prepared.

        Tell whether that is so: then nothing of the statement was executed.
        """
        kept = self._kept.get(key)
        if kept is None or not is_stale(results, kept.name):
            return False
        self.retire(key)
        return True

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


def is_stale(results: list[PGresult], name: bytes) -> bool:
    """Tell whether the server no longer has a statement as it was prepared.

    True only if that is what the server has found when it was to bind parameters to the
    statement `name`, before it began to execute it. The same error may come from a
    statement inside that was executed in part: then it names another statement, or has
    a context.
    """
    if not results or results[-1].status != FATAL_ERROR:
        return False
    field = results[-1].error_field
    state = field(DiagnosticField.SQLSTATE)
    if state not in (b"26000", b"0A000") or field(DiagnosticField.CONTEXT):
        return False
    if state == b"26000":
        # A pooler gave us another session of the server, or somebody deallocated it.
        return name in (field(DiagnosticField.MESSAGE_PRIMARY) or b"")
    # Another session changed a table. An EXECUTE of the user's own finds that out when
    # it is executed, but has done nothing before either.
    return field(DiagnosticField.SOURCE_FUNCTION) == b"RevalidateCachedQuery"
