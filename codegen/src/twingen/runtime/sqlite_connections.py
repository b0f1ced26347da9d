"""Connections of sqlite3 as aiosqlite has them, without its thread.

Any thread may use a connection, one at a time; leaving the block of a connection or of
a cursor closes it. As in sqlite3, what is closed raises `sqlite3.ProgrammingError`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator, Iterable
from os import PathLike
from threading import RLock
from types import TracebackType
from typing import Any, Literal

# The lock is entered again by functions of Python that a statement calls.


class Cursor(sqlite3.Cursor):
    """A cursor that takes the lock of its connection; its block closes it."""

    connection: Connection  # pyright: ignore[reportIncompatibleMethodOverride]

    def __enter__(self) -> Cursor:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.close()

    def execute(self, sql: str, parameters: Any = None) -> Cursor:
        with self.connection.lock:
            super().execute(sql, () if parameters is None else parameters)
        return self

    def executemany(self, sql: str, parameters: Iterable[Any]) -> Cursor:
        with self.connection.lock:
            super().executemany(sql, parameters)
        return self

    def executescript(self, sql_script: str) -> Cursor:
        with self.connection.lock:
            super().executescript(sql_script)
        return self

    def fetchone(self) -> Any:
        with self.connection.lock:
            return super().fetchone()

    def fetchmany(self, size: int | None = None) -> list[Any]:
        with self.connection.lock:
            return super().fetchmany(self.arraysize if size is None else size)

    def fetchall(self) -> list[Any]:
        with self.connection.lock:
            return super().fetchall()

    def __next__(self) -> Any:
        with self.connection.lock:
            return super().__next__()


class Connection(sqlite3.Connection):
    """A connection whose block closes it, and leaves transactions as they are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.lock = RLock()
        super().__init__(*args, **kwargs)

    def __await__(self) -> Generator[None, None, Connection]:
        """Give the connection itself, which is open."""
        return self
        yield

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> Literal[False]:
        self.close()
        return False

    def cursor(self, factory: Any = Cursor) -> Any:
        return super().cursor(factory)

    def execute(self, sql: str, parameters: Any = None) -> Cursor:
        cursor: Cursor = self.cursor()
        return cursor.execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any]) -> Cursor:
        cursor: Cursor = self.cursor()
        return cursor.executemany(sql, parameters)

    def executescript(self, sql_script: str) -> Cursor:
        cursor: Cursor = self.cursor()
        return cursor.executescript(sql_script)

    def execute_insert(self, sql: str, parameters: Any = None) -> Any:
        """Execute a statement; return the row with the last row's id."""
        with self.lock:
            self.execute(sql, parameters)
            return self.execute("SELECT last_insert_rowid()").fetchone()

    def execute_fetchall(self, sql: str, parameters: Any = None) -> list[Any]:
        """Execute a statement; return its rows."""
        with self.lock:
            return self.execute(sql, parameters).fetchall()

    def commit(self) -> None:
        with self.lock:
            super().commit()

    def rollback(self) -> None:
        with self.lock:
            super().rollback()

    def close(self) -> None:
        with self.lock:
            super().close()

    def create_function(  # type: ignore[override]
        self,
        name: str,
        num_params: int,
        func: Callable[..., Any],
        deterministic: bool = False,
    ) -> None:
        super().create_function(name, num_params, func, deterministic=deterministic)

    # By the names that aiosqlite has for the parameters.
    def set_progress_handler(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, handler: Callable[[], int | None] | None, n: int
    ) -> None:
        super().set_progress_handler(handler, n)

    def set_trace_callback(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, handler: Callable[[str], object] | None
    ) -> None:
        super().set_trace_callback(handler)

    # Builds of Python without extensions raise AttributeError, as below aiosqlite.
    def enable_load_extension(self, value: bool) -> None:
        super().enable_load_extension(value)

    def load_extension(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, path: str
    ) -> None:
        super().load_extension(path)


def connect(
    database: str | bytes | PathLike[str],
    *,
    iter_chunk_size: int = 64,
    **kwargs: Any,
) -> Connection:
    """Open a database for any thread, as `sqlite3.connect()` does for one.

    `iter_chunk_size` is accepted: rows are not fetched in another thread.
    """
    kwargs.setdefault("check_same_thread", False)
    return sqlite3.connect(database, factory=Connection, **kwargs)
