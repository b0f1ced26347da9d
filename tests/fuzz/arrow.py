"""Targets `arrow_read` and `arrow_write`: COPY and Arrow's columns, by C and by Python.

`arrow_read` reads any bytes into columns of any kinds. `arrow_write` writes arrays made
of any buffers, which come by Arrow's C interface.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import accumulate
from struct import pack
from typing import Any

import psycopg
import pyarrow as pa

from pgtwin.core.adaptation.adapt_context import AdaptationContext
from pgtwin.core.arrow.rows import ArrowRows, open_stream
from pgtwin.core.copy.dumpers import CopyAdapters
from pgtwin.core.engine.arrow_columns import ArrowKind
from pgtwin.core.engine.arrow_reader import PythonArrowReader
from pgtwin.core.engine.copy_decoders import SIGNATURE, TRAILER, BinaryDecoder
from pgtwin.core.engine.native_arrow import NativeArrowReader, native_arrow_writer
from tests.fuzz.source import Source
from tests.native.test_arrow_read import outcome, row
from tests.native.test_arrow_write import column_of, dumped, written

# Places in these lists are part of an input: new ones stand at the end.
KINDS = (
    *map(ArrowKind, ("BOOL", "INT2", "INT4", "INT8", "OID", "FLOAT4", "FLOAT8")),
    *map(ArrowKind, ("TEXT", "JSONB", "BYTEA", "UUID", "DATE", "TIME", "TIMESTAMP")),
    ArrowKind("INTERVAL"),
    ArrowKind("NUMERIC_TEXT"),
    ArrowKind("DECIMAL", 16, 3),
    ArrowKind("DECIMAL", 16, 0),
    ArrowKind("DECIMAL", 16, 38),
    ArrowKind("DECIMAL", 16, -2),
    ArrowKind("DECIMAL", 32, 5),
    ArrowKind("LIST", element=ArrowKind("INT4"), oid=23),
    ArrowKind("LIST", element=ArrowKind("TEXT"), oid=25),
    ArrowKind("LIST", element=ArrowKind("DECIMAL", 16, 3), oid=1700),
)
MANY_ROWS = 20
ENCODINGS = ("utf-8", "latin-1", "ascii")


def arrow_read(data: bytes) -> None:
    """Read rows, or any bytes after the signature, whole and in pieces."""
    source = Source(data)
    options = source.byte()
    encoding = ENCODINGS[source.below(len(ENCODINGS))]
    kinds = [KINDS[source.below(len(KINDS))] for _ in range(source.below(5))]
    size = source.byte()
    if options & 1:
        stream = source.rest()
    else:
        rows: list[bytes] = []
        while source.is_left() and len(rows) < MANY_ROWS:
            rows.append(row([source.value() for _ in kinds]))
        stream = b"".join(rows) + (TRAILER if options & 2 else b"")
    if not options & 4:
        stream = SIGNATURE + stream
    pieces = [stream]
    if size:
        pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
    from_c, from_python = (
        outcome(make, kinds, pieces, encoding)
        for make in (NativeArrowReader, PythonArrowReader)
    )
    # Where several things are wrong, each names one of them.
    if not (isinstance(from_c, str) and isinstance(from_python, str)):
        assert from_c == from_python, (kinds, pieces, from_c, from_python)


TYPES: tuple[tuple[str, Any], ...] = (
    *(("int2", pa.int8()), ("int2", pa.int64()), ("int4", pa.int16())),
    *(("int4", pa.int32()), ("int4", pa.uint32()), ("int8", pa.int64())),
    *(("int8", pa.uint8()), ("int8", pa.uint16()), ("int8", pa.uint64())),
    *(("oid", pa.int64()), ("oid", pa.uint32()), ("float4", pa.float32())),
    *(("float8", pa.float32()), ("float8", pa.float64()), ("bool", pa.bool_())),
    *(("date", pa.date32()), ("time", pa.time64("us")), ("uuid", pa.uuid())),
    *(("timestamp", pa.timestamp(unit)) for unit in ("s", "ms", "us")),
    *(("timestamptz", pa.timestamp(unit, "UTC")) for unit in ("s", "ms", "us")),
    *(("text", pa.string()), ("varchar", pa.large_string()), ("json", pa.string())),
    *(("jsonb", pa.string()), ("jsonb", pa.large_string()), ("bytea", pa.binary())),
    ("bytea", pa.large_binary()),
    *(("numeric", pa.decimal128(38, scale)) for scale in (0, 1, 4, 19, 38, 39, 120)),
    ("numeric", pa.decimal128(7, 2)),
)
TEXTS = (pa.string(), pa.large_string())
OFFSETS = {
    **dict.fromkeys((pa.string(), pa.binary()), "i"),
    **dict.fromkeys((pa.large_string(), pa.large_binary()), "q"),
}
# Options: offsets that are wrong, and whether the buffers come as they are.
ANY_OFFSETS, DIRECT = 1, 2


def arrow_write(data: bytes) -> None:
    """Write batches of arrays, which are slices maybe, and what is no valid array."""
    source = Source(data)
    options = source.byte()
    columns = [TYPES[source.below(len(TYPES))] for _ in range(source.below(5))]
    names = [name for name, _ in columns]
    schema = pa.schema(
        [(f"c{place}", arrow) for place, (_, arrow) in enumerate(columns)]
    )
    batches = []
    for _ in range(1 + source.below(3)):
        length = source.below(10)
        start = source.below(length + 1)
        arrays = [_array(source, arrow, length, options) for _, arrow in columns]
        batch = pa.RecordBatch.from_arrays(arrays, schema=schema)
        batches.append(batch.slice(start))
    table = pa.Table.from_batches(batches, schema)
    oids = [column_of(name).oid for name in names]
    if native_arrow_writer(schema, oids, "utf-8") is None:
        assert any(getattr(type_, "scale", 0) > 38 for type_ in schema.types)
        return
    stream = table.to_reader() if options & DIRECT else open_stream(table)
    try:
        found, number = written(names, ArrowRows(stream))
        expected = dumped(names, list(ArrowRows(table.slice(0, number).to_reader())))
    except psycopg.DataError:
        assert options & ANY_OFFSETS, table
        return
    if "numeric" in names:  # its dumper writes zeros in front and at the end
        assert _values(names, found) == _values(names, expected), (table, number)
    else:
        assert found == expected, (table, number)


def _array(source: Source, type_: Any, length: int, options: int) -> Any:
    if type_ == pa.uuid():
        storage = _array(source, type_.storage_type, length, options)
        return pa.ExtensionArray.from_storage(type_, storage)
    validity = source.take(2).ljust(2, b"\0") if source.byte() & 1 else None
    if type_ in OFFSETS:
        buffers = _sized(source, type_, length, options)
    else:
        size = (type_.bit_width * length + 7) // 8
        buffers = [source.take(size).ljust(size, b"\0")]
        if type_ == pa.float32():  # Python makes all kinds of NaN quiet
            buffers = [array("f", array("f", buffers[0]).tolist()).tobytes()]
    made = [pa.py_buffer(each) for each in buffers]
    bits = None if validity is None else pa.py_buffer(validity)
    return pa.Array.from_buffers(type_, length, [bits, *made])


def _sized(source: Source, type_: Any, length: int, options: int) -> list[bytes]:
    """Return the buffers of values of any size."""
    values = [source.value() or b"" for _ in range(length)]
    if type_ in TEXTS:
        values = [value.decode("utf-8", "replace").encode() for value in values]
    ends = list(accumulate(map(len, values), initial=0))
    if options & ANY_OFFSETS:
        # The first and the last decide how much data there is.
        bits = 24 if OFFSETS[type_] == "i" else 56
        ends[1:-1] = [(source.byte() - 128) << source.below(bits) for _ in ends[1:-1]]
    return [pack(f"={length + 1}{OFFSETS[type_]}", *ends), b"".join(values)]


def _values(names: Sequence[str], data: bytes) -> str:
    """Return the fields of rows in COPY's binary format, numbers as values."""
    transformer = AdaptationContext(CopyAdapters(psycopg.adapters), None).transformer()
    decoder = BinaryDecoder(transformer)
    kinds = ["numeric" if name == "numeric" else "bytea" for name in names]
    decoder.set_types([column_of(kind).oid for kind in kinds])
    return repr(list(decoder.decode([SIGNATURE, data, TRAILER])))
