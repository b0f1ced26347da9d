"""Rows that C writes from Arrow are those that the dumpers of their values make."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import date, datetime, time, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pyarrow as pa
import pytest

import pgtwin_native as native
from pgtwin.core.adaptation.adapt_context import AdaptationContext
from pgtwin.core.arrow.rows import ArrowRows
from pgtwin.core.copy.dumpers import CopyAdapters
from pgtwin.core.copy.records import Column
from pgtwin.core.copy.row_writer import Rows
from pgtwin.core.engine.copy_decoders import SIGNATURE, TRAILER, BinaryDecoder
from pgtwin.core.engine.copy_escapes import escapes
from pgtwin.core.engine.native_arrow import native_arrow_writer

UTC = timezone.utc
# The types of the server, of Arrow, and values that are plain.
PLAIN: list[tuple[str, Any, list[Any]]] = [
    ("int2", pa.int8(), [-128, None, 127]),
    ("int2", pa.int64(), [-(2**15), 2**15 - 1]),
    ("int4", pa.int16(), [-(2**15), 5]),
    ("int4", pa.uint32(), [2**31 - 1]),
    ("int8", pa.int64(), [-(2**63), 2**63 - 1, None]),
    ("int8", pa.uint8(), [255]),
    ("int8", pa.uint16(), [65535]),
    ("int8", pa.uint64(), [2**63 - 1]),
    ("int8", pa.int32(), [-1]),
    ("oid", pa.uint32(), [2**32 - 1, 0]),
    ("oid", pa.int64(), [2**32 - 1]),
    ("float4", pa.float32(), [0.5, None, float("inf"), -0.0]),
    ("float8", pa.float32(), [0.1]),
    ("float8", pa.float64(), [0.1, float("-inf"), 1e-300]),
    ("bool", pa.bool_(), [True, False, None] * 5),
    ("text", pa.string(), ["", None, "é€𝄞", "x" * 1000]),
    ("varchar", pa.large_string(), ["", None, "é"]),
    ("name", pa.string(), ["n"]),
    ("json", pa.string(), ["{}", None]),
    ("jsonb", pa.large_string(), ["{}", None]),
    ("bytea", pa.binary(), [b"", b"\0\xff", None]),
    ("bytea", pa.large_binary(), [b"x"]),
    ("date", pa.date32(), [date(1, 1, 1), None, date(9999, 12, 31)]),
    ("time", pa.time64("us"), [time(0, 0, 0, 5), time(23, 59, 59, 999999), None]),
    (
        "timestamp",
        pa.timestamp("us"),
        [datetime(1, 1, 1), datetime(9999, 12, 31), None],
    ),
    ("timestamp", pa.timestamp("s"), [datetime(1960, 5, 4, 3, 2, 1)]),
    ("timestamptz", pa.timestamp("ms", "UTC"), [datetime(2024, 2, 29, tzinfo=UTC)]),
    ("uuid", pa.uuid(), [UUID(int=7), None]),
]


def column_of(name: str) -> Column:
    return Column(b'"c"', psycopg.adapters.types[name].oid)


def dumped(columns: Sequence[str], rows: Any) -> bytes:
    adapters = CopyAdapters(psycopg.adapters)
    transformer = AdaptationContext(adapters, None).transformer()
    writer = Rows(transformer, "utf-8", escapes("utf-8", "utf-8"), True)
    writer.set_columns([column_of(name) for name in columns])
    source = iter(rows)
    while writer.add_from(source):
        pass
    return writer.take().removeprefix(SIGNATURE)


def written(columns: Sequence[str], rows: ArrowRows) -> tuple[bytes, int]:
    """Return what C writes, and how many rows."""
    oids = [column_of(name).oid for name in columns]
    write = native_arrow_writer(rows.schema, oids, "utf-8")
    assert write is not None
    data, number = b"", 0
    while (batch := rows.batch()) is not None:
        block, some = write(batch, rows.position)
        if not some:
            break
        data += block
        number += some
        rows.position += some
    return data, number


@pytest.mark.parametrize(("name", "arrow", "values"), PLAIN)
def test_plain_values(name: str, arrow: Any, values: list[Any]) -> None:
    array = pa.array(values, arrow)
    for some in (array, pa.concat_arrays([array] * 5).slice(len(values) // 2)):
        table = pa.table({"c": some})
        rows = list(ArrowRows(table.to_reader()))
        found = written([name], ArrowRows(table.to_reader()))
        assert found == (dumped([name], rows), len(rows))


def test_columns_beside_each_other() -> None:
    size = 20_000
    table = pa.table(
        {
            "a": pa.array([i if i % 3 else None for i in range(size)]),
            "b": pa.array(["é" * (i % 9) if i % 5 else None for i in range(size)]),
            "c": pa.array([i % 7 == 0 if i % 11 else None for i in range(size)]),
        }
    )
    table = pa.concat_tables([table.slice(3, 8000), table.slice(7), table.slice(0, 0)])
    columns = ["int8", "text", "bool"]
    rows = zip(*(table.column(name).to_pylist() for name in "abc"), strict=True)
    found = written(columns, ArrowRows(table.to_reader()))
    assert found == (dumped(columns, list(rows)), table.num_rows)


DECIMALS = [
    *("0", "1", "-1", "9999", "10000", "-10001", "0.5", "123.456", "-0.0001", "1e20"),
    *("99999999.99999999", "1" * 38, "-" + "9" * 38, "0." + "9" * 38, "1e-38"),
    *("100000000", "5000.5", "0.00010000", "12345678901234567890.123"),
]


@pytest.mark.skipif("DECIMAL" not in native.ARROW_KINDS, reason="no 128 bits")
@pytest.mark.parametrize("scale", [0, 1, 2, 3, 4, 5, 8, 9, 20, 37, 38])
def test_decimals(scale: int) -> None:
    values: list[Decimal | None] = [None]
    for text in DECIMALS:
        value = Decimal(text)
        exponent = value.as_tuple().exponent
        assert isinstance(exponent, int)
        if -exponent <= scale and abs(value) < Decimal(10) ** (38 - scale):
            values.append(value)
    table = pa.table({"c": pa.array(values, pa.decimal128(38, scale))})
    data, number = written(["numeric"], ArrowRows(table.to_reader()))
    assert number == len(values) >= 2
    decoder = BinaryDecoder(
        AdaptationContext(CopyAdapters(psycopg.adapters), None).transformer()
    )
    decoder.set_types([psycopg.adapters.types["numeric"].oid])
    found = [value for (value,) in decoder.decode([SIGNATURE, data, TRAILER])]
    assert found == values
    digits = [each.as_tuple().exponent for each in found if each is not None]
    assert digits == [-scale] * len(digits)


def from_buffers(arrow: Any, *buffers: bytes) -> Any:
    """Return an array of two values, which nobody has looked at."""
    return pa.Array.from_buffers(arrow, 2, [None, *map(pa.py_buffer, buffers)])


ODD: list[tuple[str, Any]] = [
    ("int2", pa.array([5, 2**15])),
    ("int4", pa.array([5, -(2**31) - 1])),
    ("int8", pa.array([5, 2**63], pa.uint64())),
    ("oid", pa.array([5, -1])),
    ("oid", pa.array([5, 2**32])),
    ("date", pa.array([5, -(2**31)], pa.date32())),
    ("date", pa.array([2932896, 2932897], pa.date32())),
    ("date", pa.array([-719162, -719163], pa.date32())),
    ("timestamp", pa.array([253402300799, 253402300800], pa.timestamp("s"))),
    ("timestamp", pa.array([-62135596800, -62135596801], pa.timestamp("s"))),
    ("date", pa.array([5, -(2**31) + 10_957], pa.date32())),
    ("time", pa.array([5, 86_400_000_000], pa.time64("us"))),
    ("time", pa.array([5, -1], pa.time64("us"))),
    ("timestamp", pa.array([5, -(2**63)], pa.timestamp("us"))),
    ("timestamp", pa.array([5, 2**62], pa.timestamp("s"))),
    ("timestamp", pa.array([5, -(2**63) + 946_684_800_000_000], pa.timestamp("us"))),
    ("numeric", from_buffers(pa.decimal128(3, 1), bytes(16) + b"\xe8\3" + bytes(14))),
]


@pytest.mark.parametrize(("name", "array"), ODD)
def test_values_that_are_not_plain(name: str, array: Any) -> None:
    _, number = written([name], ArrowRows(pa.table({"c": array}).to_reader()))
    assert number == 1


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("text", from_buffers(pa.string(), struct.pack("=iii", 0, 9, 3), b"abc")),
        ("text", from_buffers(pa.string(), struct.pack("=iii", 0, -9, 3), b"abc")),
        ("bytea", from_buffers(pa.binary(), struct.pack("=iii", 1, 0, 3), b"abc")),
        (
            "bytea",
            from_buffers(pa.large_binary(), struct.pack("=qqq", 0, 9, 3), b"abc"),
        ),
    ],
)
def test_offsets_outside_of_the_data(name: str, array: Any) -> None:
    assert written([name], ArrowRows(pa.table({"c": array}).to_reader())) == (b"", 0)


@pytest.mark.parametrize(
    ("name", "arrow"),
    [
        ("text", pa.int32()),
        ("int4", pa.string()),
        ("int4", pa.float64()),
        ("float4", pa.float64()),
        ("timestamp", pa.timestamp("us", "UTC")),
        ("timestamptz", pa.timestamp("us")),
        ("timestamp", pa.timestamp("ns")),
        ("uuid", pa.binary(16)),
        ("bytea", pa.string()),
        ("text", pa.binary()),
        ("numeric", pa.decimal128(5, -2)),
        ("numeric", pa.decimal128(38, 39)),
        ("numeric", pa.decimal256(50, 2)),
        ("int4", pa.list_(pa.int32())),
        ("text", pa.dictionary(pa.int8(), pa.string())),
        ("interval", pa.month_day_nano_interval()),
    ],
)
def test_columns_that_are_dumped(name: str, arrow: Any) -> None:
    schema = pa.schema([("c", arrow)])
    assert native_arrow_writer(schema, [column_of(name).oid], "utf-8") is None


def test_other_schemas() -> None:
    schema = pa.schema([("c", pa.string())])
    text = column_of("text").oid
    assert native_arrow_writer(schema, [text, text], "utf-8") is None
    assert native_arrow_writer(schema, [text], "latin-1") is None
    assert native_arrow_writer(schema, [0], "utf-8") is None
    # Of an array of a type that is known.
    array = psycopg.adapters.types["text"].array_oid
    assert native_arrow_writer(schema, [array], "utf-8") is None


def test_wrong_calls() -> None:
    wrongs: list[Any] = [[], (1,), ((1,),), (("x",) * 8,)]
    for wrong in wrongs:
        with pytest.raises((TypeError, SystemError)):
            native.write_arrow(wrong, 0, 1)
    assert native.write_arrow((), 0, 0) == (b"", 0)
