"""COPY stores what a value says, as INSERT does, or raises an error."""

from __future__ import annotations

import enum
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

import pgtwin
from pgtwin import errors as e
from pgtwin.adapt import Dumper
from pgtwin.types.json import Jsonb
from pgtwin.types.multirange import Multirange
from pgtwin.types.range import Range

if TYPE_CHECKING:
    from typing_extensions import LiteralString

Connection = pgtwin.AsyncConnection[Any]
Stored = list[tuple[Any, ...]]

EAST = timezone(timedelta(hours=5))
AWARE = datetime(2026, 1, 2, 23, 4, 5, tzinfo=EAST)
NAIVE = AWARE.replace(tzinfo=None)


class Mood(enum.Enum):
    """Has the labels of no type."""

    fine = 1


VALUES: list[Any] = [
    *("5", "f", "true", "", "2026-01-02", '{"a": 1}', "{f,t}", "[1,2)", "fine"),
    *(0, 2, -1, 101, 2**31, 2**40, 2**70, 20240101),
    *(1.5, 1e40, 1e-50, 1e300, float("inf"), float("nan")),
    *(Decimal("1.5"), Decimal("1E+3"), Decimal("NaN"), Decimal("1e400")),
    *(True, False, b"ab", bytearray(b"ab")),
    *(date(2026, 1, 2), NAIVE, AWARE, time(1, 2), time(1, 2, tzinfo=EAST)),
    *(timedelta(1, 2, 3), timedelta(-1), UUID(int=5)),
    *([], [None], [1, 2], [[1, 2], [3, 4]], [[1], [2, 3]], [1, [2]], [2**40]),
    *(["f", "t"], [True, None], [1.5], [1e40], [AWARE], [{"a": 1}], ['{"a":1}']),
    *({"a": 1}, Jsonb({"a": 1}), Mood.fine, (1, "a"), {1, 2}),
    *(Range(1, 2), Range(1, 2**40), Range(NAIVE, None), Range(AWARE, None)),
]
TYPES = [
    "bool",
    "int2",
    "int4",
    "int8",
    "oid",
    "float4",
    "float8",
    "numeric",
    "text",
    "varchar(3)",
    "char(3)",
    "name",
    "bytea",
    "json",
    "jsonb",
    "date",
    "time",
    "timetz",
    "timestamp",
    "timestamptz",
    "interval",
    "uuid",
    "inet",
    "bit(3)",
    "bool[]",
    "int4[]",
    "float4[]",
    "text[]",
    "timestamp[]",
    "jsonb[]",
    "int4range",
    "tsrange",
    "mood",
    "moment",
]
# What INSERT refuses, or changes, though a value says it: numbers that are truth
# values, and what JSON can be made of.
SAID = {bool: "int2 int4 int8 oid float4 float8 numeric int4[] float4[] json jsonb"}


def says(value: Any, name: str) -> bool:
    """Return whether a value may be stored though INSERT refuses it."""
    if name.startswith("json"):
        return not isinstance(value, str)
    some = value[0] if isinstance(value, list) and value else value
    return isinstance(some, bool) and name in SAID[bool].split()


@pytest.fixture
async def moods(conn: Connection) -> Connection:
    """A connection with types of its own, outside UTC."""
    await conn.set_autocommit(True)
    await conn.execute("SET timezone TO 'Asia/Tokyo'")
    await conn.execute("CREATE TYPE pg_temp.mood AS ENUM ('fine', 'f', '5')")
    await conn.execute("CREATE DOMAIN pg_temp.moment AS timestamp")
    await conn.execute("SET search_path TO pg_temp, public")
    return conn


async def attempt(conn: Connection, write: Callable[[], Awaitable[Any]]) -> Any:
    """Return what the last row has, as text; `None` after an error."""
    try:
        await write()
    except Exception:
        failed = True
    else:
        failed = False
    cur = await conn.execute(
        "WITH gone AS (DELETE FROM held RETURNING v::text) "
        "SELECT v FROM gone ORDER BY v NULLS FIRST"
    )
    rows = await cur.fetchall()
    if failed:
        assert rows == [], "an error, and rows"
        return None
    return rows[-1]


def writers(
    conn: Connection, name: str, value: Any
) -> Iterator[tuple[str, Callable[[], Awaitable[Any]]]]:
    async def insert() -> None:
        await conn.execute("INSERT INTO held (v) VALUES (%s)", (value,), prepare=False)

    yield "insert", insert

    async def records() -> None:
        await conn.copy_records("held", ["v"], [(value,)])

    yield "records", records

    async def beside_others() -> None:
        await conn.copy_records("held", ["v", "z"], [(value, "1010")])

    yield "records beside a bit string", beside_others

    async def later() -> None:
        await conn.copy_records("held", None, iter([(None, None), [value, "1010"]]))

    yield "records later", later
    typed = {"varchar(3)": "varchar", "moment": "timestamp"}.get(name, name)
    if typed in ("mood", "char(3)", "bit(3)"):
        return  # psycopg dumps no values by these types

    async def by_type(options: LiteralString, together: bool) -> None:
        async with conn.cursor().copy(f"COPY held (v) FROM STDIN {options}") as copy:
            copy.set_types([typed])
            if together:
                await copy.write_rows([(value,), (value,)])
            else:
                await copy.write_row((value,))

    async def text() -> None:
        await by_type("", False)

    async def texts() -> None:
        await by_type("", True)

    async def binary() -> None:
        await by_type("(FORMAT binary)", False)

    async def binaries() -> None:
        await by_type("(FORMAT binary)", True)

    yield "row", text
    yield "rows", texts
    yield "binary row", binary
    yield "binary rows", binaries


@pytest.mark.parametrize("name", TYPES)
async def test_as_insert_or_an_error(moods: Connection, name: str) -> None:
    await moods.execute(f"CREATE TEMP TABLE held (v {name}, z bit(4))".encode())
    for value in VALUES:
        found = {
            how: await attempt(moods, write)
            for how, write in writers(moods, name, value)
        }
        expected = found.pop("insert")
        records = {found[how] for how in found if how.startswith("records")}
        assert len(records) == 1, (value, found)
        for how, got in found.items():
            if got is None or got == expected:
                continue
            typed_json = name.startswith("json") and not how.startswith("records")
            is_range = isinstance(value, Range) and name == "tsrange"
            assert typed_json or is_range or says(value, name), (
                value,
                how,
                got,
                expected,
            )


async def test_text_for_booleans(conn: Connection) -> None:
    await conn.execute("CREATE TEMP TABLE flags (v bool, w bool[])")
    rows: list[tuple[Any, ...]] = [(True, None), ("f", ["f", "t"]), (False, [True])]
    assert await conn.copy_records("flags", None, rows) == 3
    cur = await conn.execute("SELECT * FROM flags")
    assert await cur.fetchall() == [
        (True, None),
        (False, [False, True]),
        (False, [True]),
    ]
    with pytest.raises(e.DataError, match="type int"):
        await conn.copy_records("flags", ["v"], [(True,), (2,)])
    await conn.rollback()


async def later(rows: list[tuple[Any, ...]]) -> AsyncIterator[tuple[Any, ...]]:
    for row in rows:
        yield row


@pytest.mark.parametrize("autocommit", [False, True])
@pytest.mark.parametrize("source", [list, iter, later])
async def test_rows_that_do_not_fit_binary_format(
    conn: Connection, source: Callable[..., Any], autocommit: bool
) -> None:
    await conn.set_autocommit(autocommit)
    await conn.execute("CREATE TEMP TABLE mixed (v int, d date)")
    rows: list[tuple[Any, ...]] = [(n, date(2026, 1, 2)) for n in range(1000)]
    rows[700] = ("700", "2026-01-02")
    assert await conn.copy_records("mixed", None, source(rows)) == 1000
    cur = await conn.execute("SELECT sum(v), count(d) FROM mixed")
    assert await cur.fetchall() == [(499500, 1000)]
    if autocommit:
        rows[999] = ("nothing", None)
        with pytest.raises(e.InvalidTextRepresentation):
            await conn.copy_records("mixed", None, source(rows))
        cur = await conn.execute("SELECT count(*) FROM mixed")
        assert await cur.fetchall() == [(1000,)]


async def test_documents(conn: Connection) -> None:
    await conn.execute("CREATE TEMP TABLE documents (v jsonb, w json[], z bit(4))")
    values: list[tuple[Any, ...]] = [
        ('{"a": 1}', ['{"b": 2}', {"c": 3}]),
        ({"a": 1}, [{"b": 2}, '{"c": 3}']),
        (Jsonb({"a": 1}), [Jsonb({"b": 2}), '{"c": 3}']),
    ]
    for value in values:
        await conn.copy_records("documents", ["v", "w"], [value])
        await conn.copy_records("documents", None, [(*value, "1010")])
    cur = await conn.execute("SELECT v, w FROM documents")
    assert await cur.fetchall() == [({"a": 1}, [{"b": 2}, {"c": 3}])] * 6
    await conn.rollback()


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("value", [1e40, -1e40, 1e-50, Decimal("1e50")])
async def test_numbers_beyond_float4(
    conn: Connection, value: Any, together: bool
) -> None:
    await conn.execute("CREATE TEMP TABLE floats (v float4, w float4[])")
    await conn.commit()
    for row in ((value, None), (1.0, [value])):
        with pytest.raises(e.DataError):
            async with conn.cursor().copy(
                "COPY floats FROM STDIN (FORMAT binary)"
            ) as copy:
                copy.set_types(["float4", "float4[]"])
                if together:
                    await copy.write_rows([row])
                else:
                    await copy.write_row(row)
        await conn.rollback()


async def test_error_of_a_dumper(conn: Connection) -> None:
    class Thing:
        """A value of a user."""

    class Bad(Dumper):
        def dump(self, obj: Thing) -> bytes:
            raise TypeError("of my own")

    await conn.execute("CREATE TEMP TABLE things (i int, v jsonb)")
    conn.adapters.register_dumper(Thing, Bad)
    async with conn.cursor().copy("COPY things FROM STDIN") as copy:
        with pytest.raises(TypeError, match="of my own"):
            await copy.write_row((1, Thing()))
        with pytest.raises(TypeError, match="of my own"):
            await copy.write_rows([(1, Thing())])
        await copy.write_row((2, "{}"))
    cur = await conn.execute("SELECT * FROM things")
    assert await cur.fetchall() == [(2, {})]
    await conn.rollback()


async def test_ranges_without_an_offset(conn: Connection) -> None:
    await conn.execute("CREATE TEMP TABLE spans (a tsrange, b tsmultirange)")
    await conn.commit()
    span = Range(NAIVE, NAIVE + timedelta(1))
    row = (span, Multirange([span]))
    await conn.copy_records("spans", None, [row, (Range(None, NAIVE), None)])
    cur = await conn.execute("SELECT * FROM spans")
    assert await cur.fetchall() == [row, (Range(None, NAIVE, "()"), None)]
    aware = Range(AWARE, None)
    for bad in (aware, Multirange([aware])):
        with pytest.raises(e.DataError):
            await conn.copy_records("spans", ["ab"[bad is not aware]], [(bad,)])
        await conn.rollback()
