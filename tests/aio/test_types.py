"""Types of the server that are fetched, registered, sent and received."""

from __future__ import annotations

import enum
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import psycopg
import pytest

import pgtwin
from pgtwin import errors as e, sql
from pgtwin.pq import TransactionStatus
from pgtwin.types import TypeInfo
from pgtwin.types.composite import CompositeInfo, register_composite
from pgtwin.types.enum import EnumInfo, register_enum
from pgtwin.types.hstore import register_hstore
from pgtwin.types.multirange import Multirange, MultirangeInfo, register_multirange
from pgtwin.types.range import Range, RangeInfo, register_range

TYPES = """
DROP SCHEMA IF EXISTS pgtwin_types CASCADE;
CREATE SCHEMA pgtwin_types;
SET LOCAL search_path TO pgtwin_types;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE point2 AS (x int, "Y y" text);
CREATE TYPE nothing AS ();
CREATE TYPE line2 AS (start point2, "end" point2, mood mood);
CREATE TYPE textrange AS RANGE (
    subtype = text, multirange_type_name = textmultirange
);
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
"""

EVERY_CLASS: list[tuple[type[TypeInfo], str]] = [
    (TypeInfo, "mood"),
    (EnumInfo, "mood"),
    (CompositeInfo, "point2"),
    (RangeInfo, "textrange"),
    (MultirangeInfo, "textmultirange"),
]


@pytest.fixture
async def conn(dsn: str) -> AsyncIterator[pgtwin.AsyncConnection[Any]]:
    """A connection in a transaction in which there are some types."""
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        await conn.execute(TYPES)
        yield conn
        await conn.rollback()


class Mood(enum.Enum):
    """The enumeration `mood`."""

    sad = 1
    ok = 2
    happy = 3


class Point(NamedTuple):
    """The composite type `point2`."""

    x: int
    y: str | None


async def test_base_type(conn: pgtwin.AsyncConnection[Any]) -> None:
    info = await TypeInfo.fetch(conn, "box")
    assert type(info) is TypeInfo
    assert (info.name, info.oid, info.regtype) == ("box", 603, "box")
    assert (info.array_oid, info.delimiter) == (1020, ";")
    assert isinstance(info, psycopg.types.TypeInfo)


@pytest.mark.parametrize(
    "name",
    [
        "mood",
        "pgtwin_types.mood",
        "MOOD",
        '"mood"',
        sql.Identifier("mood"),
        sql.Identifier("pgtwin_types", "mood"),
    ],
)
async def test_fetch_of_an_enum_by_name(
    conn: pgtwin.AsyncConnection[Any], name: Any
) -> None:
    info = await EnumInfo.fetch(conn, name)
    assert info is not None
    assert info.name == "mood"
    assert info.labels == ["sad", "ok", "happy"]


@pytest.mark.parametrize(("cls", "_name"), EVERY_CLASS)
async def test_not_found(
    conn: pgtwin.AsyncConnection[Any], cls: type[TypeInfo], _name: str
) -> None:
    for missing in ("no_such_type", "no_such_schema.mood", sql.Identifier("MOOD")):
        assert await cls.fetch(conn, missing) is None
    assert conn.info.transaction_status == TransactionStatus.INTRANS


@pytest.mark.parametrize("cls", [EnumInfo, RangeInfo, MultirangeInfo])
async def test_fetch_of_a_type_of_another_kind(
    conn: pgtwin.AsyncConnection[Any], cls: type[TypeInfo]
) -> None:
    assert await cls.fetch(conn, "text") is None


@pytest.mark.parametrize(("cls", "name"), EVERY_CLASS)
async def test_transaction_status(
    conn: pgtwin.AsyncConnection[Any],
    other: pgtwin.AsyncConnection[Any],
    cls: type[TypeInfo],
    name: str,
) -> None:
    info = await cls.fetch(conn, name)
    assert type(info) is cls
    assert conn.info.transaction_status == TransactionStatus.INTRANS
    assert await cls.fetch(other, name) is None
    assert other.info.transaction_status == TransactionStatus.IDLE


async def test_failed_transaction(conn: pgtwin.AsyncConnection[Any]) -> None:
    with pytest.raises(e.DivisionByZero):
        await conn.execute("SELECT 1/0")
    with pytest.raises(e.InFailedSqlTransaction):
        await TypeInfo.fetch(conn, "text")


async def test_no_connection() -> None:
    with pytest.raises(TypeError):
        await TypeInfo.fetch("dbname=test", "text")  # type: ignore[call-overload]


def test_connection_of_psycopg(dsn: str) -> None:
    with psycopg.connect(dsn) as conn:
        info = TypeInfo.fetch(conn, "text")
        assert info is not None
        assert info.oid == 25


async def test_own_row_factory_and_cursors(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(
        dsn,
        row_factory=pgtwin.rows.scalar_row,
        cursor_factory=pgtwin.AsyncRawCursor,
    ) as conn:
        info = await TypeInfo.fetch(conn, "text")
        assert info is not None
        assert info.array_oid == 1009


async def test_without_encoding(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.execute("SET LOCAL client_encoding TO sql_ascii")
    info = await CompositeInfo.fetch(conn, "point2")
    assert info is not None
    assert info.name == "point2"
    assert info.field_names == ("x", "Y y")


@pytest.mark.parametrize("binary", [False, True])
@pytest.mark.parametrize("where", ["connection", "cursor"])
async def test_enum(
    conn: pgtwin.AsyncConnection[Any], binary: bool, where: str
) -> None:
    info = await EnumInfo.fetch(conn, "mood")
    assert info is not None
    cur = conn.cursor(binary=binary)
    context: Any = conn if where == "connection" else cur
    register_enum(info, context, Mood)
    assert info.enum is Mood
    await cur.execute("SELECT %s, %s", (Mood.sad, [Mood.ok, Mood.happy]))
    assert await cur.fetchone() == (Mood.sad, [Mood.ok, Mood.happy])
    await cur.execute("SELECT pg_typeof(%s)::text", (Mood.sad,))
    assert await cur.fetchone() == ("mood",)
    plain = await conn.execute("SELECT 'sad'::mood")
    assert await plain.fetchone() == (Mood.sad if where == "connection" else "sad",)


async def test_enum_made_by_us(conn: pgtwin.AsyncConnection[Any]) -> None:
    info = await EnumInfo.fetch(conn, "mood")
    assert info is not None
    register_enum(info, conn)
    assert info.enum is not None
    cur = await conn.execute("SELECT 'happy'::mood")
    row = await cur.fetchone()
    assert row == (info.enum["happy"],)
    with pytest.raises(TypeError, match="info"):
        register_enum(await EnumInfo.fetch(conn, "missing"), conn)  # type: ignore[arg-type]


async def test_enum_mapping(conn: pgtwin.AsyncConnection[Any]) -> None:
    class Colour(enum.Enum):
        RED = 1
        GREEN = 2
        BLUE = 3

    info = await EnumInfo.fetch(conn, "mood")
    assert info is not None
    mapping = {Colour.RED: "sad", Colour.GREEN: "ok", Colour.BLUE: "happy"}
    register_enum(info, conn, Colour, mapping=mapping)
    cur = await conn.execute("SELECT %s, 'ok'::mood", (Colour.RED,))
    assert await cur.fetchone() == (Colour.RED, Colour.GREEN)


@pytest.mark.parametrize("binary", [False, True])
async def test_composite(conn: pgtwin.AsyncConnection[Any], binary: bool) -> None:
    info = await CompositeInfo.fetch(conn, "point2")
    assert info is not None
    assert info.field_names == ("x", "Y y")
    assert info.field_types == (23, 25)
    register_composite(info, conn, Point)
    value = Point(1, 'a "b", (c)')
    cur = conn.cursor(binary=binary)
    await cur.execute("SELECT %s, %s", (value, [value, Point(2, None)]))
    row = await cur.fetchone()
    assert row is not None
    assert row == (value, [value, Point(2, None)])
    assert isinstance(row[0], Point)


async def test_composite_named_by_us(conn: pgtwin.AsyncConnection[Any]) -> None:
    info = await CompositeInfo.fetch(conn, "point2")
    assert info is not None
    register_composite(info, conn)
    cur = await conn.execute("SELECT ROW(1, 'a')::point2")
    row = await cur.fetchone()
    assert row is not None
    assert row[0].x == 1
    assert row[0].Y_y == "a"


@pytest.mark.parametrize("binary", [False, True])
async def test_nested_composite(
    conn: pgtwin.AsyncConnection[Any], binary: bool
) -> None:
    moods = await EnumInfo.fetch(conn, "mood")
    points = await CompositeInfo.fetch(conn, "point2")
    lines = await CompositeInfo.fetch(conn, "line2")
    assert moods is not None
    assert points is not None
    assert lines is not None
    assert lines.field_types == (points.oid, points.oid, moods.oid)
    register_enum(moods, conn, Mood)
    register_composite(points, conn, Point)
    register_composite(lines, conn)
    cur = conn.cursor(binary=binary)
    await cur.execute("SELECT ROW(ROW(1, 'a'), NULL, 'ok')::line2")
    row = await cur.fetchone()
    assert row is not None
    assert row[0].start == Point(1, "a")
    assert row[0].end is None
    assert row[0].mood is Mood.ok


async def test_composite_without_fields(conn: pgtwin.AsyncConnection[Any]) -> None:
    info = await CompositeInfo.fetch(conn, "nothing")
    assert info is not None
    assert info.field_names == ()
    assert info.field_types == ()


async def test_composite_with_dropped_field(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    await conn.execute("ALTER TYPE point2 DROP ATTRIBUTE x")
    info = await CompositeInfo.fetch(conn, "point2")
    assert info is not None
    assert info.field_names == ("Y y",)


@pytest.mark.parametrize("binary", [False, True])
async def test_range(conn: pgtwin.AsyncConnection[Any], binary: bool) -> None:
    info = await RangeInfo.fetch(conn, "textrange")
    assert info is not None
    assert info.subtype_oid == 25
    register_range(info, conn)
    value: Range[str] = Range("a", "b, c", "[)")
    cur = conn.cursor(binary=binary)
    await cur.execute("SELECT %s::textrange, %s::textrange[]", (value, [value]))
    assert await cur.fetchone() == (value, [value])
    assert conn.adapters.types.get_by_subtype(RangeInfo, "text") is info
    assert conn.adapters.types.get_by_subtype(RangeInfo, "box") is None


async def test_ranges_that_are_known(conn: pgtwin.AsyncConnection[Any]) -> None:
    types = conn.adapters.types
    for cls, name in ((RangeInfo, "int4range"), (MultirangeInfo, "int4multirange")):
        info = types.get_by_subtype(cls, "int4")
        assert info is not None
        assert info.name == name


@pytest.mark.parametrize("binary", [False, True])
async def test_multirange(conn: pgtwin.AsyncConnection[Any], binary: bool) -> None:
    info = await MultirangeInfo.fetch(conn, "textmultirange")
    ranges = await RangeInfo.fetch(conn, "textrange")
    assert info is not None
    assert ranges is not None
    assert (info.range_oid, info.subtype_oid) == (ranges.oid, 25)
    register_range(ranges, conn)
    register_multirange(info, conn)
    value = Multirange([Range("a", "b"), Range("x", "y")])
    cur = conn.cursor(binary=binary)
    await cur.execute("SELECT %s::textmultirange", (value,))
    assert await cur.fetchone() == (value,)


async def test_domain(conn: pgtwin.AsyncConnection[Any]) -> None:
    info = await TypeInfo.fetch(conn, "positive")
    assert info is not None
    info.register(conn)
    assert conn.adapters.types["positive"].oid == info.oid
    cur = await conn.execute("SELECT ARRAY[1, 2]::positive[]")
    assert cur.description is not None
    cur = await conn.execute("SELECT 'sad'::mood")
    assert cur.description is not None
    assert cur.description[0].type_display.isdigit()
    moods = await TypeInfo.fetch(conn, "mood")
    assert moods is not None
    moods.register(conn)
    assert cur.description[0].type_display == "mood"


async def test_arrays_of_a_registered_type(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = await conn.execute("SELECT '{sad,ok}'::mood[]")
    assert await cur.fetchone() == ("{sad,ok}",)
    info = await TypeInfo.fetch(conn, "mood")
    assert info is not None
    info.register(conn)
    cur = await conn.execute("SELECT '{sad,ok}'::mood[]")
    assert await cur.fetchone() == (["sad", "ok"],)


@pytest.mark.parametrize("binary", [False, True])
async def test_hstore(conn: pgtwin.AsyncConnection[Any], binary: bool) -> None:
    cur = await conn.execute(
        "SELECT 1 FROM pg_available_extensions WHERE name = 'hstore'"
    )
    if await cur.fetchone() is None:
        pytest.skip("the server has no hstore")
    await conn.execute("CREATE EXTENSION hstore SCHEMA pgtwin_types")
    info = await TypeInfo.fetch(conn, "hstore")
    assert info is not None
    register_hstore(info, conn)
    value = {"a": "1", "b": None, 'c"': "\u20ac"}
    cur = conn.cursor(binary=binary)
    await cur.execute("SELECT %s", (value,))
    assert await cur.fetchone() == (value,)


async def test_registered_in_one_place(
    conn: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    info = await EnumInfo.fetch(conn, "mood")
    assert info is not None
    register_enum(info, conn, Mood)
    assert conn.adapters.types.get("mood") is info
    assert other.adapters.types.get("mood") is None
    assert pgtwin.adapters.types.get("mood") is None


async def test_types_of_the_context_of_a_connection(
    conn: pgtwin.AsyncConnection[Any], dsn: str
) -> None:
    info = await EnumInfo.fetch(conn, "mood")
    assert info is not None
    register_enum(info, conn, Mood)
    async with pgtwin.AsyncConnection.connect(dsn, context=conn) as copy:
        assert copy.adapters.types.get("mood") is info
        assert copy.adapters.types.get_by_subtype(RangeInfo, "int4") is not None
