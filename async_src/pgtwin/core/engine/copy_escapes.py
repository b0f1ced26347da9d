"""Backslashes of COPY's text format, in every client encoding.

A byte that belongs to a longer character is no backslash. In some encodings that
only clients have, the last byte of a character may be 0x5c.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from psycopg.abc import Buffer

# Longer characters as the server measures them (pg_encoding_mblen()).
_CHARACTERS = {
    "SJIS": rb"[\x80-\xa0\xe0-\xff].",
    "SHIFT_JIS_2004": rb"[\x80-\xa0\xe0-\xff].",
    "BIG5": rb"[\x80-\xff].",
    "GBK": rb"[\x80-\xff].",
    "UHC": rb"[\x80-\xff].",
    "GB18030": rb"[\x80-\xff](?:[0-9]..|.)",
    "JOHAB": rb"\x8f..|[\x80-\xff].",
}
SPECIAL = b"\b\t\n\v\f\r\\"
_OTHERS = SPECIAL.replace(b"\\", b"")
_SPECIAL = rb"[\b\t\n\v\f\r\\]"
_ESCAPES = {
    b"\b": rb"\b", b"\t": rb"\t", b"\n": rb"\n", b"\v": rb"\v", b"\f": rb"\f",
    b"\r": rb"\r", b"\\": rb"\\",
}  # fmt: skip
_VALUES = {escape: value for value, escape in _ESCAPES.items()}


class Escapes:
    """How values are written and read in one client encoding of one server."""

    def __init__(self, client: str, server: str) -> None:
        characters = _CHARACTERS.get(client, b"")
        # A server in SQL_ASCII converts nothing, and reads bytes; other ones convert
        # what they get before they look for backslashes. All write characters.
        self.by_bytes = bool(characters) and server == "SQL_ASCII"
        before = b"" if self.by_bytes or not characters else characters + b"|"
        self._are_bytes = not before
        # Whether a byte 0x5c of what is read is always a backslash.
        self.are_bytes = not characters
        self._escapes = re.compile(before + _SPECIAL, re.DOTALL)
        before = characters and characters + b"|"
        self._unescapes = re.compile(before + rb"\\.", re.DOTALL)

    def escape(self, value: Buffer | None) -> bytes:
        """Return a value as the format has it."""
        if value is None:
            return rb"\N"
        data = bytes(value)
        if len(data.translate(None, SPECIAL)) == len(data):
            return data
        if self._are_bytes:
            data = data.replace(b"\\", rb"\\")
            if data.translate(None, _OTHERS) == data:
                return data
            for special, escape in _ESCAPES.items():
                if special != b"\\":
                    data = data.replace(special, escape)
            return data
        return self._escapes.sub(_escaped, data)

    def unescape(self, field: bytes) -> bytes | None:
        """Return the value of a field."""
        if field == rb"\N":
            return None
        if b"\\" not in field:
            return field
        return self._unescapes.sub(_unescaped, field)


@lru_cache(maxsize=100)
def escapes(client: str, server: str) -> Escapes:
    """Return what writes and reads values, by the names that the server reports."""
    return Escapes(client, server)


def _escaped(match: re.Match[bytes]) -> bytes:
    found = match[0]
    return _ESCAPES.get(found, found)


def _unescaped(match: re.Match[bytes]) -> bytes:
    found = match[0]
    if found[:1] != b"\\":
        return found
    return _VALUES.get(found, found[1:])
