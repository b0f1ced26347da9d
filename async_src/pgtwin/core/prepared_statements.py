"""Which statements the server keeps prepared for one session.

A name is used for one statement only, by one client only: behind a pooler such as
PgBouncer, other clients prepare statements in the same session of the server.
"""

from __future__ import annotations

import os
import re
from collections import OrderedDict, deque
from typing import TYPE_CHECKING

from psycopg import pq

from pgtwin.core.engine.implementation import KeptState, PreparedState
from pgtwin.core.server_settings import changes_settings
from pgtwin.core.statements.leading_comments import LEADING

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from pgtwin.core.engine.contract import Kept, Key
    from pgtwin.core.engine.result_formats import Columns

# Texts that are counted on their way to the threshold.
COUNTED = 1000
# Statements that stay prepared unless another number is asked for.
PREPARED_MAX = 100

# What the server makes a plan for, whose columns cannot change. A command such as FETCH
# or EXECUTE gives what another statement has, which may be replaced at any time.
_WITH_PLAN = re.compile(
    rb"(?:%s\()*%s" % (LEADING, LEADING)
    + rb"(?:SELECT|WITH|VALUES|TABLE|INSERT|UPDATE|DELETE|MERGE)\b",
    re.IGNORECASE,
)

FATAL_ERROR = pq.ExecStatus.FATAL_ERROR

# SQLSTATEs of a statement whose name is not known, and of one whose plan is stale.
STALE = (b"26000", b"0A000")


class KeptStatement(KeptState):
    """A `Kept`, as it is made when a statement is executed or prepared first."""

    __slots__ = ("awaited", "certain", "executions", "gathered")

    def __init__(self, key: Key) -> None:
        self.key = key
        self.name = b""
        self.awaited = False
        self.certain = False
        self.settings = False
        self.executions = 0
        self.columns: Columns | None = None
        self.generation = -1
        self.many = False
        self.gathered = False


class PreparedStatements(PreparedState):
    """Counts executions, names statements and retires those not used for longest.

    `threshold` is the number of plain executions before a statement is prepared
    (`None`: never); `limit` is how many stay prepared (`None`: no limit).
    `table` holds what is prepared, what was used last at its end: `latest`, if that is
    known and may be used. `retired` holds the names that the server may forget.
    `supported` is whether the server can prepare at all.
    """

    __slots__ = (
        "_counted",
        "_fresh",
        "_limit",
        "_never",
        "_number",
        "_prefix",
        "_threshold",
        "supported",
        "table",
    )

    def __init__(
        self, threshold: int | None = 5, limit: int | None = PREPARED_MAX
    ) -> None:
        self._threshold = threshold
        self._limit = limit
        self.supported = True
        self.retired: deque[bytes] = deque()
        self.table: OrderedDict[Key, Kept] = OrderedDict()
        self.latest: Kept | None = None
        self._counted: OrderedDict[Key, Kept] = OrderedDict()
        self._fresh: list[Key] = []
        self._never: set[bytes] = set()  # closed in a pipeline, but never prepared
        self._number = 0
        self._prefix = b""

    def __len__(self) -> int:
        return len(self.table)

    @property
    def threshold(self) -> int | None:
        """How many plain executions come before a statement is prepared."""
        return self._threshold

    @threshold.setter
    def threshold(self, value: int | None) -> None:
        self._threshold = value
        self.latest = None

    @property
    def limit(self) -> int | None:
        """How many statements stay prepared; lowered, it retires some at once."""
        return self._limit

    @limit.setter
    def limit(self, value: int | None) -> None:
        self._limit = value
        self._retire_longest_unused()

    def find(self, key: Key) -> Kept | None:
        """Return what is kept of a statement that is prepared, if it may be used."""
        latest = self.latest
        if latest is not None and latest.key == key:
            return latest
        if self._threshold is None:
            return None
        kept = self.table.get(key)
        if kept is not None:
            self.latest = None  # first, as a signal may interrupt here
            self.table.move_to_end(key)
            self.latest = kept
            if self._threshold is None:  # another thread has just set it
                self.latest = None
        return kept

    def find_counted(self, key: Key) -> Kept | None:
        """Return what is kept of a statement that is on its way to be prepared."""
        return self._counted.get(key)

    def due(self, key: Key) -> bool:
        """Return whether a statement was executed often enough to be prepared."""
        if self.threshold is None or self._limit == 0:
            return False
        kept = self._counted.get(key)
        return (0 if kept is None else kept.executions) >= self.threshold

    def new_name(self) -> bytes:
        """Return a name that no statement has had, of this client or another."""
        if not self._prefix:
            self._prefix = b"pgtwin_%s_" % os.urandom(6).hex().encode()
        self._number += 1
        return b"%s%d" % (self._prefix, self._number)

    def add(self, key: Key, name: bytes, in_transaction: bool) -> Kept:
        """Note that the server has prepared a statement."""
        self.latest = None
        kept = self.table[key] = self._counted.pop(key, KeptStatement(key))
        kept.name = name
        kept.certain = _WITH_PLAN.match(key[0]) is not None
        kept.settings = changes_settings(key[0])
        if in_transaction:
            self._fresh.append(key)
        self._retire_longest_unused()
        return kept

    def _retire_longest_unused(self) -> None:
        if self._limit is not None:
            while len(self.table) > max(self._limit, 1):
                self.retired.append(self.table.popitem(last=False)[1].name)

    def count(self, key: Key) -> Kept:
        """Note that a statement was executed without being prepared."""
        kept = self._counted.get(key)
        if kept is None:
            kept = self._counted[key] = KeptStatement(key)
            if len(self._counted) > COUNTED:
                self._counted.popitem(last=False)
        else:
            self._counted.move_to_end(key)
        kept.executions += 1
        return kept

    def forget(self, key: Key, name: bytes) -> None:
        """Note that the server has not prepared a statement under a name after all."""
        kept = self.table.get(key)
        if kept is not None and kept.name == name:
            self.latest = None
            del self.table[key]
        elif name in self.retired:
            self.retired.remove(name)
        else:
            self._never.add(name)

    def retire(self, key: Key) -> None:
        """Stop using one statement."""
        self.latest = None
        kept = self.table.pop(key, None)
        if kept is not None:
            self.retired.append(kept.name)

    def retire_stale(self, key: Key, results: list[PGresult]) -> bool:
        """Stop using a statement if the server no longer has it as it was prepared.

        Return whether that is so: then nothing of the statement was executed.
        """
        kept = self.table.get(key)
        if kept is None or not is_stale(results, kept.name):
            return False
        self.retire(key)
        return True

    def retire_name(self, name: bytes) -> None:
        """Note that the server has not forgotten a statement, as it was told to."""
        if name in self._never:
            self._never.remove(name)
        else:
            self.retired.append(name)

    def note(self, tag: bytes) -> None:
        """Draw the consequences of a command that the server has completed.

        Of a changed or dropped object no plan may be left; a rolled back transaction
        may have made the objects for which a statement was prepared in it. What a
        pipeline still awaits was prepared after the command.
        """
        if tag in (b"DISCARD ALL", b"DEALLOCATE ALL"):
            self._drop_received()
            self._counted.clear()
            self.retired.clear()
        elif tag.startswith((b"DROP ", b"ALTER ")):
            self.retired.extend(self._drop_received())
        elif tag == b"ROLLBACK":
            for key in self._fresh:
                if not self._is_awaited(key):
                    self.retire(key)
            self._fresh = list(filter(self._is_awaited, self._fresh))
        elif tag == b"COMMIT":
            self._fresh = list(filter(self._is_awaited, self._fresh))

    def _is_awaited(self, key: Key) -> bool:
        kept = self.table.get(key)
        return kept is not None and kept.awaited

    def _drop_received(self) -> list[bytes]:
        """Keep no statement but those still awaited; return the others' names."""
        dropped = [key for key, kept in self.table.items() if not kept.awaited]
        self._fresh = list(filter(self._is_awaited, self._fresh))
        self.latest = None
        return [self.table.pop(key).name for key in dropped]


def is_refused(results: list[PGresult]) -> bool:
    """Return whether a server has refused to prepare what it may still execute."""
    return _sqlstate(results) in (b"08P01", b"0A000")


def is_unsupported(results: list[PGresult]) -> bool:
    """Return whether a server lacks the protocol in which statements are prepared."""
    return _sqlstate(results) == b"08P01"


def _sqlstate(results: list[PGresult]) -> bytes | None:
    if not results or results[-1].status != FATAL_ERROR:
        return None
    return results[-1].error_field(pq.DiagnosticField.SQLSTATE)


def is_console(version: bytes | None) -> bool:
    """Return whether this is PgBouncer's console, not a server (`server_version`)."""
    # It closes a connection where it is sent more than simple queries.
    return version is not None and version.endswith(b"/bouncer")


def is_stale(results: list[PGresult], name: bytes) -> bool:
    """Return whether the server no longer has a statement as it was prepared.

    It was refused at Bind then, before it began. An error inside of a statement may
    have the same SQLSTATE, but has another name in its message, or a context.
    """
    # Another session changed a table, or a pooler gave us another server.
    state = _sqlstate(results)
    if state not in STALE or results[-1].error_field(pq.DiagnosticField.CONTEXT):
        return False
    result = results[-1]
    if state == b"26000":
        message = result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) or b""
        return re.search(re.escape(name) + rb"(?!\d)", message) is not None
    routine = result.error_field(pq.DiagnosticField.SOURCE_FUNCTION)
    return routine == b"RevalidateCachedQuery"
