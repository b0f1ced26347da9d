"""The workloads for drivers with psycopg's API: psycopg itself, and pgtwin.

Each workload makes the same calls for both drivers. If it is about the fastest call, a
subclass uses one that only pgtwin has.
"""

from __future__ import annotations

import asyncio
from typing import Any

from psycopg.rows import class_row, dict_row, namedtuple_row

from benchmarks.peers.workloads import (
    ALL_ITEMS,
    BINARY,
    BLOCKS,
    BY_KEY,
    COPIED,
    COPY_IN,
    COPY_OUT,
    INSERT,
    INSERTED,
    MIXED,
    NO_ZONE,
    NOTIFICATIONS,
    ONE_ROW,
    PIPELINED,
    SOME_ITEMS,
    STREAMED,
    TYPES,
    ZONE,
    Item,
)
from pgtwin import AsyncConnection


class AsyncFamily:
    """Runs each workload several times on one connection; returns the last value."""

    def __init__(
        self, connection_class: type[AsyncConnection[Any]], dsn: str, channel: str
    ) -> None:
        self._connection_class = connection_class
        self._dsn = dsn
        self._channel = channel
        self._pool: list[AsyncConnection[Any]] = []

    async def _connect(self) -> AsyncConnection[Any]:
        return await self._connection_class.connect(self._dsn, autocommit=True)

    async def open(self) -> None:
        """Connect, and listen."""
        self._conn = await self._connect()
        self._cursor = self._conn.cursor()
        await self._conn.execute(f"LISTEN {self._channel}")

    async def close(self) -> None:
        """Close everything."""
        await self._conn.close()

    async def open_pool(self, size: int) -> None:
        """Open some more connections."""
        for _ in range(size):
            self._pool.append(await self._connect())

    async def close_pool(self) -> None:
        """Close the connections of the pool."""
        while self._pool:
            await self._pool.pop().close()

    async def one_row_cursor(self, times: int) -> Any:
        cursor = self._cursor
        for number in range(times):
            await cursor.execute(ONE_ROW, (number, "name"))
            row = await cursor.fetchone()
        return row

    async def one_row_execute(self, times: int) -> Any:
        conn = self._conn
        for number in range(times):
            cursor = await conn.execute(ONE_ROW, (number, "name"))
            row = await cursor.fetchone()
        return row

    async def by_key(self, times: int) -> Any:
        cursor = self._cursor
        for number in range(times):
            await cursor.execute(BY_KEY, (number % 1000 + 1,))
            row = await cursor.fetchone()
        return row

    async def _fetch(self, query: str, times: int, factory: Any = None) -> Any:
        cursor = self._conn.cursor(row_factory=factory)
        for _ in range(times):
            await cursor.execute(query)
            rows = await cursor.fetchall()
        return rows

    async def fetch_mixed(self, times: int) -> Any:
        return await self._fetch(MIXED, times)

    async def fetch_many(self, times: int) -> Any:
        return await self._fetch(ALL_ITEMS, times)

    async def fetch_many_zone(self, times: int) -> Any:
        await self._conn.execute(ZONE)
        try:
            return await self._fetch(ALL_ITEMS, times)
        finally:
            await self._conn.execute(NO_ZONE)

    async def fetch_dicts(self, times: int) -> Any:
        return await self._fetch(SOME_ITEMS, times, dict_row)

    async def fetch_named(self, times: int) -> Any:
        return await self._fetch(SOME_ITEMS, times, namedtuple_row)

    async def fetch_objects(self, times: int) -> Any:
        return await self._fetch(SOME_ITEMS, times, class_row(Item))

    async def stream(self, times: int) -> Any:
        cursor = self._cursor
        for _ in range(times):
            rows = [row async for row in cursor.stream(STREAMED)]
        return rows

    async def insert_many(self, times: int) -> None:
        cursor = self._cursor
        for _ in range(times):
            await cursor.executemany(INSERT, INSERTED)

    async def copy_in_rows(self, times: int) -> None:
        for _ in range(times):
            async with self._cursor.copy(COPY_IN) as copy:
                for row in COPIED:
                    await copy.write_row(row)

    async def copy_in_rows_binary(self, times: int) -> None:
        for _ in range(times):
            async with self._cursor.copy(COPY_IN + BINARY) as copy:
                copy.set_types(TYPES)
                for row in COPIED:
                    await copy.write_row(row)

    async def copy_in_many(self, times: int) -> None:
        await self.copy_in_rows(times)

    async def copy_in_many_binary(self, times: int) -> None:
        await self.copy_in_rows_binary(times)

    async def copy_in_blocks(self, times: int) -> None:
        for _ in range(times):
            async with self._cursor.copy(COPY_IN) as copy:
                for block in BLOCKS:
                    await copy.write(block)

    async def copy_out_messages(self, times: int) -> Any:
        return await AsyncFamily._blocks(self, COPY_OUT, times)

    async def _blocks(self, query: str, times: int) -> Any:
        for _ in range(times):
            async with self._cursor.copy(query) as copy:
                blocks = [block async for block in copy]
        return blocks

    async def copy_out_blocks(self, times: int) -> Any:
        return await self._blocks(COPY_OUT, times)

    async def copy_out_blocks_binary(self, times: int) -> Any:
        return await self._blocks(COPY_OUT + BINARY, times)

    async def _rows(self, query: str, times: int) -> Any:
        for _ in range(times):
            async with self._cursor.copy(query) as copy:
                copy.set_types(TYPES)
                rows = [row async for row in copy.rows()]
        return rows

    async def copy_out_rows(self, times: int) -> Any:
        return await self._rows(COPY_OUT, times)

    async def copy_out_rows_binary(self, times: int) -> Any:
        return await self._rows(COPY_OUT + BINARY, times)

    async def pipeline(self, times: int) -> Any:
        conn = self._conn
        for _ in range(times):
            async with conn.pipeline():
                cursors = [
                    await conn.execute(ONE_ROW, (number, "name"))
                    for number in range(PIPELINED)
                ]
            rows = [await cursor.fetchone() for cursor in cursors]
        return rows

    async def connect(self, times: int) -> None:
        for _ in range(times):
            conn = await self._connect()
            await conn.close()

    async def notifications(self, times: int) -> Any:
        # They have been sent already, once.
        found = self._conn.notifies(stop_after=NOTIFICATIONS, timeout=60)
        return [notify.payload async for notify in found]

    async def _query(self, conn: AsyncConnection[Any], times: int) -> None:
        cursor = conn.cursor()
        for number in range(times):
            await cursor.execute(ONE_ROW, (number, "name"))
            await cursor.fetchone()

    async def together(self, times: int) -> None:
        tasks = [asyncio.create_task(self._query(conn, times)) for conn in self._pool]
        for task in tasks:
            await task


class AsyncOwn(AsyncFamily):
    """Uses the calls that only pgtwin has."""

    async def copy_in_many(self, times: int) -> None:
        for _ in range(times):
            async with self._cursor.copy(COPY_IN) as copy:
                await copy.write_rows(COPIED)

    async def copy_in_many_binary(self, times: int) -> None:
        for _ in range(times):
            async with self._cursor.copy(COPY_IN + BINARY) as copy:
                copy.set_types(TYPES)
                await copy.write_rows(COPIED)

    async def _blocks(self, query: str, times: int) -> Any:
        for _ in range(times):
            async with self._cursor.copy(query) as copy:
                blocks: list[Any] = [block async for block in copy.blocks()]
        return blocks

    async def copy_records(self, times: int) -> None:
        for _ in range(times):
            await self._conn.copy_records("sink", None, COPIED)
