"""What `pgtwin_native` reads and writes itself, and what loaders and dumpers do.

A column is read in C only if its loader is psycopg's own and, tried here on one
value, gives what C gives; the loader decides about each value that is not plain.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import sys
import types
from collections import deque
from collections.abc import Callable
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, DefaultContext
from typing import TYPE_CHECKING, Any

from psycopg import Notify, capabilities, pq
from psycopg.adapt import PyFormat
from psycopg.errors import Error, OperationalError
from psycopg.rows import tuple_row

import pgtwin_native
from pgtwin.core.connecting.libpq_library import address_of, find_library
from pgtwin.core.engine.binary_arrays import load_whole
from pgtwin.core.engine.copy_decoders import TEXT_LOADS, Pieces, known
from pgtwin.core.engine.native_arrow import (
    NativeArrowReader as NativeArrowReader,
    native_arrow_writer as native_arrow_writer,
)
from pgtwin.core.engine.python_engine import ReferenceEngine
from pgtwin.core.engine.time_zones import make_table
from pgtwin.core.statements.placeholders import (
    Statement,
    bind,
    has_plain_placeholders,
    kept_plan,
)
from pgtwin.core.statements.query_hooks import UNOBSERVED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg.abc import Buffer, Loader, Transformer
    from psycopg.pq.abc import PGconn, PGresult

    from pgtwin.core.engine.contract import CopyFormatter, CountedAdapters, LoadCopied
    from pgtwin.core.engine.copy_formatter import Way
    from pgtwin.core.type_aliases import Params, Query

_library = find_library()
if _library is None:
    raise ImportError("the libpq that psycopg uses was not found")
pgtwin_native.bind_libpq(
    {
        name: address_of(_library, name)
        for name in pgtwin_native.FUNCTIONS
        if name != "PQpipelineStatus" or capabilities.has_pipeline()
    }
)

TUPLES_OK = pq.ExecStatus.TUPLES_OK
# Whose C API, where it is not stable, nobody knows yet.
LATER_PYTHON = (3, 15)
TEXT = pq.Format.TEXT
BINARY = pq.Format.BINARY

# kind, load, what else C needs for the kind
_Column = tuple[int, Callable[[Any], Any], tuple[Any, ...]]

# How C reads what a loader reads.
_KINDS: dict[pq.Format, dict[str, str]] = {
    TEXT: {
        "TextLoader": "TEXT",
        "IntLoader": "INT_TEXT",
        "FloatLoader": "FLOAT_TEXT",
        "BoolLoader": "BOOL_TEXT",
        "NumericLoader": "NUMERIC_TEXT",
        "ByteaLoader": "BYTEA_TEXT",
        "DateLoader": "DATE_TEXT",
        "TimestampLoader": "TIMESTAMP_TEXT",
        "TimestamptzLoader": "TIMESTAMPTZ_TEXT",
        "UUIDLoader": "UUID_TEXT",
    },
    BINARY: {
        "TextBinaryLoader": "TEXT",
        "Int2BinaryLoader": "INT2",
        "Int4BinaryLoader": "INT4",
        "Int8BinaryLoader": "INT8",
        "OidBinaryLoader": "OID",
        "Float4BinaryLoader": "FLOAT4",
        "Float8BinaryLoader": "FLOAT8",
        "BoolBinaryLoader": "BOOL",
        "NumericBinaryLoader": "NUMERIC",
        "ByteaBinaryLoader": "BYTEA",
        "DateBinaryLoader": "DATE",
        "TimestampBinaryLoader": "TIMESTAMP",
        "TimestamptzBinaryLoader": "TIMESTAMPTZ",
        "UUIDBinaryLoader": "UUID",
        "ArrayBinaryLoader": "ARRAY",
    },
}

# Of a float8 with 17 digits. A numeric is made of a text in both formats.
BINARY_GAINS = {
    "bool": 0,
    "int2": 2,
    "int4": 2,
    "int8": 7,
    "oid": 2,
    "float8": 108,
    "text": 0,
    "varchar": 0,
    "bpchar": 0,
    "name": 0,
    "bytea": 13,
    "numeric": -8,
    "uuid": 10,
    "date": -3,
    "timestamp": -2,
    "timestamptz": 12,
}

_DAY = dt.date(2001, 2, 3)
_MOMENT = dt.datetime(2001, 2, 3, 4, 5, 6, 789000)
# What the settings of a session change, by a value that shows it: text in an encoding,
# dates in a style.
_SAMPLES: dict[str, tuple[bytes, Any]] = {
    "TEXT": ("\xe9\u20ac".encode(), "\xe9\u20ac"),
    "DATE_TEXT": (b"2001-02-03", _DAY),
    "TIMESTAMP_TEXT": (b"2001-02-03 04:05:06.789", _MOMENT),
    "TIMESTAMPTZ_TEXT": (
        b"2001-02-03 04:05:06.789+00",
        _MOMENT.replace(tzinfo=dt.timezone.utc),
    ),
    "TIMESTAMPTZ": (bytes(8), dt.datetime(2000, 1, 1, tzinfo=dt.timezone.utc)),
}

# Its `create_decimal(text)` is `Decimal(text)`, and called faster than a class: there
# is room for each number, and an error where a context would change one.
_EXACT = Context(
    prec=MAX_PREC, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=list(DefaultContext.traps)
)


Engine = pgtwin_native.Engine
ResultState = pgtwin_native.ResultState
AdaptationState = pgtwin_native.AdaptationState
SessionState = pgtwin_native.SessionState
BatchState = pgtwin_native.BatchState
OwnerState = pgtwin_native.OwnerState
PipelineState = pgtwin_native.PipelineState
KeptState = pgtwin_native.KeptState
PreparedState = pgtwin_native.PreparedState

# The dumpers whose values C writes by itself.
_DUMPERS: dict[type, str] = {
    int: "IntBinaryDumper",
    str: "StrDumperUnknown",
    float: "FloatBinaryDumper",
    bool: "BoolBinaryDumper",
    bytes: "BytesBinaryDumper",
    type(None): "NoneDumper",
}


def has_usual_dumpers(adapters: CountedAdapters) -> bool:
    """Return whether C writes values of the plainest types as they are dumped."""
    return all(
        known(adapters.get_dumper(cls, PyFormat.AUTO)) == name
        for cls, name in _DUMPERS.items()
    )


def is_plain_query(query: str, encoding: str) -> bool:
    """Return whether all placeholders of a query are `%s`, and its text is UTF-8."""
    return encoding == "utf-8" and has_plain_placeholders(kept_plan(query, encoding))


def bind_again(session: Any, query: Query, params: Params) -> Statement:
    """Return the statement of a query that C has bound."""
    adaptation = session.adaptation
    return bind(query, params, adaptation.transformer(), adaptation.encoding)


def count_rows(result: PGresult) -> int:
    """Return the number of rows found or changed, -1 when not known."""
    count = result.ntuples if result.status == TUPLES_OK else result.command_tuples
    return -1 if count is None else count


def flushing_failed(pgconn: PGconn) -> None:
    """Raise the error that `pgconn.flush()` raises."""
    raise OperationalError(f"flushing failed: {pgconn.get_error_message()}")


def reading_failed(pgconn: PGconn) -> OperationalError:
    """Return the error that `pgconn.consume_input()` raises."""
    return OperationalError(f"consuming input failed: {pgconn.get_error_message()}")


pgtwin_native.bind_python(
    {
        "Error": Error,
        "OperationalError": OperationalError,
        "Notify": Notify,
        "PGconn": pq.PGconn,
        "PGresult": pq.PGresult,
        "UNOBSERVED": UNOBSERVED,
        "bind": bind,
        "bind_again": bind_again,
        "begin": ReferenceEngine.begin,
        "count_rows": count_rows,
        "deque": deque,
        "flushing_failed": flushing_failed,
        "give": ReferenceEngine.give,
        "has_usual_dumpers": has_usual_dumpers,
        "is_plain_query": is_plain_query,
        "reading_failed": reading_failed,
        "send_many": ReferenceEngine.send_many,
        "start": ReferenceEngine.start,
        "start_for": ReferenceEngine.start_for,
        "tuple_row": tuple_row,
    }
)


class NativeRowLoader(pgtwin_native.RowLoader):
    """Builds rows in C with the loaders of a transformer."""

    get_loader: Callable[[int, pq.Format], Loader]

    def __new__(cls, transformer: Transformer) -> NativeRowLoader:
        made = super().__new__(cls, Columns(transformer).find)
        made.get_loader = transformer.get_loader
        return made


class Columns:
    """How columns are read whose loaders a transformer has; the same each time."""

    def __init__(self, transformer: Transformer) -> None:
        self._get_loader = transformer.get_loader
        self._types = transformer.adapters.types
        self._found: dict[tuple[int, int], _Column] = {}

    def find(self, oid: int, format_number: int) -> _Column:
        """Return how a column is read that has a type and a format."""
        column = self._found.get((oid, format_number))
        if column is None:
            column = self._make(oid, pq.Format(format_number))
            self._found[oid, format_number] = column
        return column

    def _make(self, oid: int, form: pq.Format) -> _Column:
        loader = self._get_loader(oid, form)
        name = _name_of(type(loader), form)
        try:
            detail = self._detail(name, oid, loader)
        except Exception:  # whoever fetches a value of it is told
            detail = None
        if detail is None:
            name, detail = "BY_LOADER", ()
        load: Callable[[Any], Any] = loader.load
        if known(type(loader)) == "ArrayBinaryLoader":
            load = load_whole(load)
        return pgtwin_native.KINDS[name], load, detail

    def _detail(self, name: str, oid: int, loader: Loader) -> tuple[Any, ...] | None:
        """Return what C needs for a kind, `None` if it cannot read this column."""
        value = None
        if name in _SAMPLES:
            sample, expected = _SAMPLES[name]
            value = loader.load(sample)
            if value != expected:
                return None
        if name in ("TIMESTAMPTZ", "TIMESTAMPTZ_TEXT"):
            assert isinstance(value, dt.datetime)
            assert value.tzinfo is not None
            return value.tzinfo, make_table(value.tzinfo)
        if name in ("NUMERIC", "NUMERIC_TEXT"):
            return (_EXACT.create_decimal,)
        if name in ("UUID", "UUID_TEXT"):
            return _maker_of_uuid()
        if name in ("ARRAY", "ARRAY_TEXT"):
            return self._elements(oid, loader)
        return ()

    def _elements(self, oid: int, loader: Any) -> tuple[int, _Column] | None:
        """Return the type of an array's elements and how they are read."""
        if loader.format == BINARY:
            info = self._types.get(oid)
            if info is None or info.array_oid != oid:
                return None
            element = info.oid
        elif loader.delimiter == b",":
            element = loader.base_oid
        else:
            return None
        column = self.find(element, loader.format)
        return (element, column) if column[0] else None


def _name_of(cls: type[Loader], form: pq.Format) -> str:
    # For the arrays of each type psycopg makes a class that only says which one.
    made = not {"__init__", "load"} & vars(cls).keys()
    if made and known(cls.__bases__[0]) == "ArrayLoader":
        return "ARRAY_TEXT"
    return _KINDS[form].get(known(cls), "BY_LOADER")


def _maker_of_uuid() -> tuple[Any, ...] | None:
    """Return the class UUID, its members, the second's value, the first's maker."""
    # Importing it takes a while; loaders of the type have done so.
    from uuid import UUID, SafeUUID

    members = UUID.__dict__.get("int"), UUID.__dict__.get("is_safe")
    if sys.version_info >= LATER_PYTHON or not all(
        isinstance(each, types.MemberDescriptorType) for each in members
    ):
        return None
    make_number = address_of(ctypes.pythonapi, "_PyLong_FromByteArray")
    return UUID, *members, SafeUUID.unknown, make_number


def native_formatter(
    find_way: Callable[[int, type], Way],
    dump_row: Callable[[Sequence[Any]], bytes],
    binary: bool,
    encoding: str,
) -> CopyFormatter:
    """Return what writes rows of a COPY in C."""
    codes = pgtwin_native.CODES
    # Of some encodings a byte may look like a backslash.
    escaped = ("STRING", "BY_DUMPER") if encoding != "utf-8" and not binary else ()

    def code_of(place: int, kind: type) -> tuple[int, Any]:
        name, dump = find_way(place, kind)
        return codes["NOT_PLAIN" if name in escaped else name], dump

    return pgtwin_native.CopyFormatter(code_of, dump_row, binary)


def native_copy_loader(
    transformer: Transformer, oids: Sequence[int], binary: bool
) -> LoadCopied:
    """Return what loads rows of a COPY in C."""
    form = BINARY if binary else TEXT
    find = Columns(transformer).find

    def column_of(oid: int) -> _Column:
        kind, load, detail = find(oid, form)
        # As the decoder does.
        loader = transformer.get_loader(oid, form)
        return kind, TEXT_LOADS.get(known(type(loader)), load), detail

    return pgtwin_native.CopyLoader(tuple(map(column_of, oids)), binary).load


def native_copied_data(pgconn: Any, pieces: Pieces) -> tuple[list[Buffer], int, bool]:
    """Return the data of a COPY that has arrived, and whether that was all."""
    address = pgconn.pgconn_ptr
    if address is None:
        pgconn.get_copy_data(1)  # which says so
    assert address is not None
    found, number, last = pgtwin_native.copied_data(address, pieces)
    if last == -2:
        # In the words of psycopg.
        raise OperationalError(
            f"receiving copy data failed: {pgconn.get_error_message()}"
        )
    return found, number, last < 0
