"""In which format the server should send the values of a prepared statement's results.

A result is asked for in binary format only if the server guarantees the types of
its columns, if every value in it is the same as from text, and if they are loaded
faster together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import psycopg
from psycopg import pq

from pgtwin.core.engine.copy_decoders import known

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg.adapt import AdaptersMap
    from psycopg.pq.abc import PGresult

TEXT = pq.Format.TEXT
BINARY = pq.Format.BINARY

# Whether the server rounds a float8 that it sends as text; it does not tell by itself.
FLOAT_DIGITS = b"SELECT current_setting('extra_float_digits', true)"


class Columns(NamedTuple):
    """What the columns of a statement mean for the format of its results.

    `best` is the format that is loaded faster. With `floats` the values are the same in
    both only if the server does not round what it sends as text, with `dates` only if
    it writes dates in ISO style; `fixed` is the best format where neither matters, else
    `None`. `usual` says that no loader is the user's, `lasting` that of the server's
    settings only the encoding matters for the loaders.
    """

    best: pq.Format
    fixed: pq.Format | None
    floats: bool
    dates: bool
    usual: bool
    lasting: bool


UNUSUAL = Columns(TEXT, TEXT, False, False, False, False)


# The loaders for which the gains are known.
_LOADERS = {
    "bool": ("BoolLoader", "BoolBinaryLoader"),
    "int2": ("IntLoader", "Int2BinaryLoader"),
    "int4": ("IntLoader", "Int4BinaryLoader"),
    "int8": ("IntLoader", "Int8BinaryLoader"),
    "oid": ("IntLoader", "OidBinaryLoader"),
    "float4": ("FloatLoader", "Float4BinaryLoader"),
    "float8": ("FloatLoader", "Float8BinaryLoader"),
    "numeric": ("NumericLoader", "NumericBinaryLoader"),
    "text": ("TextLoader", "TextBinaryLoader"),
    "varchar": ("TextLoader", "TextBinaryLoader"),
    "bpchar": ("TextLoader", "TextBinaryLoader"),
    "name": ("TextLoader", "TextBinaryLoader"),
    "uuid": ("UUIDLoader", "UUIDBinaryLoader"),
    "bytea": ("ByteaLoader", "ByteaBinaryLoader"),
    "date": ("DateLoader", "DateBinaryLoader"),
    "timestamp": ("TimestampLoader", "TimestampBinaryLoader"),
    "timestamptz": ("TimestamptzLoader", "TimestamptzBinaryLoader"),
}
_BY_OID = {psycopg.adapters.types[name].oid: name for name in _LOADERS}
DATES = frozenset(
    psycopg.adapters.types[name].oid for name in ("date", "timestamp", "timestamptz")
)
_FLOAT = psycopg.adapters.types["float8"].oid

# From here on, a faster format is worth the longer protocol that it needs.
MANY_ROWS = 100

# Before, a server rounded a float8 that it sent as text.
EXACT_FLOATS = 120000


def examine_columns(
    result: PGresult,
    is_usual: Callable[[int], bool],
    server_version: int,
    gains: dict[str, int],
) -> Columns:
    """Return what the columns of a result mean for the format of others like it.

    `is_usual` tells whether a type is loaded by psycopg alone, `gains` are those of the
    engine (`implementation.binary_gains`). A type that is not known here, or has
    loaders of the user's, decides for text.
    """
    gain = 0
    same = True
    floats = dates = False
    for place in range(result.nfields):
        oid = result.ftype(place)
        found = _BY_OID.get(oid)
        if found is None or not is_usual(oid):
            return UNUSUAL
        dates = dates or oid in DATES
        floats = floats or oid == _FLOAT
        if found in gains:
            gain += gains[found]
        else:
            same = False
    same = same and not (floats and server_version < EXACT_FLOATS)
    best = BINARY if same and gain > 0 else TEXT
    fixed = None if best == BINARY and (floats or dates) else best
    return Columns(best, fixed, floats, dates, usual=True, lasting=not dates)


def has_usual_loaders(oid: int, adapters: AdaptersMap) -> bool:
    """Return whether a type is one of those above, and its loaders are psycopg's."""
    found = _BY_OID.get(oid)
    text = adapters.get_loader(oid, TEXT)
    binary = adapters.get_loader(oid, BINARY)
    return (
        found is not None
        and text is not None
        and binary is not None
        and (known(text), known(binary)) == _LOADERS[found]
    )
