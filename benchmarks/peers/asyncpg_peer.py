"""The workloads for asyncpg."""

from __future__ import annotations

import asyncio
import io
from importlib import import_module
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from benchmarks.peers.workloads import (
    ALL_ITEMS,
    BLOCKS,
    BY_KEY,
    COPIED,
    COPY_OUT,
    INSERT,
    INSERTED,
    MIXED,
    NOTIFICATIONS,
    ONE_ROW,
    SOME_ITEMS,
    STREAMED,
    numbered,
)

asyncpg: Any = import_module("asyncpg")

ROW = numbered(ONE_ROW)
KEY = numbered(BY_KEY)
OUT = COPY_OUT.partition("(")[2].partition(")")[0]


class Asyncpg:
    """Runs each workload a number of times on one connection, gives the last value."""

    def __init__(self, dsn: str, channel: str) -> None:
        where = conninfo_to_dict(dsn)
        self._where = {key: where[key] for key in ("host", "port", "user")}
        self._where["database"] = where["dbname"]
        self._channel = channel
        self._notified: list[str] = []
        self._all = asyncio.Event()
        self._pool: list[Any] = []

    async def open(self) -> None:
        self._conn = await asyncpg.connect(**self._where)
        await self._conn.add_listener(self._channel, self._take)

    def _take(self, conn: Any, pid: int, channel: str, payload: str) -> None:
        self._notified.append(payload)
        if len(self._notified) == NOTIFICATIONS:
            self._all.set()

    async def close(self) -> None:
        await self._conn.close()

    async def open_pool(self, size: int) -> None:
        for _ in range(size):
            self._pool.append(await asyncpg.connect(**self._where))

    async def close_pool(self) -> None:
        while self._pool:
            await self._pool.pop().close()

    async def one_row_cursor(self, times: int) -> Any:
        # asyncpg's nearest thing to a cursor that is kept.
        statement = await self._conn.prepare(ROW)
        for number in range(times):
            row = await statement.fetchrow(number, "name")
        return row

    async def one_row_execute(self, times: int) -> Any:
        for number in range(times):
            row = await self._conn.fetchrow(ROW, number, "name")
        return row

    async def by_key(self, times: int) -> Any:
        for number in range(times):
            row = await self._conn.fetchrow(KEY, number % 1000 + 1)
        return row

    async def _fetch(self, query: str, times: int) -> Any:
        for _ in range(times):
            rows = await self._conn.fetch(query)
        return rows

    async def fetch_mixed(self, times: int) -> Any:
        return await self._fetch(MIXED, times)

    async def fetch_many(self, times: int) -> Any:
        return await self._fetch(ALL_ITEMS, times)

    async def fetch_dicts(self, times: int) -> Any:
        for _ in range(times):
            rows = [dict(row) for row in await self._conn.fetch(SOME_ITEMS)]
        return rows

    async def stream(self, times: int) -> Any:
        for _ in range(times):
            async with self._conn.transaction():
                rows = [row async for row in self._conn.cursor(STREAMED)]
        return rows

    async def insert_many(self, times: int) -> None:
        for _ in range(times):
            await self._conn.executemany(numbered(INSERT), INSERTED)

    async def copy_records(self, times: int) -> None:
        for _ in range(times):
            await self._conn.copy_records_to_table("sink", records=COPIED)

    # Rows are always sent with the table's types.
    copy_in_many_binary = copy_records

    async def copy_in_blocks(self, times: int) -> None:
        for _ in range(times):
            source = io.BytesIO(b"".join(BLOCKS))
            await self._conn.copy_to_table("sink", source=source)

    async def _blocks(self, written: str, times: int) -> Any:
        for _ in range(times):
            blocks: list[bytes] = []

            async def keep(block: bytes, blocks: list[bytes] = blocks) -> None:
                blocks.append(block)

            await self._conn.copy_from_query(OUT, output=keep, format=written)
        return blocks

    async def copy_out_blocks(self, times: int) -> Any:
        return await self._blocks("text", times)

    async def copy_out_blocks_binary(self, times: int) -> Any:
        return await self._blocks("binary", times)

    async def pipeline(self, times: int) -> Any:
        statement = await self._conn.prepare(ROW)
        arguments = [(number, "name") for number in range(100)]
        for _ in range(times):
            rows = await statement.fetchmany(arguments)
        return rows

    async def connect(self, times: int) -> None:
        for _ in range(times):
            conn = await asyncpg.connect(**self._where)
            await conn.close()

    async def notifications(self, times: int) -> Any:
        await asyncio.wait_for(self._all.wait(), 60)
        self._all.clear()
        found, self._notified = self._notified, []
        return found

    async def _query(self, conn: Any, times: int) -> None:
        for number in range(times):
            await conn.fetchrow(ROW, number, "name")

    async def together(self, times: int) -> None:
        await asyncio.gather(*(self._query(conn, times) for conn in self._pool))
