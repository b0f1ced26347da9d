"""Target `rows`: results of any types and any bytes, read by C and by the reference."""

from __future__ import annotations

import ctypes
import datetime as dt
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast
from unittest import mock
from zoneinfo import ZoneInfo

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer
from psycopg.pq.abc import PGresult
from psycopg.types import array, datetime

from pgtwin.core.connecting.libpq_library import find_library
from pgtwin.core.engine.binary_arrays import load_whole
from pgtwin.core.engine.native_engine import NativeRowLoader
from tests.fuzz.exact import exact_values
from tests.fuzz.source import Source

TYPES = psycopg.adapters.types
# A place in it is part of an input: new ones stand at the end.
NAMES = (
    *("bool", "int2", "int4", "int8", "oid", "float4", "float8", "numeric", "text"),
    *("varchar", "bpchar", "name", "bytea", "uuid", "date", "timestamp", "timestamptz"),
    *("time", "timetz", "interval", "inet", "json", "jsonb"),
)
ARRAYS = [TYPES[name].array_oid for name in NAMES]
OIDS = [*(TYPES[name].oid for name in NAMES), *ARRAYS]
ZONES: tuple[dt.tzinfo, ...] = (
    dt.timezone.utc,
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("Africa/Monrovia"),
    ZoneInfo("Pacific/Apia"),
    dt.timezone(dt.timedelta(hours=-3, minutes=-30)),
)
MANY_COLUMNS, MANY_ROWS = 4, 8

Column = tuple[int, pq.Format]
Value = bytes | None

_library = find_library()
assert _library is not None
_set_value = _library.PQsetvalue
_set_value.argtypes = [
    *(ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_int)
]
_pgconn = pq.PGconn.connect_start(b"host=/nowhere")


@contextmanager
def session_in(zone: dt.tzinfo) -> Iterator[None]:
    """Let psycopg in Python make loaders as those of a session in a time zone.

    Its loader of arrays refuses those that are not whole, as ours does.
    """
    load_binary = array._load_binary

    def load_array(data: Any, transformer: Any) -> Any:
        return load_whole(lambda data: load_binary(data, transformer))(data)

    def get_zone(pgconn: Any) -> dt.tzinfo:
        return zone

    with (
        mock.patch.object(array, "_load_binary", load_array),
        mock.patch.object(datetime, "get_tzinfo", get_zone),
    ):
        yield


def rows(data: bytes) -> None:
    """Read rows, one by one and all at once."""
    source = Source(data)
    zone = ZONES[source.below(len(ZONES))]
    # As psycopg's loaders expect, all columns have one format.
    form = pq.Format(source.below(2))
    width = 1 + source.below(MANY_COLUMNS)
    columns = [(OIDS[source.below(len(OIDS))], form) for _ in range(width)]
    table: list[list[Value]] = []
    while source.is_left() and len(table) < MANY_ROWS:
        table.append([source.value() for _ in columns])
    result = made_of(columns, table)
    found = []
    with exact_values(result), session_in(zone):
        for make in (lambda each: each, NativeRowLoader):
            loader: Any = make(Transformer())
            loader.set_pgresult(result)
            found.append(
                [
                    outcome(lambda row=row, loader=loader: loader.load_row(row, tuple))  # type: ignore[misc]
                    for row in range(len(table))
                ]
            )
        outcome(lambda: loader.load_rows(0, len(table), list))
    for values, expected, given in zip(table, *found, strict=True):
        if all(map(is_sent, columns, values)):
            assert given == expected, (columns, values, expected, given)


def made_of(columns: Sequence[Column], table: Sequence[Sequence[Value]]) -> PGresult:
    """Return a result that libpq has made of values."""
    result = _pgconn.make_empty_result(pq.ExecStatus.TUPLES_OK)
    result.set_attributes(
        [pq.PGresAttDesc(b"x", 0, 0, form, oid, -1, -1) for oid, form in columns]
    )
    address = cast("Any", result).pgresult_ptr
    for row, values in enumerate(table):
        for column, value in enumerate(values):
            length = -1 if value is None else len(value)
            assert _set_value(address, row, column, value, length)
    return result


def outcome(load: Callable[[], Any]) -> tuple[str, str]:
    """Return the type and the text of a row, or of the error in its place."""
    try:
        row = load()
    except Exception as error:
        return f"raised {type(error)}", str(error)
    return str([type(value) for value in row]), repr(row)


def is_sent(column: Column, value: Value) -> bool:
    """Return whether a server may send a value: of others, only safety is asked.

    There is one way to write a numeric in binary format. Where it is written otherwise
    (digits beyond the scale, zeros in front), readers differ in what they make of it.
    """
    oid, form = column
    if value is None or form != pq.Format.BINARY:
        return True
    if oid == TYPES["numeric"].array_oid:
        return False
    if oid != TYPES["numeric"].oid or len(value) < 8:
        return True
    count, weight, sign, scale = struct.unpack("!HhHH", value[:8])
    if sign not in (0, 0x4000):
        return True
    if len(value) != 8 + 2 * count:
        return False
    groups = struct.unpack(f"!{count}H", value[8:])
    if not groups:
        return bool(weight == 0 and sign == 0)
    last = weight + (scale + 3) // 4
    beyond = 10 ** (-scale % 4)
    return bool(
        groups[0] > 0
        and max(groups) <= 9999
        and scale <= 0x3FFF
        and count <= last + 1
        and (count <= last or groups[last] % beyond == 0)
    )
