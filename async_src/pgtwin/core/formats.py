"""In which format the server should send the values of a statement's results.

Law: a result is asked for in binary format only if every value in it is the same as
from text, and if they are loaded faster together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import psycopg
from psycopg import pq

from pgtwin.core.copy_data import known

if TYPE_CHECKING:
    from psycopg.adapt import AdaptersMap
    from psycopg.pq.abc import PGresult

TEXT = pq.Format.TEXT
BINARY = pq.Format.BINARY


class Loading(NamedTuple):
    """How the results of a statement are best loaded.

    `lasting` says that of the server's settings only the encoding matters for it,
    `usual` that no loader is the user's.
    """

    result_format: pq.Format
    lasting: bool
    usual: bool


class _Type(NamedTuple):
    text: str  # the loaders for which the rest is known
    binary: str
    gain: int | None  # nanoseconds by which binary is faster; None: not the same
    lasting: bool = True


# Measured with psycopg's C modules. A numeric in binary format takes three times as
# long; a float4 has more digits there than in text.
_TYPES = {
    "bool": _Type("BoolLoader", "BoolBinaryLoader", 0),
    "int2": _Type("IntLoader", "Int2BinaryLoader", 11),
    "int4": _Type("IntLoader", "Int4BinaryLoader", 11),
    "int8": _Type("IntLoader", "Int8BinaryLoader", 11),
    "oid": _Type("IntLoader", "OidBinaryLoader", 11),
    "float4": _Type("FloatLoader", "Float4BinaryLoader", None),
    "float8": _Type("FloatLoader", "Float8BinaryLoader", 235),
    "numeric": _Type("NumericLoader", "NumericBinaryLoader", None),
    "text": _Type("TextLoader", "TextBinaryLoader", -1),
    "varchar": _Type("TextLoader", "TextBinaryLoader", -1),
    "bpchar": _Type("TextLoader", "TextBinaryLoader", -1),
    "name": _Type("TextLoader", "TextBinaryLoader", -1),
    "uuid": _Type("UUIDLoader", "UUIDBinaryLoader", 25),
    "bytea": _Type("ByteaLoader", "ByteaBinaryLoader", 33),
    "date": _Type("DateLoader", "DateBinaryLoader", -43, False),
    "timestamp": _Type("TimestampLoader", "TimestampBinaryLoader", -17, False),
    "timestamptz": _Type("TimestamptzLoader", "TimestamptzBinaryLoader", 24, False),
}
_BY_OID = {psycopg.adapters.types[name].oid: each for name, each in _TYPES.items()}

# Before, a server rounded a float8 that it sent as text.
EXACT_FLOATS = 120000


def judge(result: PGresult, adapters: AdaptersMap, server_version: int) -> Loading:
    """Return how results with these columns are best loaded.

    A type that is not known here, or has loaders of the user's, decides for text.
    """
    gain = 0
    same = server_version >= EXACT_FLOATS
    lasting = True
    for place in range(result.nfields):
        oid = result.ftype(place)
        found = _BY_OID.get(oid)
        if found is None or not _is_usual(found, oid, adapters):
            return Loading(TEXT, False, False)
        lasting = lasting and found.lasting
        if found.gain is None:
            same = False
        else:
            gain += found.gain
    return Loading(BINARY if same and gain > 0 else TEXT, lasting, True)


def _is_usual(found: _Type, oid: int, adapters: AdaptersMap) -> bool:
    text = adapters.get_loader(oid, TEXT)
    binary = adapters.get_loader(oid, BINARY)
    return (
        text is not None
        and binary is not None
        and known(text) == found.text
        and known(binary) == found.binary
    )
