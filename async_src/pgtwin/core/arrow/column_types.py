"""Which type of Arrow a column of a result has, and tables of such columns.

A type of Arrow holds each value of the column's type, or there is an error; a type
that is not known here is text, as the server's cast to text has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg

from pgtwin.core.arrow_library import pyarrow
from pgtwin.core.engine.arrow_columns import ArrayData, ArrowKind, ArrowReader
from pgtwin.core.statements.leading_comments import LEADING

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

# The kind of values, and the type of Arrow, by type of the server.
_MAKERS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "bool": ("BOOL", lambda pa: pa.bool_()),
    "int2": ("INT2", lambda pa: pa.int16()),
    "int4": ("INT4", lambda pa: pa.int32()),
    "int8": ("INT8", lambda pa: pa.int64()),
    "oid": ("OID", lambda pa: pa.uint32()),
    "float4": ("FLOAT4", lambda pa: pa.float32()),
    "float8": ("FLOAT8", lambda pa: pa.float64()),
    **dict.fromkeys(
        ("text", "varchar", "bpchar", "name", "json"),
        ("TEXT", lambda pa: pa.string()),
    ),
    "jsonb": ("JSONB", lambda pa: pa.string()),
    "bytea": ("BYTEA", lambda pa: pa.binary()),
    "uuid": ("UUID", lambda pa: pa.uuid()),
    "date": ("DATE", lambda pa: pa.date32()),
    "time": ("TIME", lambda pa: pa.time64("us")),
    "timestamp": ("TIMESTAMP", lambda pa: pa.timestamp("us")),
    "timestamptz": ("TIMESTAMP", lambda pa: pa.timestamp("us", "UTC")),
    "interval": ("INTERVAL", lambda pa: pa.month_day_nano_interval()),
}
_TYPES = psycopg.adapters.types
_KINDS = {_TYPES[name].oid: made for name, made in _MAKERS.items()}
_NUMERIC = _TYPES["numeric"].oid
_ELEMENTS = {_TYPES[name].array_oid: _TYPES[name].oid for name in (*_MAKERS, "numeric")}

MOST_DIGITS, MORE_DIGITS = 38, 76  # of decimals of 16 and 32 bytes


_CHANGES = re.compile(
    LEADING + rb"(?:INSERT|UPDATE|DELETE|MERGE)\b", re.IGNORECASE
).match


class ArrowColumn(NamedTuple):
    """A column: its name, the type of Arrow, and how its values are read.

    Without a kind, the server must be asked for text.
    """

    name: str
    type: Any
    kind: ArrowKind | None


def find_columns(result: PGresult, encoding: str) -> list[ArrowColumn]:
    """Return the columns of a result, or of the description of a statement."""
    pa = pyarrow()
    found = []
    for place in range(result.nfields):
        name = (result.fname(place) or b"").decode(encoding)
        kind, type_ = _find(pa, result.ftype(place), result.fmod(place))
        found.append(ArrowColumn(name, type_, kind))
    return found


def _find(pa: Any, oid: int, modifier: int) -> tuple[ArrowKind | None, Any]:
    if oid in _ELEMENTS:
        element, type_ = _find(pa, _ELEMENTS[oid], modifier)
        return ArrowKind("LIST", element=element, oid=_ELEMENTS[oid]), pa.list_(type_)
    if oid == _NUMERIC:
        return _find_numeric(pa, modifier)
    if oid in _KINDS:
        name, make = _KINDS[oid]
        return ArrowKind(name), make(pa)
    return None, pa.string()


def _find_numeric(pa: Any, modifier: int) -> tuple[ArrowKind, Any]:
    if modifier >= 4:
        precision = (modifier - 4) >> 16 & 0xFFFF
        scale = (modifier - 4 & 0x7FF ^ 0x400) - 0x400  # signed
        # Arrow counts digits before the point and after it.
        digits = max(precision, scale) if scale >= 0 else precision
        if 0 < digits <= MOST_DIGITS:
            return ArrowKind("DECIMAL", 16, scale), pa.decimal128(digits, scale)
        if 0 < digits <= MORE_DIGITS:
            return ArrowKind("DECIMAL", 32, scale), pa.decimal256(digits, scale)
    return ArrowKind("NUMERIC_TEXT"), pa.string()


def text_casts(columns: Sequence[ArrowColumn], query: bytes) -> bytes:
    """Return a query with casts to text for the columns whose types need one."""
    if all(column.kind is not None for column in columns):
        return query
    names = [f"c{place}" for place in range(len(columns))]
    casts = [
        name if column.kind is not None else f"{name}::pg_catalog.text"
        for name, column in zip(names, columns, strict=True)
    ]
    wanted = ", ".join(casts).encode()
    given = ", ".join(names).encode()
    if _CHANGES(query):  # it cannot be a subquery of FROM
        return b"WITH q (%s) AS (%s\n) SELECT %s FROM q" % (given, query, wanted)
    return b"SELECT %s FROM (%s\n) AS q (%s)" % (wanted, query, given)


def kinds_of(columns: Sequence[ArrowColumn]) -> list[ArrowKind]:
    """Return how the columns are read, text where the server was asked for it."""
    return [column.kind or ArrowKind("TEXT") for column in columns]


def make_batch(columns: Sequence[ArrowColumn], reader: ArrowReader) -> Any:
    """Return a `pyarrow.RecordBatch` of the rows that were read, and take them."""
    pa = pyarrow()
    rows = reader.row_count
    arrays = [
        _make_array(pa, column.type, data)
        for column, data in zip(columns, reader.take(), strict=True)
    ]
    if not arrays:  # a batch that is made of none has no rows
        return pa.record_batch([pa.nulls(rows)], names=[""]).select([])
    return pa.RecordBatch.from_arrays(arrays, schema=schema_of(columns))


def make_table(columns: Sequence[ArrowColumn], batches: Sequence[Any]) -> Any:
    """Return a `pyarrow.Table`."""
    return pyarrow().Table.from_batches(batches, schema=schema_of(columns))


def schema_of(columns: Sequence[ArrowColumn]) -> Any:
    """Return a `pyarrow.Schema`."""
    pa = pyarrow()
    return pa.schema([pa.field(column.name, column.type) for column in columns])


def _make_array(pa: Any, type_: Any, data: ArrayData) -> Any:
    length, null_count, buffers, children = data
    if isinstance(type_, pa.BaseExtensionType):
        storage = _make_array(pa, type_.storage_type, data)
        return pa.ExtensionArray.from_storage(type_, storage)
    made = [None if each is None else pa.py_buffer(each) for each in buffers]
    inner = [_make_array(pa, type_.value_type, child) for child in children]
    return pa.Array.from_buffers(type_, length, made, null_count, 0, inner or None)
