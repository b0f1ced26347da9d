"""Differences from psycopg, on purpose: server-side cursors. See docs/compatibility.md.

Each test asks both, so that it tells when psycopg changes too.
"""

from __future__ import annotations

import contextlib
from typing import Any

import psycopg
import pytest

import pgtwin
from pgtwin import errors as e
from pgtwin.pq import TransactionStatus
from pgtwin.rows import dict_row, kwargs_row, namedtuple_row

# psycopg's own connections call add_reader().
pytestmark = pytest.mark.needs_readers

Ours = pgtwin.AsyncConnection[Any]
Theirs = psycopg.AsyncConnection[Any]


async def test_scroll_of_closed(conn: Ours, theirs: Theirs) -> None:
    their_cursor = theirs.cursor("curs")
    await their_cursor.close()
    with pytest.raises(e.InvalidCursorName):
        await their_cursor.scroll(1)
    cursor = conn.cursor("curs")
    await cursor.close()
    with pytest.raises(e.InterfaceError):
        await cursor.scroll(1)


async def test_execute_of_closed(conn: Ours, theirs: Theirs) -> None:
    async def refused(conn: Ours | Theirs) -> str:
        cursor = conn.cursor("curs")
        await cursor.execute("SELECT 1")
        await cursor.close()
        with pytest.raises(e.Error) as caught:
            await cursor.execute("SELECT 1")
        return type(caught.value).__name__

    assert await refused(theirs) == "InvalidCursorName"
    assert theirs.info.transaction_status == TransactionStatus.INERROR
    assert await refused(conn) == "InterfaceError"
    assert conn.info.transaction_status == TransactionStatus.INTRANS


@pytest.mark.parametrize("end", ["commit", "block", "savepoint"])
@pytest.mark.parametrize("then", ["execute", "close"])
async def test_closed_by_the_server(
    conn: Ours, theirs: Theirs, end: str, then: str
) -> None:
    async def play(conn: Ours | Theirs, cursor: Any) -> None:
        if end == "savepoint":
            await conn.execute("SELECT 1")
        with contextlib.suppress(ZeroDivisionError):
            async with conn.transaction():
                await cursor.execute("SELECT 1")
                if end != "commit":
                    raise ZeroDivisionError
        await conn.execute("SELECT 1")
        if then == "execute":
            await cursor.execute("SELECT 2")
            assert await cursor.fetchall() == [(2,)]
        await cursor.close()

    their_cursor = theirs.cursor("curs")
    with pytest.raises(e.InvalidCursorName):
        await play(theirs, their_cursor)
    assert theirs.info.transaction_status == TransactionStatus.INERROR
    await their_cursor.close()
    await play(conn, conn.cursor("curs"))
    assert conn.info.transaction_status == TransactionStatus.INTRANS


@pytest.mark.parametrize(
    ("row_factory", "row"),
    [(namedtuple_row, ()), (dict_row, {}), (kwargs_row(dict), {})],
)
async def test_rows_without_columns(
    conn: Ours, theirs: Theirs, row_factory: Any, row: object
) -> None:
    their_cursor: Any = theirs.cursor("curs", row_factory=row_factory)
    await their_cursor.execute("SELECT")
    with pytest.raises(e.InterfaceError, match="doesn't have a result"):
        await their_cursor.fetchall()
    await their_cursor.close()
    cursors: list[Any] = [
        conn.cursor("curs", row_factory=row_factory),
        conn.cursor(row_factory=row_factory),
        theirs.cursor(row_factory=row_factory),
    ]
    for cursor in cursors:
        await cursor.execute("SELECT")
        assert await cursor.fetchall() == [row]
        await cursor.close()


async def rows_of_iteration(cursor: Any) -> list[int]:
    """Return the numbers up to 6, by iteration, then by a fetch, then again."""
    found = []
    cursor.itersize = 2
    await cursor.execute("SELECT generate_series(1, 6)")
    async for (number,) in cursor:
        found.append(number)
        break
    found += [number for (number,) in await cursor.fetchmany(2)]
    async for (number,) in cursor:
        found.append(number)
        cursor.itersize = 3
    return found


async def test_itersize_changed(conn: Ours, theirs: Theirs) -> None:
    async with theirs.cursor("curs") as their_cursor:
        assert len(await rows_of_iteration(their_cursor)) < 6
    async with conn.cursor("curs") as cursor:
        assert await rows_of_iteration(cursor) == [1, 2, 3, 4, 5, 6]


async def test_scroll_from_the_end(conn: Ours, theirs: Theirs) -> None:
    async def last(cursor: Any) -> Any:
        await cursor.execute("SELECT generate_series(1, 3)")
        await cursor.fetchall()
        await cursor.scroll(-1)
        assert cursor.rownumber == 2
        return await cursor.fetchone()

    async with theirs.cursor("curs", scrollable=True) as their_cursor:
        assert await last(their_cursor) is None
    async with conn.cursor("curs", scrollable=True) as cursor:
        assert await last(cursor) == (3,)


async def test_negative_size(conn: Ours, theirs: Theirs) -> None:
    async with theirs.cursor("curs", scrollable=True) as their_cursor:
        await their_cursor.execute("SELECT generate_series(1, 3)")
        await their_cursor.fetchall()
        assert await their_cursor.fetchmany(-1) == [(3,)]
        assert their_cursor.rownumber == 4
    async with conn.cursor("curs", scrollable=True) as cursor:
        await cursor.execute("SELECT generate_series(1, 3)")
        with pytest.raises(ValueError, match="-1"):
            await cursor.fetchmany(-1)
