"""Arrow data into tables, and there and back."""

from __future__ import annotations

import decimal
import struct
from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import pgtwin
from pgtwin import errors as e, sql
from pgtwin.types.string import StrBinaryDumper, StrDumper
from tests.support.arrow_values import VALUES

if TYPE_CHECKING:
    from typing_extensions import LiteralString

Connection = pgtwin.AsyncConnection[Any]
Usable = Callable[[Connection], Awaitable[None]]
Content = Callable[[Connection], Awaitable[list[tuple[Any, ...]]]]


async def make(conn: Connection, columns: str) -> None:
    statement: Any = f"CREATE TEMP TABLE arrows ({columns})"
    await conn.execute("DROP TABLE IF EXISTS arrows")
    await conn.execute(statement)


async def back(conn: Connection) -> Any:
    return await conn.fetch_arrow(sql.Identifier("arrows"))


@pytest.mark.parametrize(("type_", "text", "arrow", "value"), VALUES)
async def test_arrow_values_are_written_and_read_back(
    conn: Connection, type_: str, text: str, arrow: Any, value: object
) -> None:
    await make(conn, f"v {type_}")
    table = pa.table({"v": pa.array([value, None, value], arrow)})
    assert await conn.copy_arrow("arrows", table) == 3
    assert (await back(conn)).equals(table)
    cur = await conn.execute("SELECT count(*) FROM arrows WHERE v::text = %s", [text])
    if text not in ("[0:1]={1,2}", "0.1", "-inf", "t", "f") and type_ not in (
        *("json", "jsonb", "numeric(100,5)", "numeric(76,5)", "numeric", "timestamptz"),
        *("interval", "bpchar(3)"),
    ):
        assert await cur.fetchone() == (2,)


OTHERS: list[tuple[str, Any, list[Any], list[Any]]] = [
    ("int2", pa.int64(), [1, None, -5], [1, None, -5]),
    ("int8", pa.uint64(), [2**63 - 1], [2**63 - 1]),
    ("int8", pa.int8(), [-1], [-1]),
    ("int4", pa.uint16(), [65535], [65535]),
    ("float8", pa.float16(), [0.5], [0.5]),
    ("float8", pa.float32(), [0.1], [0.10000000149011612]),
    ("float8", pa.int32(), [7], [7.0]),
    ("float4", pa.float64(), [0.5, None], [0.5, None]),
    ("numeric(9,3)", pa.decimal128(7, 2), [Decimal("1.25")], [Decimal("1.250")]),
    ("numeric(9,3)", pa.int32(), [12], [Decimal("12.000")]),
    ("numeric(9,3)", pa.float64(), [0.125], [Decimal("0.125")]),
    ("text", pa.large_string(), ["é", None], ["é", None]),
    ("text", pa.string_view(), ["a longer string than twelve"] * 2, None or []),
    (
        "varchar(9)",
        pa.dictionary(pa.int8(), pa.string()),
        ["a", "a", None],
        ["a", "a", None],
    ),
    (
        "text[]",
        pa.list_(pa.dictionary(pa.int8(), pa.string())),
        [["a", None, "a"], None, ["b"]],
        [["a", None, "a"], None, ["b"]],
    ),
    ("bytea", pa.large_binary(), [b"\0", None], [b"\0", None]),
    ("bytea", pa.binary(2), [b"ab"], [b"ab"]),
    ("jsonb", pa.string(), ['{"a": 1}', None], ['{"a": 1}', None]),
    ("date", pa.date64(), [date(2024, 2, 29)], [date(2024, 2, 29)]),
    ("date", pa.string(), ["2024-02-29"], [date(2024, 2, 29)]),
    ("time", pa.time32("s"), [time(1, 2, 3)], [time(1, 2, 3)]),
    ("time", pa.time64("ns"), [time(1, 2, 3, 4)], [time(1, 2, 3, 4)]),
    ("timestamp", pa.timestamp("s"), [datetime(2024, 1, 2)], [datetime(2024, 1, 2)]),
    (
        "timestamp",
        pa.timestamp("ns"),
        [datetime(2024, 1, 2, 3)],
        [datetime(2024, 1, 2, 3)],
    ),
    (
        "timestamptz",
        pa.timestamp("ms", "Europe/Paris"),
        [datetime(2024, 1, 2, tzinfo=timezone.utc)],
        [datetime(2024, 1, 2, tzinfo=timezone.utc)],
    ),
    (
        "interval",
        pa.duration("ns"),
        [timedelta(days=1, microseconds=5)],
        [pa.MonthDayNano([0, 1, 5000])],
    ),
    ("uuid", pa.string(), [str(UUID(int=9))], [UUID(int=9)]),
    ("inet", pa.string(), ["::1"], ["::1/128"]),
    ("int4", pa.null(), [None, None], [None, None]),
    ("bool", pa.bool_(), [True, None, False], [True, None, False]),
    ("int8[]", pa.large_list(pa.int16()), [[1, None], None, []], [[1, None], None, []]),
    ("int8[]", pa.list_(pa.int16(), 2), [[1, 2], None, [3, 4]], [[1, 2], None, [3, 4]]),
    (
        "timestamp[]",
        pa.list_(pa.timestamp("ns")),
        [[datetime(2024, 1, 2), None]],
        [[datetime(2024, 1, 2), None]],
    ),
]


@pytest.mark.parametrize(("type_", "arrow", "values", "expected"), OTHERS)
async def test_other_types(
    conn: Connection, type_: str, arrow: Any, values: list[Any], expected: list[Any]
) -> None:
    await make(conn, f"v {type_}")
    # What is before and after a slice is no part of it.
    array = pa.concat_arrays([pa.array(values, arrow)] * 3).slice(
        len(values), len(values)
    )
    table = pa.table({"v": array})
    assert await conn.copy_arrow("arrows", table) == len(values)
    assert (await back(conn)).column("v").to_pylist() == (expected or values)


REFUSED: list[tuple[str, Any]] = [
    ("int2", pa.array([2**15])),
    ("int8", pa.array([2**63], pa.uint64())),
    ("int4", pa.array([1.5])),
    ("int4", pa.array(["x"])),
    ("bool", pa.array([1])),
    ("float4", pa.array([1e40])),
    ("numeric(3,1)", pa.array([Decimal("1000.5")])),
    ("timestamp", pa.array([1], pa.timestamp("ns"))),
    ("time", pa.array([1], pa.time64("ns"))),
    ("interval", pa.array([(1, 2, 3)], pa.month_day_nano_interval())),
    ("timestamp", pa.array([0], pa.timestamp("us", "UTC"))),
    ("date", pa.array([2**31 - 1], pa.date32())),
    ("timestamp", pa.array([2**63 - 1], pa.timestamp("us"))),
    ("text", pa.array([{"a": 1}])),
    ("text", pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int32()))),
    ("text", pa.array(["a\0b"])),
    ("varchar(1)", pa.array(["ab"])),
    ("int4", pa.array([[1]])),
    ("int4 NOT NULL", pa.array([None], pa.int32())),
]


@pytest.mark.parametrize(("type_", "array"), REFUSED)
@pytest.mark.parametrize("autocommit", [True, False])
async def test_arrow_table_that_the_server_refuses(
    conn: Connection, usable: Usable, type_: str, array: Any, autocommit: bool
) -> None:
    await conn.set_autocommit(autocommit)
    await make(conn, f"n int, v {type_}")
    if not autocommit:
        await conn.commit()
    many = pa.table({"n": pa.array([1]), "v": array})
    with pytest.raises((e.DataError, e.IntegrityError)):
        await conn.copy_arrow("arrows", many)
    await usable(conn)
    assert (await back(conn)).num_rows == 0
    await conn.execute("DROP TABLE arrows")


async def test_intervals_in_each_style(conn: Connection) -> None:
    arrow = pa.month_day_nano_interval()
    parts = [(-1, 2, 3000), (1, -2, -3000), (-1, -2, -3000), (0, -2, 3000)]
    intervals = pa.array([*parts, (5, 0, 0)], arrow)
    for style in ("postgres", "postgres_verbose", "sql_standard", "iso_8601"):
        await conn.execute("SELECT set_config('intervalstyle', %s, true)", [style])
        await make(conn, "v interval")
        await conn.copy_arrow("arrows", pa.table({"v": intervals}))
        assert (await back(conn)).column("v").to_pylist() == intervals.to_pylist()


def from_buffers(arrow: Any, *buffers: bytes) -> Any:
    """Return an array of two values, which nobody has looked at."""
    return pa.Array.from_buffers(arrow, 2, [None, *map(pa.py_buffer, buffers)])


async def test_words_of_polars(conn: Connection) -> None:
    words = pa.array(["a", "more than twelve letters", None], pa.string_view())
    places = pa.array([1, None, 2, 0, 1])
    column = pa.DictionaryArray.from_arrays(places, words)
    await make(conn, "v text")
    assert await conn.copy_arrow("arrows", pa.table({"v": column.slice(1)})) == 4
    expected = [None, None, "a", "more than twelve letters"]
    assert (await back(conn)).column("v").to_pylist() == expected


class Column:
    """Gives a stream that has no columns: the values of one."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return pa.chunked_array([[1, 2]]).__arrow_c_stream__()


async def test_stream_of_a_column(conn: Connection, usable: Usable) -> None:
    with pytest.raises(e.DataError, match="no table of Arrow"):
        await conn.copy_arrow("arrows", Column())
    await usable(conn)


NOT_VALID: list[tuple[str, Any]] = [
    ("date", from_buffers(pa.date64(), struct.pack("=qq", 86_400_000, 5))),
    ("text", from_buffers(pa.string(), struct.pack("=iii", 0, 9, 3), b"abc")),
    ("bytea", from_buffers(pa.binary(), struct.pack("=iii", 0, -9, 3), b"abc")),
    ("text", from_buffers(pa.large_string(), struct.pack("=qqq", 0, 9, 3), b"abc")),
    ("text", pa.DictionaryArray.from_arrays([0, 9], ["a"], safe=False)),
    ("numeric", from_buffers(pa.decimal128(1, 0), b"\1" * 32)),
    ("numeric", from_buffers(pa.decimal128(38, 120), b"\1" * 32)),
]


@pytest.mark.parametrize(("type_", "array"), NOT_VALID)
async def test_what_is_no_arrow_data(
    conn: Connection, usable: Usable, type_: str, array: Any
) -> None:
    await make(conn, f"v {type_}")
    await conn.commit()
    with pytest.raises(e.DataError):
        await conn.copy_arrow("arrows", pa.table({"v": array}))
    await usable(conn)
    assert (await back(conn)).num_rows == 0
    await conn.execute("DROP TABLE arrows")


async def test_columns_by_name(
    conn: Connection, table: LiteralString, content: Content
) -> None:
    data = pa.table({"b": ["x"], "id": [1]})
    assert await conn.copy_arrow(table, data) == 1
    assert (
        await conn.copy_arrow(table, data.set_column(1, "id", [[2]]), ["a", "id"]) == 1
    )
    assert await content(conn) == [(1, None, "x"), (2, "x", None)]
    with pytest.raises(e.UndefinedColumn):
        await conn.copy_arrow(table, pa.table({"id": [3], "c": [1]}))


async def test_difficult_names(conn: Connection) -> None:
    name = sql.Identifier("pg_temp", 'my "table')
    await conn.execute(
        sql.SQL("CREATE TABLE {} ({} int)").format(name, sql.Identifier('%s "x'))
    )
    assert await conn.copy_arrow(name, pa.table({'%s "x': [1]})) == 1
    assert (await conn.fetch_arrow(name)).to_pydict() == {'%s "x': [1]}


async def test_sources(conn: Connection) -> None:
    await make(conn, "n int8, t text")
    table = pa.table({"n": [1, 2, 3], "t": ["a", None, "c"]})
    batches = [*table.to_batches(), *table.slice(1).to_batches()]
    reader = pa.RecordBatchReader.from_batches(table.schema, iter(batches))
    assert await conn.copy_arrow("arrows", reader) == 5
    assert await conn.copy_arrow("arrows", batches[0]) == 3
    assert await conn.copy_arrow("arrows", table.slice(0, 0)) == 0
    with pytest.raises(TypeError, match="__arrow_c_stream__"):
        await conn.copy_arrow("arrows", cast("Any", [(1, "a")]))
    assert (await back(conn)).num_rows == 8


async def test_data_frames(conn: Connection) -> None:
    polars = pytest.importorskip("polars")
    await make(conn, "n int8, t text, d date")
    frame = polars.DataFrame(
        {"n": [1, None, 3], "t": ["a", "é", None], "d": [date(2024, 1, 1)] * 3}
    )
    assert await conn.copy_arrow("arrows", frame) == 3
    found = polars.DataFrame(await back(conn))
    assert found.equals(frame)


# pandas reads Arrow by deprecated functions of others.
@pytest.mark.filterwarnings("ignore")
async def test_data_frames_of_pandas(conn: Connection) -> None:
    pandas = pytest.importorskip("pandas")
    await make(conn, "n int8, t text, w timestamp")
    frame = pandas.DataFrame(
        {"n": [1, 2], "t": ["a", None], "w": pandas.to_datetime(["2024-01-01"] * 2)}
    )
    assert await conn.copy_arrow("arrows", frame) == 2
    found = (await back(conn)).to_pandas()
    assert found["n"].tolist() == [1, 2]
    assert found["w"].tolist() == frame["w"].tolist()


async def test_progress(conn: Connection) -> None:
    await make(conn, "n int8, t text")
    size = 100_000
    table = pa.table({"n": range(size), "t": [str(n) for n in range(size)]})
    steps: list[int] = []
    assert (
        await conn.copy_arrow(
            "arrows", table, progress=lambda copy: steps.append(copy.rows_done)
        )
        == size
    )
    assert steps == sorted(steps)
    assert steps[-1] == size
    assert len(steps) > 5
    assert (await back(conn)).equals(table)


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
CONTEXT = decimal.Context(prec=50)
MICROSECOND = timedelta(microseconds=1)
COLUMNS: dict[str, tuple[Any, Any]] = {
    "bool": (pa.bool_(), st.booleans()),
    "int2": (pa.int16(), st.integers(-(2**15), 2**15 - 1)),
    "int4": (pa.int32(), st.integers(-(2**31), 2**31 - 1)),
    "int8": (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    "oid": (pa.uint32(), st.integers(0, 2**32 - 1)),
    "float4": (pa.float32(), st.floats(width=32, allow_nan=False)),
    "float8": (pa.float64(), st.floats(allow_nan=False)),
    "numeric(38,9)": (
        pa.decimal128(38, 9),
        st.integers(-(10**38) + 1, 10**38 - 1).map(
            lambda n: Decimal(n).scaleb(-9, CONTEXT)
        ),
    ),
    "text": (pa.string(), TEXTS),
    "bytea": (pa.binary(), st.binary()),
    "uuid": (pa.uuid(), st.uuids()),
    "date": (pa.date32(), st.dates()),
    "time": (pa.time64("us"), st.times()),
    "timestamp": (pa.timestamp("us"), st.datetimes()),
    "timestamptz": (
        pa.timestamp("us", "UTC"),
        st.datetimes(timezones=st.just(timezone.utc)),
    ),
    "interval": (
        pa.month_day_nano_interval(),
        st.tuples(
            st.integers(-(2**31) + 1, 2**31 - 1),
            st.integers(-(2**31) + 1, 2**31 - 1),
            st.integers(-(2**53), 2**53).map(lambda n: n * 1000),
        ).map(pa.MonthDayNano),
    ),
    "int4[]": (
        pa.list_(pa.int32()),
        st.lists(st.none() | st.integers(-(2**31), 2**31 - 1)),
    ),
    "text[]": (pa.list_(pa.string()), st.lists(st.none() | TEXTS)),
}


@given(st.data())
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
async def test_any_values(dsn: str, data: st.DataObject) -> None:
    names = data.draw(
        st.lists(st.sampled_from(sorted(COLUMNS)), min_size=1, max_size=4)
    )
    size = data.draw(st.integers(0, 12))
    arrays = []
    for name in names:
        arrow, values = COLUMNS[name]
        drawn = data.draw(st.lists(st.none() | values, min_size=size, max_size=size))
        arrays.append(pa.array(drawn, arrow))
    table = pa.table(arrays, names=[f"c{place}" for place in range(len(names))])
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        columns = [f"c{place} {name}" for place, name in enumerate(names)]
        await make(conn, ", ".join(columns))
        assert await conn.copy_arrow("arrows", table) == size
        found = await back(conn)
        assert found.equals(table), (found.to_pydict(), table.to_pydict())
        await conn.rollback()


class Shouting(StrDumper):
    """Dumps strings otherwise than psycopg."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.upper())


class ShoutingBinary(StrBinaryDumper):
    """Does so in binary format."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.upper())


async def test_dumpers_of_users(conn: Connection) -> None:
    await make(conn, "n int8, t text")
    for dumper in (Shouting, ShoutingBinary):
        conn.adapters.register_dumper(str, dumper)
    table = pa.table({"n": [1, 2], "t": ["a", None]})
    assert await conn.copy_arrow("arrows", table) == 2
    assert (await back(conn)).column("t").to_pylist() == ["A", None]


async def test_batches_with_odd_values(conn: Connection) -> None:
    await make(conn, "n int8")
    numbers = [*range(9000), 2**63 - 1, *range(9000)]
    table = pa.table({"n": pa.array(numbers, pa.uint64())})
    await conn.copy_arrow("arrows", table)
    assert (await back(conn)).column("n").to_pylist() == numbers
    # Nanoseconds are left to Python, which takes those that are microseconds.
    await make(conn, "w timestamp")
    moments = pa.array([n * 1000 for n in range(9000)], pa.timestamp("ns"))
    await conn.copy_arrow("arrows", pa.table({"w": moments}))
    found = (await back(conn)).column("w").combine_chunks()
    assert found.cast(pa.timestamp("ns")).equals(moments)
