"""What SQLAlchemy's suite may ask of PostgreSQL: everything but what is named here.

What is absent has its reason, which the skipped tests repeat. What another release
of the suite asks for is tried until somebody has looked.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy
from sqlalchemy.testing.exclusions import BooleanPredicate, skip_if
from sqlalchemy.testing.requirements import SuiteRequirements

ABSENT = {
    "dbapi_lastrowid": "an INSERT returns no identifier unless asked to",
    "fetch_percent": "FETCH FIRST counts rows, not percents of them",
    "foreign_keys_reflect_as_index": "a foreign key has no index of its own",
    "materialized_views_reflect_pk": "a materialized view has no primary key",
    "nvarchar_types": "there is no NVARCHAR: all text has the database's encoding",
    "reflect_indexes_with_ascdesc_as_expression": "the order is no part of a column",
    "repeated_remote_col_foreign_keys": "a foreign key refers to a column once",
    "unique_index_reflect_as_unique_constraints": "a unique index is no constraint",
}
if sqlalchemy.__version__.startswith("2.0."):
    ABSENT |= {
        "computed_columns_virtual": "SQLAlchemy 2.0 has none for PostgreSQL",
        "reflect_table_options": "SQLAlchemy 2.0 reads none of PostgreSQL",
    }
else:
    ABSENT |= {
        "computed_columns_default_persisted": "they are virtual by default",
    }


class Requirements(SuiteRequirements):
    """PostgreSQL 18, by whatever driver."""

    def get_order_by_collation(self, config: Any) -> str:
        return "POSIX"


def is_closed(name: str) -> bool:
    """Return whether the suite asks for something only where a dialect says so."""
    wanted = getattr(SuiteRequirements(), name)
    try:
        return not wanted.enabled_for_config(None)
    except AttributeError:
        # What is asked for depends on the dialect's attributes already.
        return False


def decided(name: str) -> property:
    """Return the requirement as ours: a new object each time, for tests merge them."""
    given = (name in ABSENT, ABSENT.get(name))
    return property(
        lambda _: skip_if(BooleanPredicate(*given))  # type: ignore[no-untyped-call]
    )


for name, member in vars(SuiteRequirements).items():
    if isinstance(member, property) and is_closed(name):
        setattr(Requirements, name, decided(name))
