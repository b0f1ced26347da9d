"""Loaders that are registered on a cursor when it has a result already.

Law: the columns to which they do not apply are loaded as before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import pq

from pgtwin.core.adapters import Place
from pgtwin.core.formats import is_known

if TYPE_CHECKING:
    from psycopg.abc import Transformer
    from psycopg.pq.abc import PGresult

TEXT = pq.Format.TEXT
INVALID_OID = 0

Load = Callable[[Any], Any]


def late_loads(
    result: PGresult,
    before: Transformer,
    place: Place,
    asked: pq.Format | None,
    encoding: str,
) -> list[Load]:
    """Return for each column of a result what loads its values.

    `before` has the loaders that were made when the result came, `place` the adapters
    as they are now. Unless a format was `asked` for, loaders of text count: where the
    values have come in binary format by themselves, these are given the text that the
    server would have sent.
    """
    now = place.transformer()
    loads: list[Load] = []
    for column in range(result.nfields):
        oid = result.ftype(column)
        came_in = pq.Format(result.fformat(column))
        wanted = TEXT if asked is None else asked
        known = before.get_loader(oid, came_in)
        registered = place.adapters.get_loader(oid, wanted)
        if registered is None:
            registered = place.adapters.get_loader(INVALID_OID, wanted)
        if came_in == wanted:
            # Of other types the loaders of elements may have been registered.
            same = is_known(oid) and registered is type(known)
            loads.append((known if same else now.get_loader(oid, wanted)).load)
        elif registered is psycopg.adapters.get_loader(oid, wanted):
            loads.append(known.load)
        else:
            load = now.get_loader(oid, wanted).load
            loads.append(_from_text(load, known.load, oid, encoding))
    return loads


def _from_text(load: Load, known: Load, oid: int, encoding: str) -> Load:
    """Return what loads the text of a value that has come in binary format."""
    write = _WRITERS.get(oid)

    def load_text(data: Any) -> Any:
        value = known(data)
        if isinstance(value, str):
            return load(value.encode(encoding))
        return load(value if write is None else write(value).encode())

    return load_text


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
        ("uuid", str),
        ("bytea", lambda value: rf"\x{value.hex()}"),
        ("date", str),
        ("timestamp", _moment),
        ("timestamptz", _moment),
    )
}
