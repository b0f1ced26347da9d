"""The workloads for pg8000."""

from __future__ import annotations

import io
import threading
from importlib import import_module
from typing import Any

from psycopg.conninfo import conninfo_to_dict

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
    ONE_ROW,
)

pg8000: Any = import_module("pg8000.dbapi")


class Pg8000:
    """Runs each workload a number of times on one connection, gives the last value."""

    def __init__(self, dsn: str, channel: str) -> None:
        where = conninfo_to_dict(dsn)
        self._where = {
            "user": where["user"],
            "database": where["dbname"],
            "unix_sock": f"{where['host']}/.s.PGSQL.{where['port']}",
        }
        if not str(where["host"]).startswith("/"):
            del self._where["unix_sock"]
            self._where |= {"host": where["host"], "port": int(str(where["port"]))}
        self._pool: list[Any] = []

    def _connect(self) -> Any:
        conn = pg8000.connect(**self._where)
        conn.autocommit = True
        return conn

    def open(self) -> None:
        self._conn = self._connect()
        self._cursor = self._conn.cursor()

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

    def _fetch(self, query: str, times: int) -> Any:
        for _ in range(times):
            self._cursor.execute(query)
            rows = self._cursor.fetchall()
        return rows

    def fetch_mixed(self, times: int) -> Any:
        return self._fetch(MIXED, times)

    def fetch_many(self, times: int) -> Any:
        return self._fetch(ALL_ITEMS, times)

    def insert_many(self, times: int) -> None:
        for _ in range(times):
            self._cursor.execute("BEGIN")
            self._cursor.executemany(INSERT, INSERTED)
            self._cursor.execute("COMMIT")

    def copy_in_blocks(self, times: int) -> None:
        for _ in range(times):
            self._cursor.execute(COPY_IN, stream=io.BytesIO(b"".join(BLOCKS)))

    def _blocks(self, query: str, times: int) -> Any:
        for _ in range(times):
            target = io.BytesIO()
            self._cursor.execute(query, stream=target)
        return [target.getvalue()]

    def copy_out_blocks(self, times: int) -> Any:
        return self._blocks(COPY_OUT, times)

    def copy_out_blocks_binary(self, times: int) -> Any:
        return self._blocks(COPY_OUT + BINARY, times)

    def connect(self, times: int) -> None:
        for _ in range(times):
            self._connect().close()

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
