"""The statements of transaction control, and the states of transactions.

This module contains only text. The code that sends it decides whether it may be sent.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, NamedTuple, Protocol

import psycopg
from psycopg import IsolationLevel, Xid
from psycopg.errors import ProgrammingError


class TransactionBlock(Protocol):
    """A transaction block of either form: `AsyncTransaction` or `Transaction`."""

    force_rollback: bool

    @property
    def status(self) -> Status: ...

    @property
    def savepoint_name(self) -> str | None: ...


class Rollback(psycopg.Rollback):
    """Raised in a transaction block, it rolls back the block, and no error leaves it.

    With a `transaction`, it leaves all blocks up to that one, and rolls it back too.
    """

    __module__ = "pgtwin"
    transaction: Any

    def __init__(self, transaction: TransactionBlock | None = None) -> None:
        super().__init__()
        self.transaction = transaction


class OutOfOrderTransactionNesting(ProgrammingError):
    """A transaction block was left before a block that was entered inside it.

    Or it was entered inside a block whose transaction had been ended by SQL.
    """

    __module__ = "pgtwin"


class Status(str, Enum):
    """Where a transaction block stands."""

    NOT_STARTED = "not_started"
    ACTIVE = "active"
    COMMITTED = "committed"
    FAILED = "failed"
    ROLLED_BACK_EXPLICITLY = "rolled_back_explicitly"
    ROLLED_BACK_WITH_ERROR = "rolled_back_with_error"


class Characteristics(NamedTuple):
    """What new transactions are like; `None` leaves it to the server."""

    isolation_level: IsolationLevel | None = None
    read_only: bool | None = None
    deferrable: bool | None = None

    def begin(self) -> bytes:
        """Return the statement that starts such a transaction."""
        words = ["BEGIN"]
        if self.isolation_level is not None:
            words.append("ISOLATION LEVEL " + self.isolation_level.name)
        if self.read_only is not None:
            words.append("READ ONLY" if self.read_only else "READ WRITE")
        if self.deferrable is not None:
            words.append("DEFERRABLE" if self.deferrable else "NOT DEFERRABLE")
        return " ".join(words).replace("_", " ").encode()


class GlobalTransaction(NamedTuple):
    """A two-phase transaction that a connection has begun.

    `sure` is false if it is not known whether it is prepared.
    """

    xid: Xid
    prepared: bool = False
    sure: bool = True
