"""The workloads for psqlpy."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from benchmarks.peers.workloads import (
    ALL_ITEMS,
    BY_KEY,
    COPIED,
    INSERT,
    INSERTED,
    MIXED,
    ONE_ROW,
    SOME_ITEMS,
    numbered,
)

psqlpy: Any = import_module("psqlpy")

ROW = numbered(ONE_ROW)
KEY = numbered(BY_KEY)


class Psqlpy:
    """Runs each workload a number of times on one connection, gives the last value."""

    def __init__(self, dsn: str, channel: str) -> None:
        where = conninfo_to_dict(dsn)
        self._where: dict[str, Any] = {
            "host": where["host"],
            "port": int(str(where["port"])),
            "username": where["user"],
            "db_name": where["dbname"],
        }
        self._pool: list[Any] = []

    async def open(self) -> None:
        self._conn = await psqlpy.connect(**self._where)

    async def close(self) -> None:
        self._conn.close()

    async def open_pool(self, size: int) -> None:
        for _ in range(size):
            self._pool.append(await psqlpy.connect(**self._where))

    async def close_pool(self) -> None:
        while self._pool:
            self._pool.pop().close()

    async def one_row_execute(self, times: int) -> Any:
        for number in range(times):
            row = (await self._conn.fetch_row(ROW, [number, "name"])).result()
        return row

    async def by_key(self, times: int) -> Any:
        for number in range(times):
            row = (await self._conn.fetch_row(KEY, [number % 1000 + 1])).result()
        return row

    async def _fetch(self, query: str, times: int) -> Any:
        for _ in range(times):
            rows = (await self._conn.execute(query)).result(as_tuple=True)
        return rows

    async def fetch_mixed(self, times: int) -> Any:
        return await self._fetch(MIXED, times)

    async def fetch_many(self, times: int) -> Any:
        return await self._fetch(ALL_ITEMS, times)

    async def fetch_dicts(self, times: int) -> Any:
        for _ in range(times):
            rows = (await self._conn.execute(SOME_ITEMS)).result()
        return rows

    async def insert_many(self, times: int) -> None:
        rows = [list(row) for row in INSERTED]
        for _ in range(times):
            async with self._conn.transaction() as transaction:
                await transaction.execute_many(numbered(INSERT), rows)

    async def copy_records(self, times: int) -> None:
        rows = [list(row) for row in COPIED]
        columns = ["id", "name", "weight", "made"]
        for _ in range(times):
            await self._conn.copy_records_to_table(
                table_name="sink", records=rows, columns=columns
            )

    copy_in_many_binary = copy_records

    async def connect(self, times: int) -> None:
        for _ in range(times):
            conn = await psqlpy.connect(**self._where)
            conn.close()

    async def _query(self, conn: Any, times: int) -> None:
        for number in range(times):
            (await conn.fetch_row(ROW, [number, "name"])).result()

    async def together(self, times: int) -> None:
        await asyncio.gather(*(self._query(conn, times) for conn in self._pool))
