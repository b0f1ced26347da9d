# pyright: reportUnnecessaryTypeIgnoreComment=true
"""What type checkers know of connections, cursors and rows.

mypy and pyright read this file: `assert_type` is an error where they see another type.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from typing_extensions import assert_type

import pgtwin
from pgtwin import sql
from pgtwin.rows import (
    AsyncRowFactory,
    DictRow,
    Row,
    RowMaker,
    TupleRow,
    args_row,
    class_row,
    dict_row,
    kwargs_row,
    scalar_row,
    tuple_row,
)
from pgtwin.types import TypeInfo
from pgtwin.types.enum import EnumInfo, register_enum


@dataclass
class Person:
    """A row of the queries below."""

    id: int


def number_of(**columns: int) -> int:
    return columns["id"]


async def test_default_rows(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        assert_type(conn, pgtwin.AsyncConnection[TupleRow])
        cur = conn.cursor()
        assert_type(cur, pgtwin.AsyncCursor[TupleRow])
        assert_type(await cur.execute("SELECT 1 AS id"), pgtwin.AsyncCursor[TupleRow])
        assert_type(await cur.fetchone(), TupleRow | None)
        assert_type(await cur.fetchmany(1), list[TupleRow])
        assert_type(await cur.fetchall(), list[TupleRow])
        async for row in cur:
            assert_type(row, TupleRow)
        assert_type(await conn.execute("SELECT 1"), pgtwin.AsyncCursor[TupleRow])


async def test_awaited(dsn: str) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn)
    assert_type(conn, pgtwin.AsyncConnection[TupleRow])
    await conn.close()
    rows = await pgtwin.AsyncConnection.connect(dsn, row_factory=dict_row)
    assert_type(rows, pgtwin.AsyncConnection[DictRow])
    await rows.close()


async def test_rows_of_the_connection(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, row_factory=dict_row) as conn:
        assert_type(conn, pgtwin.AsyncConnection[DictRow])
        assert_type(conn.cursor(), pgtwin.AsyncCursor[DictRow])
        cur = await conn.execute("SELECT 1 AS id")
        assert_type(cur, pgtwin.AsyncCursor[DictRow])
        assert_type(await cur.fetchone(), DictRow | None)
        assert_type(conn.cursor(row_factory=tuple_row), pgtwin.AsyncCursor[TupleRow])
        async with conn.cursor("curs") as server_cursor:
            assert_type(server_cursor, pgtwin.AsyncServerCursor[DictRow])


async def test_rows_of_the_cursor(conn: pgtwin.AsyncConnection[TupleRow]) -> None:
    people = conn.cursor(row_factory=class_row(Person))
    assert_type(people, pgtwin.AsyncCursor[Person])
    await people.execute("SELECT 1 AS id")
    assert_type(await people.fetchall(), list[Person])
    async for person in people.stream("SELECT 1 AS id"):
        assert_type(person, Person)
    assert_type(conn.cursor(row_factory=args_row(Person)), pgtwin.AsyncCursor[Person])
    numbers = conn.cursor(row_factory=kwargs_row(number_of), binary=True)
    assert_type(numbers, pgtwin.AsyncCursor[int])
    assert_type(conn.cursor(row_factory=scalar_row), pgtwin.AsyncCursor[Any])
    assert_type(pgtwin.AsyncCursor(conn), pgtwin.AsyncCursor[TupleRow])
    assert_type(
        pgtwin.AsyncClientCursor(conn, row_factory=class_row(Person)),
        pgtwin.AsyncClientCursor[Person],
    )
    assert_type(pgtwin.AsyncRawCursor(conn), pgtwin.AsyncRawCursor[TupleRow])


async def test_server_cursors(conn: pgtwin.AsyncConnection[TupleRow]) -> None:
    async with conn.cursor("a", scrollable=True) as cur:
        assert_type(cur, pgtwin.AsyncServerCursor[TupleRow])
        assert_type(
            await cur.execute("SELECT 1 AS id"), pgtwin.AsyncServerCursor[TupleRow]
        )
        assert_type(await cur.fetchone(), TupleRow | None)
    async with conn.cursor("b", row_factory=class_row(Person)) as people:
        assert_type(people, pgtwin.AsyncServerCursor[Person])
        await people.execute("SELECT 1 AS id")
        async for person in people:
            assert_type(person, Person)


async def test_results(conn: pgtwin.AsyncConnection[TupleRow]) -> None:
    cur = await conn.execute("SELECT 1; SELECT 2")
    assert_type(cur.results(), AsyncIterator[pgtwin.AsyncCursor[TupleRow]])
    assert_type(await cur.set_result(1), pgtwin.AsyncCursor[TupleRow])
    assert_type(cur.description, list[pgtwin.Column] | None)
    assert_type(cur.rownumber, int | None)
    assert_type(cur.connection, pgtwin.AsyncConnection[Any])


async def test_own_row_factory(conn: pgtwin.AsyncConnection[TupleRow]) -> None:
    def lengths(_cursor: pgtwin.AsyncCursor[Any]) -> RowMaker[int]:
        def make_row(values: Sequence[Any]) -> int:
            return len(values)

        return make_row

    factory: AsyncRowFactory[int] = lengths
    cur = conn.cursor(row_factory=factory)
    assert_type(cur, pgtwin.AsyncCursor[int])
    await cur.execute("SELECT 1, 2, 3")
    assert await cur.fetchone() == 3


async def test_queries(conn: pgtwin.AsyncConnection[TupleRow], dsn: str) -> None:
    await conn.execute("SELECT 1")
    await conn.execute(b"SELECT 1")
    await conn.execute(sql.SQL("SELECT 1"))
    await conn.execute(sql.SQL("SELECT {}").format(1))
    # What is not written in the program may hold anything.
    await conn.execute(f"SELECT {len(dsn)}")  # pyright: ignore
    assert sql.SQL("SELECT {}").format("a").as_string(conn) == "SELECT 'a'"


async def test_types(conn: pgtwin.AsyncConnection[TupleRow]) -> None:
    await conn.execute("CREATE TYPE pg_temp.mood AS ENUM ('sad', 'happy')")
    assert_type(await TypeInfo.fetch(conn, "text"), TypeInfo | None)
    info = await EnumInfo.fetch(conn, "pg_temp.mood")
    assert_type(info, EnumInfo | None)
    assert info is not None
    info.register(conn)
    register_enum(info, conn)


async def test_rows_of_a_class(dsn: str) -> None:
    people = await pgtwin.AsyncConnection.connect(dsn, row_factory=class_row(Person))
    assert_type(people, pgtwin.AsyncConnection[Person])
    cur = await people.execute("SELECT 1 AS id")
    assert_type(await cur.fetchone(), Person | None)
    await people.close()
    async with pgtwin.AsyncConnection.connect(
        dsn, row_factory=class_row(Person)
    ) as conn:
        assert_type(conn, pgtwin.AsyncConnection[Person])


class Connection(pgtwin.AsyncConnection[DictRow]):
    """A connection of a user's own class."""


class OfAnyRow(pgtwin.AsyncConnection[Row]):
    """A connection of a user's own class, whose rows may be anything."""


async def test_own_connection(dsn: str) -> None:
    async with Connection.connect(dsn) as conn:
        assert_type(conn, Connection)
        assert_type(conn.cursor(), pgtwin.AsyncCursor[DictRow])
    async with Connection.connect(dsn, row_factory=dict_row) as conn:
        assert_type(conn, Connection)


async def test_own_connection_of_any_row(dsn: str) -> None:
    async with OfAnyRow.connect(dsn) as conn:
        assert_type(conn, OfAnyRow[TupleRow])
    # pyright replaces the rows of the class by their default before it looks at the
    # factory, and knows the connection as one of the class that it is derived from.
    async with OfAnyRow.connect(dsn, row_factory=dict_row) as rows:
        assert_type(rows, OfAnyRow[DictRow])  # pyright: ignore
        cur = await rows.execute("SELECT 1 AS id")
        assert_type(await cur.fetchone(), DictRow | None)
    people = await OfAnyRow.connect(dsn, row_factory=class_row(Person))
    assert_type(people, OfAnyRow[Person])  # pyright: ignore
    await people.close()
