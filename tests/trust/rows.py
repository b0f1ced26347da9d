"""What the scenarios have left in their table, seen by another driver."""

from __future__ import annotations

import itertools
from contextlib import suppress
from types import TracebackType
from typing import Any

import psycopg
from psycopg import errors, sql


class Rows:
    """Makes the table of the scenarios and looks into it; used as a block."""

    def __init__(self, dsn: str) -> None:
        self._admin = psycopg.connect(dsn, autocommit=True)
        self._marks = itertools.count(1)

    def __enter__(self) -> Rows:
        self._admin.execute(
            "DROP TABLE IF EXISTS trust_rows; "
            "CREATE TABLE trust_rows (mark int, n int, name text)"
        )
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        self.forget_prepared()
        self._admin.execute("SET lock_timeout = '5s'; DROP TABLE trust_rows")
        self._admin.close()

    def new_mark(self) -> int:
        """Return a number that no run of a scenario has had."""
        return next(self._marks)

    def number(self, mark: int) -> int:
        """Return how many rows of a mark have been committed."""
        query = "SELECT count(*) FROM trust_rows WHERE mark = %s"
        found = self._admin.execute(query, [mark]).fetchone()
        assert found is not None
        return int(found[0])

    def check(self, scenario: Any, mark: int, done: bool) -> None:
        """Assert that all rows of a mark are there or none; all if it was done."""
        found = self.number(mark)
        assert found in (
            [scenario.rows] if done else [0, scenario.rows]
        ), f"{scenario.name}: {found} of {scenario.rows} rows, done: {done}"

    def forget_prepared(self) -> None:
        """Roll back the two-phase transactions that nobody will end any more."""
        for (gid,) in self._admin.execute(
            "SELECT gid FROM pg_prepared_xacts WHERE database = current_database()"
        ).fetchall():
            # Its own session, which is gone, may be about to end it.
            with suppress(errors.ObjectInUse, errors.UndefinedObject):
                self._admin.execute(sql.SQL("ROLLBACK PREPARED {}").format(gid))
