"""The types of public signatures.

This module contains only names. Nothing here runs while a query is executed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeAlias, TypeVar, final

from psycopg import Notify
from psycopg.abc import ConnParam, Params, QueryNoTemplate
from psycopg.adapt import AdaptersMap
from psycopg.errors import Diagnostic
from psycopg.rows import RowMaker

from pgtwin.core.statements.templates import Template

__all__ = [
    "AdaptContext",
    "ConnParam",
    "NoRow",
    "NoticeHandler",
    "NotifyHandler",
    "Params",
    "Query",
    "QueryNoTemplate",
    "RowFactory",
    "Template",
]

# Without a default, for which pyright would take a factory of other rows.
AnyRow = TypeVar("AnyRow", covariant=True)

Query: TypeAlias = QueryNoTemplate | Template
"""A statement: literal text, `bytes`, an object of `psycopg.sql`, or a template string
of Python 3.14.
"""
NoticeHandler: TypeAlias = Callable[[Diagnostic], None]
"""A function that is called with each notice, a `psycopg.errors.Diagnostic`."""
NotifyHandler: TypeAlias = Callable[[Notify], None]
"""A function that is called with each notification, a `psycopg.Notify`."""


class AdaptContext(Protocol):
    """Has adapters for a new connection, as existing connections have."""

    @property
    def adapters(self) -> AdaptersMap: ...


class RowFactory(Protocol[AnyRow]):
    """Makes the function that builds the rows of a cursor's result.

    The factories of `pgtwin.rows` (`tuple_row`, `dict_row`, `class_row()` ...) have
    this type, and so has every function that takes a cursor and returns a callable from
    a sequence of values to a row.
    """

    def __call__(self, cursor: Any, /) -> RowMaker[AnyRow]: ...


@final
class NoRow:
    """A row that no factory makes; only rows that may be anything are its rows."""
