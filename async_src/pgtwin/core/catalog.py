"""Queries of the server's catalog, one for each kind of type.

Law: each takes the name of a type as `name`, and names its columns as the arguments of
the class that it makes.
"""

from __future__ import annotations

from psycopg.sql import SQL, Composable, Composed

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

# The server has them from version 14 on.
MULTIRANGE = _query(
    SQL("r.rngtypid AS range_oid, r.rngsubtype AS subtype_oid"),
    SQL("JOIN pg_catalog.pg_range r ON r.rngmultitypid = t.oid"),
)
