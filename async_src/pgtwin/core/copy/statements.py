"""COPY statements around a query of the caller's, and their options.

A query stays what it is, so that it is bound as every other; what is added to it
has no placeholders.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from psycopg import sql
from psycopg.errors import ProgrammingError

if TYPE_CHECKING:
    from pgtwin.core.type_aliases import Params, Query


def copy_to_client(
    query: Query | sql.Identifier, params: Params | None, options: str
) -> Query:
    """Return a COPY of what a query returns, or of a table, with some options."""
    if params is not None:
        options = options.replace("%", "%%")
    # A comment at the end of the query ends with the line.
    return surrounded(as_query(query), "COPY (", f"\n) TO STDOUT ({options})")


def as_query(query: Query | sql.Identifier) -> Query:
    """Return a query for all of a table, if it is the name of one.

    Raises `ProgrammingError` for a string that is a name, which may have been meant so.
    """
    if isinstance(query, sql.Identifier):
        return sql.SQL("TABLE {}").format(query)
    if isinstance(query, str) and query.isidentifier():
        raise ProgrammingError(
            f"{query!r} is no query: give the name of a table as "
            f"pgtwin.sql.Identifier({query!r})"
        )
    return query


def surrounded(query: Query, before: str, after: str) -> Query:
    """Return a query of the same kind with SQL before and after it."""
    found: Any = query
    if isinstance(found, str):
        return cast("Query", before + found.rstrip("; \t\r\n") + after)
    if isinstance(found, bytes):
        return before.encode() + found.rstrip(b"; \t\r\n") + after.encode()
    if isinstance(found, sql.Composable):
        ends = [sql.SQL(cast("Any", each)) for each in (before, after)]
        return sql.Composed([ends[0], found, ends[1]])
    if isinstance(found, Iterable):  # a template string
        return cast("Query", type(found)(before, *found, after))  # type: ignore[call-arg]
    raise TypeError(
        f"a query is a string, bytes, sql.SQL or a template, not {type(found).__name__}"
    )


def literal(text: str) -> str:
    """Return a string literal, which no setting of the server makes another one."""
    if "\0" in text:
        raise ProgrammingError("an option of COPY cannot have a NUL character")
    doubled = text.replace("\\", "\\\\").replace("'", "''")
    return f"E'{doubled}'"
