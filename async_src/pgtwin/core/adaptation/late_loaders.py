"""Loaders that are registered on a cursor when it has a result already.

The columns to which they do not apply are loaded as before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import pq

from pgtwin.core.adaptation.adapt_context import AdaptationContext

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from pgtwin.core.engine.contract import RowLoader

TEXT = pq.Format.TEXT

Load = Callable[[Any], Any]
Rows = Sequence[Sequence[Any]]


def load_late(
    result: PGresult,
    rows: range,
    values: Rows | None,
    loader: RowLoader | None,
    place: AdaptationContext,
    asked: pq.Format | None,
    encoding: str,
) -> list[tuple[Any, ...]]:
    """Return the values of some rows of a result by the adapters of a place.

    `loader` has the loaders that were made when the result came; without one, `values`
    are what psycopg's loaders made of it then. Unless a format was `asked` for, loaders
    of text count: where values have come in binary format by themselves, these are
    given the text that the server would have sent.
    """
    now = place.transformer()
    wanted = TEXT if asked is None else asked
    columns: list[list[Any]] = []
    for column in range(result.nfields):
        oid = result.ftype(column)
        came_in = pq.Format(result.fformat(column))
        known = None if loader is None else loader.get_loader(oid, came_in)
        since: Load | None = None
        write: Callable[[Any], bytes] | None = None
        # Of types that are not usual, loaders of elements may be registered since.
        if not place.adapters.is_usual(oid):
            since = now.get_loader(oid, wanted).load
            if came_in != wanted:
                write = _writer(oid, encoding)
        found: list[Any] = []
        for row in rows:
            data = result.get_value(row, column)
            if data is None:
                found.append(None)
            elif since is not None and write is None:
                found.append(since(data))
            else:
                if known is not None:
                    value = known.load(data)
                else:
                    assert values is not None
                    value = values[row][column]
                if since is not None and write is not None:
                    value = since(write(value))
                found.append(value)
        columns.append(found)
    return list(zip(*columns, strict=True)) if columns else [()] * len(rows)


def _writer(oid: int, encoding: str) -> Callable[[Any], bytes]:
    """Return what writes a value of a type as the server does."""
    write = _WRITERS.get(oid, str)

    def encoded(value: Any) -> bytes:
        if write is str and isinstance(value, bytes):
            return value  # text in SQL_ASCII
        return write(value).encode(encoding)

    return encoded


def _boolean(value: bool) -> str:
    return "t" if value else "f"


_NOT_FINITE = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}


def _float(value: float) -> str:
    # The digits are those of Python; the server has an exponent in other cases.
    text = repr(value)
    if text in _NOT_FINITE:
        return _NOT_FINITE[text]
    number = Decimal(text).normalize()
    exponent = number.adjusted() if value else 0
    if -4 <= exponent < 15:
        return f"{number:f}"
    return f"{number.scaleb(-exponent):f}e{exponent:+03d}"


def _moment(value: dt.datetime) -> str:
    text = value.replace(tzinfo=None).isoformat(" ")
    if value.microsecond:
        text = text.rstrip("0")
    offset = value.utcoffset()
    if offset is None:
        return text
    sign = "-" if offset < dt.timedelta() else "+"
    minutes, seconds = divmod(round(abs(offset).total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    text += f"{sign}{hours:02d}"
    if minutes or seconds:
        text += f":{minutes:02d}"
    return f"{text}:{seconds:02d}" if seconds else text


# How the server writes a value as text, of the types that come in binary format by
# themselves; dates in ISO style, as these are.
_WRITERS: dict[int, Callable[[Any], str]] = {
    psycopg.adapters.types[name].oid: write
    for name, write in (
        ("bool", _boolean),
        ("int2", str),
        ("int4", str),
        ("int8", str),
        ("oid", str),
        ("float8", _float),
        ("numeric", lambda value: f"{value:f}"),
        ("uuid", str),
        ("bytea", lambda value: rf"\x{value.hex()}"),
        ("date", str),
        ("timestamp", _moment),
        ("timestamptz", _moment),
    )
}
