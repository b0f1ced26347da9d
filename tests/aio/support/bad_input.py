"""What comes back of a value, and what becomes of a query that makes no sense.

A value comes back as it was, or an error says clearly why not; the connection
works in any case.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pgtwin
from pgtwin import sql
from pgtwin.pq import TransactionStatus

PLACEHOLDERS = ("%s", "%t", "%b")


async def open_connection(dsn: str) -> pgtwin.AsyncConnection[Any]:
    """Return a connection, and make what `copy()` writes to."""
    conn = await pgtwin.AsyncConnection.connect(dsn, autocommit=True)
    await conn.execute("CREATE TEMP TABLE shapes (a int, b text, c text)")
    return conn


async def close_connection(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.close()


async def usable(conn: pgtwin.AsyncConnection[Any]) -> None:
    """Assert that the connection works."""
    assert not conn.lock.locked()
    if conn.info.transaction_status != TransactionStatus.IDLE:
        await conn.rollback()
    cur = await conn.execute("SELECT 1")
    assert await cur.fetchone() == (1,)


async def echoes(conn: pgtwin.AsyncConnection[Any], value: Any, cast: str) -> list[Any]:
    """Return what comes back of a value by each way there and back."""
    found = []
    for placeholder in PLACEHOLDERS:
        for binary in (False, True):
            query: Any = f"SELECT {placeholder}::{cast}"
            cur = await conn.execute(query, (value,), binary=binary)
            row = await cur.fetchone()
            assert row is not None
            found.append(row[0])
    async with pgtwin.AsyncClientCursor(conn) as merging:
        as_literal: Any = f"SELECT %s::{cast}"
        await merging.execute(as_literal, (value,))
        row = await merging.fetchone()
        assert row is not None
        found.append(row[0])
    return found


async def execute(
    conn: pgtwin.AsyncConnection[Any], query: Any, params: Any
) -> pgtwin.Error | None:
    """Execute anything; return the error."""
    try:
        await conn.execute(query, params)
    except pgtwin.Error as error:
        return error
    finally:
        await usable(conn)
    return None


async def execute_many(
    conn: pgtwin.AsyncConnection[Any], query: Any, rows: Sequence[Any]
) -> pgtwin.Error | None:
    """Execute a query for some rows; return the error."""
    try:
        await conn.cursor().executemany(query, rows)
    except pgtwin.Error as error:
        return error
    finally:
        await usable(conn)
    return None


async def execute_in_pipeline(
    conn: pgtwin.AsyncConnection[Any], query: Any, params: Any
) -> pgtwin.Error | None:
    """Execute a query between two others; return the error."""
    found = None
    async with conn.pipeline():
        before = await conn.execute("SELECT 1")
        try:
            await conn.execute(query, params)
        except pgtwin.Error as error:
            found = error
        after = await conn.execute("SELECT 2")
        assert await before.fetchone() == (1,)
        assert await after.fetchone() == (2,)
    await usable(conn)
    return found


async def copy_at_once(conn: pgtwin.AsyncConnection[Any], data: bytes) -> int:
    """Write rows in one piece; return how many of them begin with a zero."""
    async with conn.cursor().copy("COPY shapes FROM STDIN WHERE a = 0") as writing:
        await writing.write(data)
    await usable(conn)
    cur = await conn.execute("DELETE FROM shapes")
    return cur.rowcount


async def copy(
    conn: pgtwin.AsyncConnection[Any], rows: Sequence[Sequence[Any]], binary: bool
) -> int:
    """Copy rows, and return how many are in the table then; none after an error."""
    options = "(FORMAT binary)" if binary else ""
    statement: Any = f"COPY shapes FROM STDIN {options}"
    try:
        async with conn.cursor().copy(statement) as writing:
            if binary:
                writing.set_types(["int4", "text", "text"])
            await writing.write_rows(rows)
    except (pgtwin.Error, UnicodeError, TypeError):
        pass  # a TypeError is what psycopg's dumpers raise
    finally:
        await usable(conn)
    cur = await conn.execute("SELECT count(*) FROM shapes")
    row = await cur.fetchone()
    await conn.execute("TRUNCATE shapes")
    assert row is not None
    return int(row[0])


async def under_the_name(
    conn: pgtwin.AsyncConnection[Any], name: str, value: str
) -> tuple[Any, Any]:
    """Return a value and its column's name, kept in a table under a hostile name."""
    table = sql.Identifier(name)
    create = sql.SQL("CREATE TEMP TABLE {0} ({0} text)").format(table)
    await conn.execute(create)
    try:
        await conn.execute(
            sql.SQL("INSERT INTO {0} ({0}) VALUES ({1})").format(table, value)
        )
        cur = await conn.execute(sql.SQL("SELECT {0} FROM {0}").format(table))
        row = await cur.fetchone()
        assert cur.description is not None
        assert row is not None
        return cur.description[0].name, row[0]
    finally:
        await conn.execute(sql.SQL("DROP TABLE {}").format(table))
