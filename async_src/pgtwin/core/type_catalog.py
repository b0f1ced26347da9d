"""Queries of the server's catalog, one for each kind of type, and what they return.

Names go to the server and come from it as hexadecimal digits, values as text in
ASCII; so nothing here depends on client_encoding, on adapters, or on other settings.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from psycopg.types import TypeInfo
from psycopg.types.composite import CompositeInfo
from psycopg.types.enum import EnumInfo
from psycopg.types.multirange import MultirangeInfo
from psycopg.types.range import RangeInfo

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

# Of a database in SQL_ASCII nobody knows the encoding: it is taken for UTF-8 here, as
# psycopg does for values that it sends.
_ENCODING = (
    "CASE pg_catalog.getdatabaseencoding() WHEN 'SQL_ASCII' THEN 'SQL_ASCII' "
    "ELSE 'UTF8' END"
)


def encoded(name: str) -> bytes:
    """Return the bytes of a name; the opposite of `decoded()`."""
    return name.encode("utf-8", "surrogateescape")


def decoded(digits: bytes) -> str:
    """Return a name that was sent as `sent_text()`."""
    return bytes.fromhex(digits.decode()).decode("utf-8", "surrogateescape")


def sent_text(expression: str) -> str:
    """Return SQL for a text, as `decoded()` takes it."""
    return (
        "pg_catalog.encode(pg_catalog.convert_to("
        f"({expression})::text, {_ENCODING}), 'hex')"
    )


def read_text(text: str) -> str:
    """Return SQL for a text of the client's."""
    return (
        f"pg_catalog.convert_from(pg_catalog.decode('{encoded(text).hex()}', 'hex'), "
        f"{_ENCODING})"
    )


def _names(digits: bytes) -> list[str]:
    return list(map(decoded, digits.split(b",")))


def _oids(digits: bytes) -> list[int]:
    return list(map(int, digits.split(b",")))


# How the columns of the queries below are read; others are numbers.
_READ: dict[str, Callable[[bytes], Any]] = {
    "name": decoded,
    "regtype": decoded,
    "delimiter": bytes.decode,
    "labels": _names,
    "field_names": _names,
    "field_types": _oids,
}


def arguments(result: PGresult) -> dict[str, Any] | None:
    """Return what a query has found of a type, by the names of arguments."""
    if not result.ntuples:
        return None
    found: dict[str, Any] = {}
    for place in range(result.nfields):
        name = (result.fname(place) or b"").decode()
        value = result.get_value(0, place)
        # A type may have no labels, and no fields.
        found[name] = [] if value is None else _READ.get(name, int)(bytes(value))
    return found


def _query(columns: str, joined: str = "", condition: str = "") -> str:
    return (
        f"SELECT {sent_text('t.typname')} AS name, t.oid, t.typarray AS array_oid, "
        f"{sent_text('t.oid::regtype')} AS regtype, {columns} "
        f"FROM pg_catalog.pg_type t {joined} "
        f"WHERE t.oid = pg_catalog.to_regtype({{name}}){condition}"
    )


def query(template: str, name: str) -> bytes:
    """Return one of the queries below for a type's name."""
    return template.replace("{name}", read_text(name)).encode()


BASE = _query("t.typdelim AS delimiter")

ENUM = _query(
    f"(SELECT pg_catalog.string_agg({sent_text('enumlabel')}, ',' "
    "ORDER BY enumsortorder) FROM pg_catalog.pg_enum "
    "WHERE enumtypid = t.oid) AS labels",
    condition=" AND t.typtype = 'e'",
)


def _fields(expression: str, name: str) -> str:
    # Columns that were dropped keep their place in the catalog.
    return (
        f"(SELECT pg_catalog.string_agg({expression}, ',' ORDER BY attnum) "
        "FROM pg_catalog.pg_attribute WHERE attrelid = t.typrelid "
        f"AND attnum > 0 AND NOT attisdropped) AS {name}"
    )


COMPOSITE = _query(
    _fields(sent_text("attname"), "field_names")
    + ", "
    + _fields("atttypid::text", "field_types")
)

RANGE = _query(
    "r.rngsubtype AS subtype_oid",
    "JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid",
)

MULTIRANGE = _query(
    "r.rngtypid AS range_oid, r.rngsubtype AS subtype_oid",
    "JOIN pg_catalog.pg_range r ON r.rngmultitypid = t.oid",
)

# The query of each kind, and the oldest version of the server that has such types.
_QUERIES: dict[type, tuple[str, int]] = {
    TypeInfo: (BASE, 0),
    EnumInfo: (ENUM, 0),
    CompositeInfo: (COMPOSITE, 0),
    RangeInfo: (RANGE, 0),
    MultirangeInfo: (MULTIRANGE, 140000),
}


def find_query(cls: type[TypeInfo]) -> tuple[str, int]:
    """Return the query for a class of psycopg's or one that derives from it.

    With it comes the version of the oldest server that has such types.
    """
    kind = next(base for base in cls.__mro__ if base in _QUERIES)
    return _QUERIES[kind]
