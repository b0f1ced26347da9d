"""The workloads for psycopg2."""

from __future__ import annotations

import io
import select
import threading
from importlib import import_module
from typing import Any

from benchmarks.peers.workloads import (
    ALL_ITEMS,
    BINARY,
    BLOCKS,
    BY_KEY,
    COPY_IN,
    COPY_OUT,
    INSERT,
    INSERTED,
    MIXED,
    NOTIFICATIONS,
    ONE_ROW,
    SOME_ITEMS,
    STREAMED,
)

psycopg2: Any = import_module("psycopg2")
extras: Any = import_module("psycopg2.extras")


class Psycopg2:
    """Runs each workload a number of times on one connection, gives the last value."""

    def __init__(self, dsn: str, channel: str) -> None:
        self._dsn = dsn
        self._channel = channel
        self._pool: list[Any] = []
        extras.register_uuid()

    def _connect(self) -> Any:
        conn = psycopg2.connect(self._dsn)
        conn.autocommit = True
        return conn

    def open(self) -> None:
        self._conn = self._connect()
        self._cursor = self._conn.cursor()
        self._cursor.execute(f"LISTEN {self._channel}")

    def close(self) -> None:
        self._conn.close()

    def open_pool(self, size: int) -> None:
        for _ in range(size):
            self._pool.append(self._connect())

    def close_pool(self) -> None:
        while self._pool:
            self._pool.pop().close()

    def one_row_cursor(self, times: int) -> Any:
        for number in range(times):
            self._cursor.execute(ONE_ROW, (number, "name"))
            row = self._cursor.fetchone()
        return row

    def one_row_execute(self, times: int) -> Any:
        for number in range(times):
            cursor = self._conn.cursor()
            cursor.execute(ONE_ROW, (number, "name"))
            row = cursor.fetchone()
        return row

    def by_key(self, times: int) -> Any:
        for number in range(times):
            self._cursor.execute(BY_KEY, (number % 1000 + 1,))
            row = self._cursor.fetchone()
        return row

    def _fetch(self, query: str, times: int, factory: Any = None) -> Any:
        cursor = self._conn.cursor(cursor_factory=factory)
        for _ in range(times):
            cursor.execute(query)
            rows = cursor.fetchall()
        return rows

    def fetch_mixed(self, times: int) -> Any:
        return self._fetch(MIXED, times)

    def fetch_many(self, times: int) -> Any:
        return self._fetch(ALL_ITEMS, times)

    def fetch_dicts(self, times: int) -> Any:
        return self._fetch(SOME_ITEMS, times, extras.RealDictCursor)

    def fetch_named(self, times: int) -> Any:
        return self._fetch(SOME_ITEMS, times, extras.NamedTupleCursor)

    def stream(self, times: int) -> Any:
        for _ in range(times):
            with self._conn.cursor("stream", withhold=True) as cursor:
                cursor.execute(STREAMED)
                rows = list(cursor)
        return rows

    def insert_many(self, times: int) -> None:
        for _ in range(times):
            self._cursor.execute("BEGIN")
            self._cursor.executemany(INSERT, INSERTED)
            self._cursor.execute("COMMIT")

    def copy_in_blocks(self, times: int) -> None:
        for _ in range(times):
            self._cursor.copy_expert(COPY_IN, io.BytesIO(b"".join(BLOCKS)))

    def _blocks(self, query: str, times: int) -> Any:
        for _ in range(times):
            target = io.BytesIO()
            self._cursor.copy_expert(query, target)
        return [target.getvalue()]

    def copy_out_blocks(self, times: int) -> Any:
        return self._blocks(COPY_OUT, times)

    def copy_out_blocks_binary(self, times: int) -> Any:
        return self._blocks(COPY_OUT + BINARY, times)

    def connect(self, times: int) -> None:
        for _ in range(times):
            self._connect().close()

    def notifications(self, times: int) -> Any:
        conn = self._conn
        while len(conn.notifies) < NOTIFICATIONS:
            select.select([conn], [], [], 60)
            conn.poll()
        found = [notify.payload for notify in conn.notifies]
        conn.notifies.clear()
        return found

    def _query(self, conn: Any, times: int) -> None:
        cursor = conn.cursor()
        for number in range(times):
            cursor.execute(ONE_ROW, (number, "name"))
            cursor.fetchone()

    def together(self, times: int) -> None:
        threads = [
            threading.Thread(target=self._query, args=(conn, times))
            for conn in self._pool
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
