"""Columns of Arrow by `pgtwin_native`: what C reads, and what it leaves to Python.

C reads and writes what gives the same as Python. It leaves the other columns to
`arrow_reader`, and the other tables to the dumpers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg

import pgtwin_native
from pgtwin.core.arrow_library import pyarrow
from pgtwin.core.engine.arrow_columns import (
    ArrayData,
    ArrowKind,
    Unreadable,
    column_error,
)
from pgtwin.core.engine.arrow_reader import read_column

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

KINDS = pgtwin_native.ARROW_KINDS
OF_ANY_SIZE = ("TEXT", "JSONB", "BYTEA")
TEXTS = ("TEXT", "JSONB")


class NativeArrowReader:
    """Reads rows in C (`engine.ArrowReader`)."""

    def __init__(
        self, names: Sequence[str], kinds: Sequence[ArrowKind], encoding: str
    ) -> None:
        self._names = names
        self._kinds = kinds
        self._encoding = encoding
        self._is_known = [self._knows(kind) for kind in kinds]
        self._reader = pgtwin_native.ArrowReader(
            tuple(
                (KINDS[kind.name if is_known else "OTHER"], kind.scale)
                for kind, is_known in zip(kinds, self._is_known, strict=True)
            )
        )

    def _knows(self, kind: ArrowKind) -> bool:
        if kind.name in TEXTS and self._encoding != "utf-8":
            return False
        return kind.name in KINDS and kind.size <= 16

    @property
    def row_count(self) -> int:
        return self._reader.row_count

    @property
    def size(self) -> int:
        return self._reader.size

    def feed(self, data: bytes, /) -> None:
        problem = self._reader.feed(data)
        if problem is not None:
            column, reason = problem
            raise column_error(self._names[column] if column >= 0 else "", reason)

    def take(self) -> list[ArrayData]:
        length = self._reader.row_count
        found = []
        for name, kind, is_known, column in zip(
            self._names, self._kinds, self._is_known, self._reader.take(), strict=True
        ):
            nulls, bits, values, data = column
            validity = bits if nulls else None
            if not is_known:
                fields = _fields(length, bits, values, data)
                try:
                    found.append(read_column(kind, fields, self._encoding))
                except Unreadable as error:
                    raise column_error(name, str(error)) from None
                continue
            buffers = [validity, values]
            if kind.name in OF_ANY_SIZE:
                buffers.append(data)
            found.append(ArrayData(length, nulls, buffers, []))
        return found

    def finish(self) -> None:
        if not self._reader.ended:
            raise column_error("", "format")


def _fields(length: int, bits: bytes, values: bytes, data: bytes) -> list[bytes | None]:
    """Return values as they came."""
    ends: Any = memoryview(values).cast("i")
    return [
        data[ends[row] : ends[row + 1]] if bits[row >> 3] >> (row & 7) & 1 else None
        for row in range(length)
    ]


CODES = pgtwin_native.ARROW_CODES
INTEGERS = {"int2": "INT2", "int4": "INT4", "int8": "INT8", "oid": "OID"}
STRINGS = {
    **dict.fromkeys(("text", "varchar", "bpchar", "name", "json"), "DATA"),
    "jsonb": "JSONB",
}
MICROSECONDS = {"s": 1_000_000, "ms": 1000, "us": 1}


def native_arrow_writer(
    schema: Any, oids: Sequence[int], encoding: str
) -> Callable[[Any, int], tuple[bytes, int]] | None:
    """Return what writes rows in C; `None` if a column must be dumped."""
    if len(schema.types) != len(oids):
        return None
    pa = pyarrow()
    ways = []
    for type_, oid in zip(schema.types, oids, strict=True):
        way = _find_way(pa, type_, oid, encoding)
        if way is None:
            return None
        ways.append(way)
    return ArrowWriter(ways)


def _find_way(
    pa: Any, type_: Any, oid: int, encoding: str
) -> tuple[int, int, int] | None:
    """Return the codes of an array's values and of a column's, and a detail."""
    info = psycopg.adapters.types.get(oid)
    name = "" if info is None or info.oid != oid else info.name
    source, targets, detail = _find_targets(pa, type_)
    target = targets.get(name)
    if target is None or (targets is STRINGS and encoding != "utf-8"):
        return None
    return CODES[source], CODES[target], detail


def _find_targets(pa: Any, type_: Any) -> tuple[str, dict[str, str], int]:
    types = pa.types
    if types.is_integer(type_):
        return f"{type_}_array".upper(), INTEGERS, 0
    if type_ == pa.float32():
        return "FLOAT_ARRAY", {"float4": "FLOAT4", "float8": "FLOAT8"}, 0
    if type_ == pa.float64():
        return "DOUBLE_ARRAY", {"float8": "FLOAT8"}, 0
    if type_ == pa.bool_():
        return "BOOL_ARRAY", {"bool": "BOOL"}, 0
    if types.is_string(type_) or types.is_large_string(type_):
        source = "SIZED_ARRAY" if types.is_string(type_) else "LARGE_ARRAY"
        return source, STRINGS, 0
    if types.is_binary(type_) or types.is_large_binary(type_):
        source = "SIZED_ARRAY" if types.is_binary(type_) else "LARGE_ARRAY"
        return source, {"bytea": "DATA"}, 0
    if type_ == pa.date32():
        return "DATE_ARRAY", {"date": "DATE"}, 0
    if type_ == pa.time64("us"):
        return "TIME_ARRAY", {"time": "TIME"}, 0
    if types.is_timestamp(type_) and type_.unit in MICROSECONDS:
        target = "timestamp" if type_.tz is None else "timestamptz"
        return "TIMESTAMP_ARRAY", {target: "TIMESTAMP"}, MICROSECONDS[type_.unit]
    if type_ == pa.uuid():
        return "UUID_ARRAY", {"uuid": "UUID"}, 0
    if types.is_decimal128(type_) and 0 <= type_.scale <= 38 and "DECIMAL" in KINDS:
        digits = type_.precision << 8 | type_.scale
        return "DECIMAL_ARRAY", {"numeric": "NUMERIC"}, digits
    return "", {}, 0


class ArrowWriter:
    """Writes rows of batches; the buffers of one are looked up once."""

    def __init__(self, ways: Sequence[tuple[int, int, int]]) -> None:
        self._ways = ways
        self._batch: Any = None
        self._columns: tuple[Any, ...] = ()

    def __call__(self, batch: Any, start: int) -> tuple[bytes, int]:
        if batch is not self._batch:
            self._columns = tuple(map(_column, self._ways, batch.columns))
            self._batch = batch
        return pgtwin_native.write_arrow(self._columns, start, batch.num_rows)


def _column(way: tuple[int, int, int], array: Any) -> tuple[int, ...]:
    buffers = array.buffers()
    addresses = [0 if each is None else each.address for each in buffers]
    validity, values, data = (*addresses, 0)[:3]
    size = 0 if buffers[-1] is None else buffers[-1].size
    return (*way, array.offset, validity, values, data or values, size)
