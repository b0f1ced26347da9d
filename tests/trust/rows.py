"""What the scenarios have left in their table, seen by another driver."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Any

import psycopg
from psycopg import errors, sql

# All marks have so many digits, and the streams of a scenario so many bytes.
FIRST_MARK = 1_000_000
# Seconds that the server may take to notice that a client has gone.
PATIENCE = 60.0


class Rows:
    """Makes the table of the scenarios and looks into it; used as a block."""

    def __init__(self, dsn: str) -> None:
        self._admin = psycopg.connect(dsn, autocommit=True)
        self._marks = itertools.count(FIRST_MARK)

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
        self._admin.execute("SET lock_timeout = '60s'; DROP TABLE trust_rows")
        self._admin.close()

    def new_mark(self) -> int:
        """Return a number that no run of a scenario has had."""
        return next(self._marks)

    def number(self, mark: int) -> int:
        """Return how many rows of a mark have been committed."""
        return self.numbers([mark]).get(mark, 0)

    def numbers(self, marks: Iterable[int]) -> dict[int, int]:
        """Return how many rows of each mark have been committed, if there are any."""
        query = "SELECT mark, count(*) FROM trust_rows WHERE mark = ANY(%s) GROUP BY 1"
        return dict(self._admin.execute(query, [list(marks)]).fetchall())

    def wait_until_gone(self, name: str) -> None:
        """Wait until the server has no session of a name: it may still commit."""
        query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s"
        deadline = time.monotonic() + PATIENCE
        while self._admin.execute(query, [name]).fetchone() != (0,):
            assert time.monotonic() < deadline, "the server keeps sessions of nobody"
            time.sleep(0.01)

    def check(self, scenario: Any, mark: int, done: bool) -> None:
        """Assert that all rows of a mark are there or none; all if it was done."""
        found = self.number(mark)
        assert found in (
            [scenario.rows] if done else [0, scenario.rows]
        ), f"{scenario.name}: {found} of {scenario.rows} rows, done: {done}"

    def forget_prepared(self, mark: int | None = None) -> None:
        """Roll back the two-phase transaction of a mark, of all without one.

        Nobody will end it any more: the marks' sessions are gone, or about to be.
        """
        query = "SELECT gid FROM pg_prepared_xacts WHERE database = current_database()"
        for (gid,) in self._admin.execute(query).fetchall():
            if mark is None or psycopg.Xid.from_string(gid).bqual == str(mark):
                self._forget(gid)

    def _forget(self, gid: str) -> None:
        query = sql.SQL("ROLLBACK PREPARED {}").format(gid)
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self._admin.execute(query)
            except errors.UndefinedObject:
                return  # its own session has ended it
            except errors.ObjectInUse:
                assert time.monotonic() < deadline, "a session of nobody goes on"
                time.sleep(0.01)
            else:
                return
