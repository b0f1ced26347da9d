"""Differences from psycopg, on purpose: values and rows. See docs/compatibility.md.

Each test asks both, so that it tells when psycopg changes too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest
from psycopg.adapt import Dumper
from psycopg.types.enum import EnumInfo as TheirEnumInfo

import pgtwin
from pgtwin import errors as e
from pgtwin.pq import Format
from pgtwin.types.enum import EnumInfo
from pgtwin.types.string import StrDumper, TextLoader

# psycopg's own connections call add_reader().
pytestmark = pytest.mark.needs_readers

Ours = pgtwin.AsyncConnection[Any]
Theirs = psycopg.AsyncConnection[Any]


async def test_adapters_changed(conn: Ours, theirs: Theirs) -> None:
    their_cursor = theirs.cursor()
    theirs.adapters.register_loader("int4", TextLoader)
    await their_cursor.execute("SELECT 1")
    assert await their_cursor.fetchone() == (1,)
    cursor = conn.cursor()
    conn.adapters.register_loader("int4", TextLoader)
    await cursor.execute("SELECT 1")
    assert await cursor.fetchone() == ("1",)


async def test_bytes_as_parameters(conn: Ours, theirs: Theirs) -> None:
    params: Any = bytearray(b"x")
    cur = await theirs.execute("SELECT %s", params)
    assert await cur.fetchone() == (120,)
    with pytest.raises(TypeError):
        await conn.execute("SELECT %s", params)


async def test_no_enumeration(conn: Ours, theirs: Theirs) -> None:
    info = await TheirEnumInfo.fetch(theirs, "int4")
    assert info is not None
    assert not any(info.labels)
    assert await EnumInfo.fetch(conn, "int4") is None


async def test_percent_in_name(conn: Ours, theirs: Theirs) -> None:
    async with theirs.cursor("100%") as their_cursor:
        with pytest.raises(e.ProgrammingError):
            await their_cursor.execute("SELECT %s::int", (1,))
    async with conn.cursor("100%") as cursor:
        await cursor.execute("SELECT %s::int", (1,))
        assert await cursor.fetchone() == (1,)


async def test_row_factory_called(conn: Ours, theirs: Theirs) -> None:
    called = []

    def counting(cursor: Any) -> Any:
        called.append(cursor)

        def make_row(values: Sequence[Any]) -> Any:
            return values

        return make_row

    await theirs.cursor(row_factory=counting).execute("SELECT 1")
    assert len(called) == 1
    cursor = conn.cursor(row_factory=counting)
    await cursor.execute("SELECT 1")
    assert len(called) == 1
    await cursor.fetchone()
    assert len(called) == 2


async def test_dumper_of_names(conn: Ours, theirs: Theirs) -> None:
    class VarcharDumper(StrDumper):
        oid = psycopg.adapters.types["varchar"].oid

        def quote(self, obj: str) -> bytes:
            return bytes(super().quote(obj)) + b"::varchar"

    for each in (theirs, conn):
        each.adapters.register_dumper(str, VarcharDumper)
    with pytest.raises(e.SyntaxError):
        await theirs.tpc_rollback("of-nobody")
    with pytest.raises(e.UndefinedObject):
        await conn.tpc_rollback("of-nobody")


async def test_settings_between_fetches(conn: Ours, theirs: Theirs) -> None:
    async def second(conn: Ours | Theirs) -> Any:
        async with conn.cursor("curs") as cursor:
            await cursor.execute("SELECT '2024-02-03'::date FROM generate_series(1, 2)")
            await cursor.fetchone()
            await conn.execute("SET DateStyle TO 'SQL, DMY'")
            return await cursor.fetchone()

    with pytest.raises(e.DataError):
        await second(theirs)
    assert await second(conn) == (dt.date(2024, 2, 3),)


async def test_settings_of_a_cursor_used_again(conn: Ours, theirs: Theirs) -> None:
    async def second(conn: Ours | Theirs) -> Any:
        cur = conn.cursor()
        for style in "ISO, MDY", "SQL, DMY":
            await conn.execute(f"SET DateStyle TO '{style}'".encode())
            await cur.execute("SELECT '2024-03-02 04:05:06'::timestamp")
            row = await cur.fetchone()
        return row

    with pytest.raises(e.DataError):
        await second(theirs)
    assert await second(conn) == (dt.datetime(2024, 3, 2, 4, 5, 6),)


async def test_binary_results_of_nothing(conn: Ours, theirs: Theirs) -> None:
    their_cursor = psycopg.AsyncClientCursor(theirs)
    their_cursor.format = Format.BINARY
    await their_cursor.executemany("SELECT %s", [])
    cursor = pgtwin.AsyncClientCursor(conn)
    cursor.format = Format.BINARY
    with pytest.raises(e.NotSupportedError, match="binary"):
        await cursor.executemany("SELECT %s", [])


class TwiceDumper(Dumper):
    """Dumps twice the number."""

    oid = psycopg.adapters.types["int8"].oid

    def dump(self, obj: int) -> bytes:
        return b"%d" % (2 * obj)


async def test_dumper_for_the_same_query(conn: Ours, theirs: Theirs) -> None:
    async def dumped(cursor: Any) -> tuple[Any, ...] | None:
        query = "SELECT %s"
        await cursor.execute(query, (5,))
        cursor.adapters.register_dumper(int, TwiceDumper)
        await cursor.execute(query, (5,))
        row: tuple[Any, ...] | None = await cursor.fetchone()
        return row

    assert await dumped(theirs.cursor()) == (5,)
    assert await dumped(conn.cursor()) == (10,)
