"""Differences from psycopg, on purpose: COPY. See docs/compatibility.md.

Each test asks both, so that it tells when psycopg changes too.
"""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

import pgtwin
from pgtwin import errors as e
from pgtwin.pq import TransactionStatus

# psycopg's own connections call add_reader().
pytestmark = pytest.mark.needs_readers

Ours = pgtwin.AsyncConnection[Any]
Theirs = psycopg.AsyncConnection[Any]


async def test_copy_executed(conn: Ours, theirs: Theirs) -> None:
    with pytest.raises(e.ProgrammingError):
        await theirs.execute("COPY (SELECT 1) TO STDOUT")
    assert theirs.info.transaction_status == TransactionStatus.ACTIVE
    await theirs.close()
    with pytest.raises(e.ProgrammingError):
        await conn.execute("COPY (SELECT 1) TO STDOUT")
    cur = await conn.execute("SELECT 1")
    assert await cur.fetchone() == (1,)


async def test_backslash_in_a_character(conn: Ours, theirs: Theirs) -> None:
    # Its second byte in SJIS is 0x5c.
    text = "\u8868"
    for each in (theirs, conn):
        await each.execute("SET client_encoding TO 'SJIS'")
        await each.execute("CREATE TEMP TABLE things (a text, b text)")
    query = "COPY things FROM STDIN"
    with pytest.raises(e.BadCopyFileFormat):
        async with theirs.cursor().copy(query) as their_copy:
            await their_copy.write_row((text, text))
    async with conn.cursor().copy(query) as copy:
        await copy.write_row((text, text))
    cursor = await conn.execute("TABLE things")
    assert await cursor.fetchall() == [(text, text)]


async def test_no_number_in_a_copy(conn: Ours, theirs: Theirs) -> None:
    query = "COPY (SELECT '1 day') TO STDOUT"
    async with conn.cursor().copy(query) as copy:
        copy.set_types(["float8"])
        with pytest.raises(ValueError, match="1 day"):
            await copy.read_row()
    if psycopg.pq.__impl__ != "python":
        async with theirs.cursor().copy(query) as their_copy:
            their_copy.set_types(["float8"])
            assert [row async for row in their_copy.rows()] == [(1.0,)]


async def copied(conn: Ours | Theirs, value: Any) -> tuple[Any, ...] | None:
    """Return what a binary COPY stores of a value for a column of booleans."""
    await conn.execute("CREATE TEMP TABLE flags (v bool)")
    async with conn.cursor().copy("COPY flags FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(["bool"])
        await copy.write_row((value,))
    return await (await conn.execute("SELECT v FROM flags")).fetchone()


async def test_values_copied(conn: Ours, theirs: Theirs) -> None:
    assert await copied(theirs, "f") == (True,)
    with pytest.raises(e.DataError):
        await copied(conn, "f")


async def test_execute_within_an_own_copy(conn: Ours, theirs: Theirs) -> None:
    async with theirs.cursor().copy("COPY (SELECT 1) TO STDOUT") as copy:
        assert theirs.lock.locked()  # which execute() would wait for
        assert [row async for row in copy.rows()] == [("1",)]
    async with conn.cursor().copy("COPY (SELECT 1) TO STDOUT"):
        with pytest.raises(e.InterfaceError, match="same caller"):
            await conn.execute("SELECT 1")


async def test_status_of_a_copy(conn: Ours, theirs: Theirs) -> None:
    async def told(conn: Ours | Theirs) -> str | None:
        cur = conn.cursor()
        async with cur.copy("COPY (SELECT 1) TO STDOUT") as copy:
            assert [bytes(data) async for data in copy] == [b"1\n"]
        return cur.statusmessage

    assert await told(theirs) is None
    assert await told(conn) == "COPY 1"


async def test_copy_that_is_left(conn: Ours, theirs: Theirs) -> None:
    query = "COPY (SELECT generate_series(1, 100000)) TO STDOUT"
    async with theirs.cursor().copy(query):
        pass
    assert theirs.info.transaction_status == TransactionStatus.ACTIVE
    await theirs.close()
    async with conn.cursor().copy(query):
        pass
    assert conn.info.transaction_status == TransactionStatus.INERROR
    await conn.rollback()


async def test_text_of_copy_in_sql_ascii(conn: Ours, theirs: Theirs) -> None:
    async def stored(copying: Any, by_row: bool) -> Any:
        await copying.execute("SET client_encoding TO 'SQL_ASCII'")
        await copying.execute("CREATE TEMP TABLE texts (t text)")
        async with copying.cursor().copy("COPY texts FROM STDIN") as copy:
            if by_row:
                await copy.write_row(("\xe9",))
            else:
                await copy.write("\xe9\n")
        cur = await copying.execute("SELECT convert_to(t, 'UTF8') FROM texts")
        row = await cur.fetchone()
        await copying.rollback()
        return bytes(row[0])

    assert await stored(theirs, True) == b"\xc3\xa9"
    with pytest.raises(UnicodeEncodeError):
        await stored(theirs, False)
    for by_row in (True, False):
        assert await stored(conn, by_row) == b"\xc3\xa9"
