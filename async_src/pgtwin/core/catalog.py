"""Queries of the server's catalog, one for each kind of type.

Law: each takes the name of a type as `name`, and names its columns as the arguments of
the class that it makes.
"""

from __future__ import annotations

from psycopg.sql import SQL, Composable, Composed
from psycopg.types import TypeInfo
from psycopg.types.composite import CompositeInfo
from psycopg.types.enum import EnumInfo
from psycopg.types.multirange import MultirangeInfo
from psycopg.types.range import RangeInfo

_TYPE = SQL(
    "SELECT t.typname AS name, t.oid, t.typarray AS array_oid, "
    "t.oid::regtype::text AS regtype, {} FROM pg_catalog.pg_type t {} "
    "WHERE t.oid = to_regtype(%(name)s)"
)


NOTHING = SQL("")


def _query(columns: Composable, joined: SQL = NOTHING) -> Composed:
    return _TYPE.format(columns, joined)


BASE = _query(SQL("t.typdelim AS delimiter"))

ENUM = _query(
    SQL(
        "ARRAY(SELECT enumlabel::text FROM pg_catalog.pg_enum "
        "WHERE enumtypid = t.oid ORDER BY enumsortorder) AS labels"
    )
) + SQL(" AND t.typtype = 'e'")

# Columns that were dropped keep their place in the catalog.
_FIELDS = SQL(
    "ARRAY(SELECT {} FROM pg_catalog.pg_attribute WHERE attrelid = t.typrelid "
    "AND attnum > 0 AND NOT attisdropped ORDER BY attnum) AS {}"
)

COMPOSITE = _query(
    _FIELDS.format(SQL("attname::text"), SQL("field_names"))
    + SQL(", ")
    + _FIELDS.format(SQL("atttypid"), SQL("field_types"))
)

RANGE = _query(
    SQL("r.rngsubtype AS subtype_oid"),
    SQL("JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid"),
)

MULTIRANGE = _query(
    SQL("r.rngtypid AS range_oid, r.rngsubtype AS subtype_oid"),
    SQL("JOIN pg_catalog.pg_range r ON r.rngmultitypid = t.oid"),
)

# The query of each kind, and the oldest version of the server that has such types.
_QUERIES: dict[type, tuple[Composed, int]] = {
    TypeInfo: (BASE, 0),
    EnumInfo: (ENUM, 0),
    CompositeInfo: (COMPOSITE, 0),
    RangeInfo: (RANGE, 0),
    MultirangeInfo: (MULTIRANGE, 140000),
}


def find_query(cls: type[TypeInfo]) -> tuple[Composed, int]:
    """Return the query for a class of psycopg's or one that derives from it.

    With it comes the version of the oldest server that has such types.
    """
    kind = next(base for base in cls.__mro__ if base in _QUERIES)
    return _QUERIES[kind]
