"""What the names in a program stand for: parameters, columns, adapters, row factories.

A name means the same for every driver; nothing here belongs to one of them.
"""

from __future__ import annotations

import datetime as dt
import enum
import json
import uuid
from collections.abc import Callable, Sequence
from decimal import Decimal
from ipaddress import ip_address, ip_interface, ip_network
from types import SimpleNamespace
from typing import Any

from psycopg import rows
from psycopg.adapt import Buffer, Dumper, Loader
from psycopg.pq import Format
from psycopg.types.json import Json, Jsonb, set_json_dumps, set_json_loads
from psycopg.types.multirange import Int4Multirange, Multirange
from psycopg.types.numeric import Float4, Float8, Int2, Int4, Int8, IntNumeric, Oid
from psycopg.types.range import DateRange, Int4Range, NumericRange, Range
from psycopg.types.string import StrBinaryDumperVarchar, StrDumperVarchar, TextLoader


class Mood(enum.Enum):
    """An enumeration that no type was registered for."""

    sad = "sad"
    happy = "happy"


class Number(enum.IntEnum):
    one = 1


class Text(str):
    __slots__ = ()


class Unknown:
    """Nobody has a dumper for it."""

    def __repr__(self) -> str:
        return "Unknown()"


_UTC = dt.timezone.utc
_EAST = dt.timezone(dt.timedelta(hours=5, minutes=30))
_AT = dt.datetime(2024, 2, 29, 12, 34, 56, 789012)

PARAMETERS: dict[str, Any] = {
    "None": None,
    "true": True,
    "false": False,
    "0": 0,
    "1": 1,
    "2": 2,
    "-7": -7,
    "2**15": 2**15,
    "2**31": 2**31,
    "2**63": 2**63,
    "2**70": 2**70,
    "0.5": 0.5,
    "1/3": 1 / 3,
    "nan": float("nan"),
    "inf": float("inf"),
    "Decimal 1.50": Decimal("1.50"),
    "Decimal nan": Decimal("NaN"),
    "Decimal 1E+5": Decimal("1E+5"),
    "text": "some text",
    "empty": "",
    "digits": "42",
    "quotes": 'it\'s "a" \\ {b}, %s',
    "accents": "caf\xe9",
    "kanji": "\u8868\u80fd",
    "hangul": "\ud55c\uae00",
    "emoji": "\U0001f600",
    "nul": "a\0b",
    "a str": Text("subclass"),
    "bytes": b"\x00\\\xff'",
    "bytearray": bytearray(b"ab"),
    "memoryview": memoryview(b"cd"),
    "date": dt.date(2024, 2, 3),
    "time": dt.time(12, 34, 56, 7),
    "timetz": dt.time(12, 34, 56, tzinfo=_EAST),
    "timestamp": _AT,
    "timestamptz": _AT.replace(tzinfo=_UTC),
    "timestamp east": _AT.replace(tzinfo=_EAST),
    "interval": dt.timedelta(days=-1, seconds=3, microseconds=5),
    "uuid": uuid.UUID("12345678-1234-5678-1234-567812345678"),
    "ints": [1, 2, 3],
    "ints and None": [1, None],
    "big ints": [1, 2**40],
    "floats": [0.5, 1.5],
    "texts": ["a", 'b"\\', ""],
    "accents list": ["\xe9", None],
    "nothing list": [],
    "nested": [[1, 2], [3, 4]],
    "uneven": [[1], [2, 3]],
    "mixed": [1, "a"],
    "dates": [dt.date(2024, 1, 1)],
    "decimals": [Decimal("1.0"), 2],
    "tuple": (1, "a"),
    "dict": {"a": 1},
    "Json": Json({"a": [1, None, "\xe9"]}),
    "Jsonb": Jsonb([1.5, "x"]),
    "Json text": Json("text"),
    "int range": Int4Range(1, 5),
    "empty range": Range(empty=True),
    "date range": DateRange(dt.date(2024, 1, 1), None, "[)"),
    "numeric range": NumericRange(Decimal("1.5"), Decimal("2.5"), "[]"),
    "plain range": Range(1, 5),
    "multirange": Int4Multirange([Int4Range(1, 2), Int4Range(4, 8)]),
    "plain multirange": Multirange([Range(1, 2)]),
    "address": ip_address("192.168.0.1"),
    "network": ip_network("10.0.0.0/8"),
    "interface": ip_interface("2001:db8::1/64"),
    "mood": Mood.happy,
    "number": Number.one,
    "Int2": Int2(1),
    "Int4": Int4(1),
    "Int8": Int8(1),
    "IntNumeric": IntNumeric(1),
    "Oid": Oid(23),
    "Float4": Float4(0.1),
    "Float8": Float8(0.1),
    "unknown": Unknown(),
}

# SQL that gives one value of each type; `g` counts from 1.
COLUMNS: dict[str, str] = {
    "g": "g",
    "bool": "g > 1",
    "int2": "g::int2",
    "int8": "g::int8 * 4000000000",
    "oid": "g::oid",
    "float4": "g::float4 / 3",
    "float8": "g::float8 / 3",
    "float8 nan": "'nan'::float8",
    "float8 big": "1e22::float8",
    "numeric": "g::numeric / 3",
    "numeric scale": "1.500::numeric(8, 3)",
    "numeric nan": "'nan'::numeric",
    "numeric big": "1e20::numeric",
    "text": "'t' || g",
    "varchar": "'v'::varchar(10)",
    "bpchar": "'c'::char(4)",
    "name": "'n'::name",
    "char": "'x'::\"char\"",
    "unknown": "'lit'",
    "null": "NULL",
    "null int": "NULL::int4",
    "some null": "nullif(g, 2)",
    "accents": "'caf\xe9'",
    "kanji": "'\u8868\u80fd'",
    "chr": "chr(233)",
    "bytea": "'\\x00ff5c'::bytea",
    "uuid": "'12345678-1234-5678-1234-567812345678'::uuid",
    "date": "'2024-02-03'::date + g",
    "date infinite": "'infinity'::date",
    "date bc": "'0044-03-15 BC'::date",
    "time": "'12:34:56.789'::time",
    "timetz": "'12:34:56+02'::timetz",
    "timestamp": "'2024-02-03 04:05:06.789'::timestamp",
    "timestamp far": "'99999-01-01'::timestamp",
    "timestamptz": "'2024-07-03 04:05:06+00'::timestamptz",
    "interval": "'1 mon 2 days 03:04:05.6'::interval",
    "interval back": "'-1 day 00:00:01'::interval",
    "json": "'{\"a\": [1, 2.5, null]}'::json",
    "jsonb": "'[\"x\", true]'::jsonb",
    "inet": "'192.168.0.1/24'::inet",
    "cidr": "'10.0.0.0/8'::cidr",
    "macaddr": "'08:00:2b:01:02:03'::macaddr",
    "bit": "B'101'",
    "point": "point(1, 2)",
    "money": "'1.5'::money",
    "xid": "'5'::xid",
    "regtype": "'int4'::regtype",
    "void": "pg_notify('elsewhere', '')",
    "int array": "ARRAY[g, NULL, 3]",
    "text array": "ARRAY['a', 'b\"', NULL]",
    "numeric array": "ARRAY[1.5, 2]",
    "date array": "ARRAY['2024-01-01'::date]",
    "timestamptz array": "ARRAY['2024-07-03 04:05:06+00'::timestamptz]",
    "bool array": "ARRAY[[true], [false]]",
    "float array": "ARRAY[0.1::float8, 'inf']",
    "bounds": "'[0:1]={7,8}'::int4[]",
    "empty array": "ARRAY[]::int4[]",
    "int range": "int4range(1, g + 1)",
    "ts range": "tsrange('2024-01-01', NULL)",
    "num range": "numrange(1.5, 2.5, '[]')",
    "multirange": "int4multirange(int4range(1, 2), int4range(4, 8))",
    "record": "ROW(g, 'a', NULL)",
    "pair": "ROW(g, 'p')::pair",
    "pairs": "ARRAY[ROW(1, 'p')::pair]",
    "mood": "'happy'::mood",
    "moods": "ARRAY['sad'::mood]",
    "posint": "5::posint",
    "setting": "current_setting('DateStyle')",
    "zone": "current_setting('TimeZone')",
    "path": "current_setting('search_path')",
    "encoding": "current_setting('client_encoding')",
}


# What settings, adapters and formats may change.
SENSITIVE = (
    *("g", "float8", "float4", "text", "bytea", "date", "timestamp", "timestamptz"),
    *("interval", "jsonb", "chr", "accents", "money", "timestamptz array", "setting"),
)


class Mine(Loader):
    """A loader for text whose values nobody takes for another's."""

    def load(self, data: Buffer) -> str:
        return f"mine {bytes(data)!r}"


class MineBinary(Mine):
    format = Format.BINARY

    def load(self, data: Buffer) -> str:
        return f"mine binary {bytes(data)!r}"


class FloatOfNumeric(Loader):
    def load(self, data: Buffer) -> float:
        return float(bytes(data))


class IntAsText(Dumper):
    """A dumper for `int` that adds thousand, as a numeric in text format."""

    oid = 1700

    def dump(self, obj: Any) -> bytes:
        return str(obj + 1000).encode()


class IntAsBinary(Dumper):
    format = Format.BINARY
    oid = 20

    def dump(self, obj: Any) -> bytes:
        return int(obj + 2000).to_bytes(8, "big", signed=True)


class Shouting(Dumper):
    def dump(self, obj: Any) -> bytes:
        return str(obj).upper().encode()


class UnknownDumper(Dumper):
    oid = 25

    def dump(self, obj: Any) -> bytes:
        return b"known now"


class Failing(Dumper):
    def dump(self, obj: Any) -> bytes:
        raise ValueError("this dumper fails")


def _json_loads(data: str | bytes) -> Any:
    return ("json", json.loads(data))


def _json_dumps(obj: Any) -> str:
    return json.dumps({"wrapped": obj})


def _loading(name: str, loader: type[Loader]) -> Callable[[Any], None]:
    return lambda on: on.adapters.register_loader(name, loader)


# Each is called with a connection, a cursor, or another context.
ADAPTERS: dict[str, Callable[[Any], None]] = {
    f"loader of {name}": _loading(name, Mine)
    for name in (
        *("bool", "int4", "int8", "float8", "numeric", "text", "date", "timestamptz"),
        *("interval", "bytea", "uuid", "jsonb", "int4range", "record"),
    )
}
ADAPTERS |= {
    f"binary loader of {name}": _loading(name, MineBinary)
    for name in ("bool", "int4", "float8", "text", "date", "timestamptz", "uuid")
}
ADAPTERS |= {
    "floats of numeric": lambda on: on.adapters.register_loader(
        "numeric", FloatOfNumeric
    ),
    "text of int4": lambda on: on.adapters.register_loader("int4", TextLoader),
    "default loader": lambda on: on.adapters.register_loader(0, Mine),
    "loader of _int4": lambda on: on.adapters.register_loader("_int4", Mine),
    "dumper of int": lambda on: on.adapters.register_dumper(int, IntAsText),
    "binary dumper of int": lambda on: on.adapters.register_dumper(int, IntAsBinary),
    "dumper of str": lambda on: on.adapters.register_dumper(str, Shouting),
    "varchar dumper of str": lambda on: on.adapters.register_dumper(
        str, StrDumperVarchar
    ),
    "binary varchar dumper of str": lambda on: on.adapters.register_dumper(
        str, StrBinaryDumperVarchar
    ),
    "dumper of float": lambda on: on.adapters.register_dumper(float, Failing),
    "no dumper of bool": lambda on: on.adapters.register_dumper(bool, None),
    "dumper of Unknown": lambda on: on.adapters.register_dumper(Unknown, UnknownDumper),
    "json loads": lambda on: set_json_loads(_json_loads, on),
    "json dumps": lambda on: set_json_dumps(_json_dumps, on),
}
# These ask the server: a connection is needed.
FETCHED = {
    "composite": ("types.composite", "CompositeInfo", "pair"),
    "enum": ("types.enum", "EnumInfo", "mood"),
    "range": ("types.range", "RangeInfo", "floats"),
    "domain": ("types", "TypeInfo", "posint"),
}


class Point:
    """What class_row() and kwargs_row() make."""

    def __init__(self, **values: Any) -> None:
        self.values = values

    def __repr__(self) -> str:
        return f"Point({self.values!r})"


def _args(*values: Any) -> tuple[str, Any]:
    return ("args", values)


def _counting(cursor: Any) -> Callable[[Sequence[Any]], Any]:
    """Make rows that say how many columns the cursor had."""
    number = len(cursor.description or ())
    return lambda values: (number, *values)


ROW_FACTORIES: dict[str, Any] = {
    "tuple_row": rows.tuple_row,
    "dict_row": rows.dict_row,
    "namedtuple_row": rows.namedtuple_row,
    "scalar_row": rows.scalar_row,
    "class_row": rows.class_row(Point),
    "args_row": rows.args_row(_args),
    "kwargs_row": rows.kwargs_row(SimpleNamespace),
    "counting": _counting,
}
