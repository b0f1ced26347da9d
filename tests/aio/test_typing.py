# pyright: reportUnnecessaryTypeIgnoreComment=true
"""What type checkers know of connections, cursors and rows.

mypy and pyright read this file: `assert_type` is an error where they see another type.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

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
    namedtuple_row,
    scalar_row,
    tuple_row,
)
from pgtwin.types import TypeInfo
from pgtwin.types.enum import EnumInfo, register_enum


@dataclass
class Person:
    """A row of the queries below."""

    id: int


class Point(NamedTuple):
    """A row that is a tuple of its own kind."""

    x: int
    y: int


def number_of(**columns: int) -> int:
    return columns["id"]


def lengths(_cursor: object) -> RowMaker[int]:
    """A row factory that is a function."""
    return len


class Texts:
    """A row factory that is an object."""

    def __init__(self, separator: str) -> None:
        self.separator = separator

    def __call__(self, cursor: pgtwin.AsyncCursor[Any]) -> RowMaker[str]:
        return lambda values: self.separator.join(map(str, values))


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


async def test_factories_of_the_connection(dsn: str) -> None:
    connect = pgtwin.AsyncConnection.connect
    async with connect(dsn, row_factory=tuple_row) as tuples:
        assert_type(tuples, pgtwin.AsyncConnection[TupleRow])
    async with connect(dsn, row_factory=namedtuple_row) as named:
        assert_type(named, pgtwin.AsyncConnection[NamedTuple])
        cur = await named.execute("SELECT 1 AS id")
        assert_type(await cur.fetchall(), list[NamedTuple])
    async with connect(dsn, row_factory=scalar_row) as scalars:
        assert_type(scalars, pgtwin.AsyncConnection[Any])
        assert_type(await (await scalars.execute("SELECT 1")).fetchone(), Any | None)
    async with connect(dsn, row_factory=args_row(Point)) as points:
        assert_type(points, pgtwin.AsyncConnection[Point])
        async for point in await points.execute("SELECT 1, 2"):
            assert_type(point, Point)
            assert_type(point.x, int)
    async with connect(dsn, row_factory=kwargs_row(number_of)) as numbers:
        assert_type(numbers, pgtwin.AsyncConnection[int])
    async with connect(dsn, row_factory=lengths) as own:
        assert_type(own, pgtwin.AsyncConnection[int])
        assert_type(await (await own.execute("SELECT 1, 2")).fetchone(), int | None)
    async with connect(dsn, row_factory=Texts(", ")) as texts:
        assert_type(texts, pgtwin.AsyncConnection[str])
        async with texts.cursor("texts") as cur_of_texts:
            assert_type(cur_of_texts, pgtwin.AsyncServerCursor[str])
            await cur_of_texts.execute("SELECT 1, 2")
            assert await cur_of_texts.fetchone() == "1, 2"


async def test_rows_that_are_given(dsn: str) -> None:
    numbers = await pgtwin.AsyncConnection[int].connect(dsn, row_factory=scalar_row)
    assert_type(numbers, pgtwin.AsyncConnection[int])
    assert_type(await (await numbers.execute("SELECT 1")).fetchone(), int | None)
    await numbers.close()
    anything = await pgtwin.AsyncConnection[Any].connect(dsn, row_factory=dict_row)
    assert_type(anything, pgtwin.AsyncConnection[Any])
    await anything.close()
    declared: pgtwin.AsyncConnection[DictRow]
    declared = await pgtwin.AsyncConnection.connect(dsn, row_factory=dict_row)
    await declared.close()


async def test_other_settings_leave_the_rows(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(
        dsn,
        autocommit=True,
        row_factory=dict_row,
        cursor_factory=pgtwin.AsyncClientCursor,
        server_cursor_factory=pgtwin.AsyncRawServerCursor,
        timeout=60,
        connect_timeout=60,
    ) as conn:
        assert_type(conn, pgtwin.AsyncConnection[DictRow])
        assert_type(conn.cursor(), pgtwin.AsyncCursor[DictRow])
    settings: dict[str, Any] = {"row_factory": dict_row}
    unknown: pgtwin.AsyncConnection[Any]
    unknown = await pgtwin.AsyncConnection.connect(dsn, **settings)
    await unknown.close()


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
    assert_type(conn.cursor(row_factory=namedtuple_row), pgtwin.AsyncCursor[NamedTuple])
    assert_type(conn.cursor(row_factory=args_row(Point)), pgtwin.AsyncCursor[Point])
    assert_type(conn.cursor(row_factory=Texts(" ")), pgtwin.AsyncCursor[str])
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
        assert_type(await cur.fetchmany(1), list[TupleRow])
        assert_type(await cur.fetchall(), list[TupleRow])
        assert_type(cur.name, str)
    async with pgtwin.AsyncServerCursor(conn, "c", row_factory=dict_row) as rows:
        assert_type(rows, pgtwin.AsyncServerCursor[DictRow])
    async with pgtwin.AsyncRawServerCursor(
        conn, "d", row_factory=class_row(Person)
    ) as raw:
        assert_type(raw, pgtwin.AsyncRawServerCursor[Person])
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
    factory: AsyncRowFactory[int] = lengths
    cur = conn.cursor(row_factory=factory)
    assert_type(cur, pgtwin.AsyncCursor[int])
    await cur.execute("SELECT 1, 2, 3")
    assert await cur.fetchone() == 3
    conn.row_factory = tuple_row
    conn.row_factory = dict_row  # type: ignore[assignment]
    assert_type(conn.row_factory, AsyncRowFactory[TupleRow])


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


class OfTuples(pgtwin.AsyncConnection):
    """One that leaves the default: its rows are tuples."""


class OfAnything(pgtwin.AsyncConnection[Any]):
    """One that does not tell what its rows are."""

    def number(self) -> int:
        return 1


class OfAnyRow(pgtwin.AsyncConnection[Row]):
    """A connection of a user's own class, whose rows may be anything."""


async def test_own_connection(dsn: str) -> None:
    async with Connection.connect(dsn) as conn:
        assert_type(conn, Connection)
        assert_type(conn.cursor(), pgtwin.AsyncCursor[DictRow])
    async with Connection.connect(dsn, row_factory=dict_row) as conn:
        assert_type(conn, Connection)
        async with conn as entered:
            assert_type(entered, Connection)
    async with OfTuples.connect(dsn) as tuples:
        assert_type(tuples, OfTuples)
        assert_type(
            await (await tuples.execute("SELECT 1")).fetchone(), TupleRow | None
        )
    kind: type[Connection] = Connection
    same = await kind.connect(dsn, row_factory=dict_row, autocommit=True)
    assert_type(same, Connection)
    await same.close()


async def test_own_connection_of_anything(dsn: str) -> None:
    async with OfAnything.connect(dsn) as conn:
        assert_type(conn, OfAnything)
    async with OfAnything.connect(dsn, row_factory=dict_row) as conn:
        assert_type(conn, OfAnything)
        assert_type(conn.number(), int)
    async with OfAnything.connect(dsn, row_factory=scalar_row) as conn:
        assert_type(conn, OfAnything)
    people = await OfAnything.connect(dsn, row_factory=class_row(Person))
    assert_type(people, OfAnything)
    await people.close()


async def test_other_rows_than_the_class_has(dsn: str) -> None:
    async with Connection.connect(
        dsn, row_factory=class_row(Person)  # type: ignore[arg-type]
    ):
        pass


async def test_own_connection_of_any_row(dsn: str) -> None:
    async with OfAnyRow.connect(dsn) as conn:
        assert_type(conn, OfAnyRow[TupleRow])
    async with OfAnyRow[DictRow].connect(dsn, row_factory=dict_row) as given:
        assert_type(given, OfAnyRow[DictRow])
    # pyright replaces the rows of the class by their default before it looks at the
    # factory, and knows the connection as one of the class that it is derived from.
    async with OfAnyRow.connect(dsn, row_factory=dict_row) as rows:
        assert_type(rows, OfAnyRow[DictRow])  # pyright: ignore
        cur = await rows.execute("SELECT 1 AS id")
        assert_type(await cur.fetchone(), DictRow | None)
    people = await OfAnyRow.connect(dsn, row_factory=class_row(Person))
    assert_type(people, OfAnyRow[Person])  # pyright: ignore
    await people.close()


class Cursor(pgtwin.AsyncCursor[Row]):
    """A cursor of a user's own class, whose rows may be anything."""

    async def only(self) -> Row:
        row = await self.fetchone()
        assert row is not None
        return row


class PersonCursor(pgtwin.AsyncCursor[Person]):
    """A cursor of a user's own class, for rows of one kind."""


class NamedCursor(pgtwin.AsyncServerCursor[Row]):
    """A server-side cursor of a user's own class."""


async def test_own_cursor(conn: pgtwin.AsyncConnection[TupleRow]) -> None:
    async with Cursor(conn) as cur:
        assert_type(cur, Cursor[TupleRow])
        assert_type(await cur.execute("SELECT 1 AS id"), Cursor[TupleRow])
        assert_type(await cur.only(), TupleRow)
    people = Cursor(conn, row_factory=class_row(Person))
    assert_type(people, Cursor[Person])
    await people.execute("SELECT 1 AS id")
    assert_type(await people.only(), Person)
    assert_type(people.results(), AsyncIterator[Cursor[Person]])
    one_kind = PersonCursor(conn, row_factory=class_row(Person))
    assert_type(one_kind, PersonCursor)
    assert_type(await one_kind.execute("SELECT 1 AS id"), PersonCursor)
    async for person in one_kind:
        assert_type(person, Person)
    async with NamedCursor(conn, "named", row_factory=dict_row) as named:
        assert_type(named, NamedCursor[DictRow])
        assert_type(await named.execute("SELECT 1 AS id"), NamedCursor[DictRow])
        assert_type(await named.fetchone(), DictRow | None)


async def test_cursor_factory(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, cursor_factory=Cursor) as conn:
        assert_type(conn, pgtwin.AsyncConnection[TupleRow])
        # The rows are those of the connection, the class is known at run time only.
        cur = conn.cursor()
        assert_type(cur, pgtwin.AsyncCursor[TupleRow])
        assert isinstance(cur, Cursor)
        conn.cursor_factory = pgtwin.AsyncClientCursor
        conn.server_cursor_factory = NamedCursor
        async with conn.cursor("named") as named:
            assert isinstance(named, NamedCursor)
    async with Connection.connect(dsn, cursor_factory=Cursor) as own:
        assert_type(own, Connection)


async def test_blocks(conn: pgtwin.AsyncConnection[TupleRow]) -> None:
    async with conn.transaction() as transaction:
        assert_type(transaction, pgtwin.AsyncTransaction)
        assert_type(transaction.connection, pgtwin.AsyncConnection[Any])
        assert_type(transaction.savepoint_name, str | None)
    async with conn.pipeline() as pipeline:
        assert_type(pipeline, pgtwin.AsyncPipeline)
        assert_type(pipeline.status, pgtwin.pq.PipelineStatus)
        cur = await conn.execute("SELECT 1")
        assert_type(cur, pgtwin.AsyncCursor[TupleRow])
        await pipeline.sync()


async def test_copy(conn: pgtwin.AsyncConnection[TupleRow]) -> None:
    cur = conn.cursor(row_factory=class_row(Person))
    async with cur.copy("COPY (SELECT 1) TO STDOUT") as copy:
        assert_type(copy, pgtwin.AsyncCopy)
        assert_type(await copy.read_row(), tuple[Any, ...] | None)
        async for row in copy.rows():
            assert_type(row, tuple[Any, ...])
    async with cur.copy("COPY (SELECT 1) TO STDOUT") as copy:
        async for data in copy:
            assert_type(data, bytes | bytearray | memoryview)
        assert_type(await copy.read(), bytes | bytearray | memoryview)
    await conn.execute("CREATE TEMP TABLE things (id int, name text)")
    async with cur.copy("COPY things FROM STDIN") as copy:
        copy.set_types(["int4", 25])
        await copy.write_row((1, "a"))
        await copy.write_row([2, "b"])
        await copy.write_rows([(3, "c"), (4, None)])


async def test_notifies(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
        await conn.execute("LISTEN mychan")
        await conn.execute("NOTIFY mychan, 'hello'")
        waiting = conn.notifies(timeout=60, stop_after=1)
        assert_type(waiting, AsyncGenerator[pgtwin.Notify, None])
        async for notify in waiting:
            assert_type(notify, pgtwin.Notify)
            assert_type(notify.payload, str)
        conn.add_notify_handler(lambda notify: print(notify.channel))
        conn.add_notice_handler(lambda notice: print(notice.message_primary))


Conn = TypeVar("Conn", bound=pgtwin.AsyncConnection[Any])


async def counted(conn: Conn) -> Conn:
    await conn.execute("SELECT 1")
    return conn


async def first(cur: pgtwin.AsyncCursor[Row]) -> Row | None:
    return await cur.fetchone()


async def test_functions_of_users(conn: pgtwin.AsyncConnection[TupleRow]) -> None:
    assert_type(await counted(conn), pgtwin.AsyncConnection[TupleRow])
    cur = await conn.execute("SELECT 1")
    assert_type(await first(cur), TupleRow | None)
    people = Cursor(conn, row_factory=class_row(Person))
    await people.execute("SELECT 1 AS id")
    assert_type(await first(people), Person | None)
