"""From the data of a COPY to rows of Python values, whole columns at a time.

A value is what its loader makes of it. The shortcuts below are taken only for
the loaders that psycopg registers.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Protocol

from psycopg import pq
from psycopg.errors import DataError, ProgrammingError

from pgtwin.core.engine.copy_escapes import Escapes
from pgtwin.core.engine.copy_layout import LONG, SHORT, Layout, Load, field_sizes

if TYPE_CHECKING:
    from psycopg.abc import Buffer, Loader, Transformer

Row = tuple[Any, ...]

PACKAGES = ("psycopg", "psycopg_binary", "psycopg_c", "pgtwin")
SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"


class Pieces(IntEnum):
    """How data of a COPY is given that has arrived in messages."""

    VIEWS = 0  # a memoryview for each message, as psycopg has them
    MESSAGES = 1  # a message each, maybe as bytes
    BLOCK = 2  # all of it as one bytes object


# `engine.make_copy_loader`.
LoadRows = Callable[[bytes, int], "list[Row] | None"]
MakeLoader = Callable[["Transformer", Sequence[int], bool], "LoadRows | None"]


class RowDecoder(Protocol):
    """Makes rows from the data of a COPY."""

    def set_types(self, oids: Sequence[int]) -> None:
        """Load values of these types of the server."""

    def decode(self, messages: Sequence[Buffer]) -> list[Row]:
        """Return the rows that stand in messages of the server, one in each.

        Raises `DataError` when they are not in the format, `ProgrammingError` when
        there are more or fewer columns than types.
        """
        ...


def row_decoder(
    binary: bool,
    transformer: Transformer,
    encoding: str,
    escapes: Escapes,
    width: int,
    make_loader: MakeLoader,
) -> RowDecoder:
    """Return a decoder for one COPY, whose rows have `width` columns.

    What `make_loader` returns loads rows that are plain, the decoder all others.
    """
    if binary:
        return BinaryDecoder(transformer, make_loader)
    return TextDecoder(transformer, encoding, escapes, width, make_loader)


def no_loader(transformer: Transformer, oids: Sequence[int], binary: bool) -> None:
    """Leave all rows to the decoder."""


def known(cls: type) -> str:
    """Return the name of an adapter class that is psycopg's or ours, else nothing."""
    return cls.__name__ if cls.__module__.partition(".")[0] in PACKAGES else ""


def _wrong_width(expected: int, found: int) -> ProgrammingError:
    return ProgrammingError(
        f"cannot load a row of {found} columns: set_types() was given {expected} types"
    )


TEXT_LOADS: dict[str, Callable[[Any], Any]] = {"IntLoader": int, "FloatLoader": float}


# What Python calls SQL_ASCII: bytes whose encoding nobody knows.
UNKNOWN = "ascii"


class TextDecoder:
    """Reads rows in text format."""

    def __init__(
        self,
        transformer: Transformer,
        encoding: str,
        escapes: Escapes,
        width: int,
        make_loader: MakeLoader = no_loader,
    ) -> None:
        self._make_loader = make_loader
        self._load_rows: LoadRows | None = None
        self._transformer = transformer
        self._encoding = encoding
        self._escapes = escapes
        self._width = width
        self._loads: list[Callable[[Any], Any] | None] | None = None

    def set_types(self, oids: Sequence[int]) -> None:
        get = self._transformer.get_loader
        self._loads = [self._load(get(oid, pq.Format.TEXT)) for oid in oids]
        self._load_rows = None
        if len(oids) == self._width > 0 and self._escapes.are_bytes:
            self._load_rows = self._make_loader(self._transformer, oids, False)

    def _load(self, loader: Loader) -> Callable[[Any], Any] | None:
        """Return what makes a value from bytes; None: decode them."""
        name = known(type(loader))
        if name == "TextLoader":
            return None
        return TEXT_LOADS.get(name) or loader.load

    def decode(self, messages: Sequence[Buffer]) -> list[Row]:
        if not messages:
            return []
        data = b"".join(messages)
        number = len(messages)
        width = self._width
        loads = self._loads
        if self._load_rows is not None:
            rows = self._load_rows(data, number)
            if rows is not None:
                return rows
        if not width and data == b"\n" * number:
            if loads:
                raise _wrong_width(len(loads), 0)
            return [()] * number
        if (
            not data.endswith(b"\n")
            or data.count(b"\n") != number
            or data.count(b"\t") != number * (width - 1)
        ):
            raise DataError(
                "the data is not in COPY's text format: use read() for other formats"
            )
        if loads is not None and len(loads) != width:
            raise _wrong_width(len(loads), width)
        fields: list[Any]
        known_encoding = self._encoding != UNKNOWN
        if known_encoding and loads is None and b"\\" not in data:
            fields = data[:-1].decode(self._encoding).replace("\n", "\t").split("\t")
            return list(
                zip(*(fields[place::width] for place in range(width)), strict=True)
            )
        fields = data[:-1].replace(b"\n", b"\t").split(b"\t")
        columns = [
            self._column(fields[place::width], None if loads is None else loads[place])
            for place in range(width)
        ]
        return list(zip(*columns, strict=True))

    def _column(
        self, fields: list[bytes], load: Callable[[Any], Any] | None
    ) -> Iterable[Any]:
        encoding = self._encoding
        joined = b"\n".join(fields)
        if b"\\" in joined:
            values = list(map(self._escapes.unescape, fields))
            if load is not None:
                return [v if v is None else load(v) for v in values]
            if encoding == UNKNOWN:
                return values
            return [v if v is None else v.decode(encoding) for v in values]
        if load is not None:
            return map(load, fields)
        return fields if encoding == UNKNOWN else joined.decode(encoding).split("\n")


# psycopg's loaders of fixed width, as `struct` unpacks the same.
FIXED = {
    "Int2BinaryLoader": "h",
    "Int4BinaryLoader": "i",
    "Int8BinaryLoader": "q",
    "OidBinaryLoader": "I",
    "Float4BinaryLoader": "f",
    "Float8BinaryLoader": "d",
    "BoolBinaryLoader": "?",
}
# Rows of one length from which on a layout is worth finding, and layouts kept.
SEVERAL = 4
LAYOUTS = 100


class BinaryDecoder:
    """Reads rows in binary format."""

    def __init__(
        self, transformer: Transformer, make_loader: MakeLoader = no_loader
    ) -> None:
        self._make_loader = make_loader
        self._load_rows: LoadRows | None = None
        self._transformer = transformer
        self._loads: list[Load] | None = None
        self._codes: list[str] = []
        self._layouts: dict[int, Layout] = {}
        self._begun = False

    def set_types(self, oids: Sequence[int]) -> None:
        get = self._transformer.get_loader
        loaders = [get(oid, pq.Format.BINARY) for oid in oids]
        self._loads = [loader.load for loader in loaders]
        self._codes = [FIXED.get(known(type(loader)), "") for loader in loaders]
        self._layouts.clear()
        make = self._make_loader
        self._load_rows = make(self._transformer, oids, True) if oids else None

    def decode(self, messages: Sequence[Buffer]) -> list[Row]:
        if messages and messages[-1] == TRAILER:
            messages = messages[:-1]
        if messages and not self._begun:
            first, *others = messages
            if bytes(first[: len(SIGNATURE)]) != SIGNATURE:
                raise DataError("the data does not begin as COPY's binary format does")
            self._begun = True
            rest = first[len(SIGNATURE) :]
            messages = [rest, *others] if rest and rest != TRAILER else others
        if not messages:
            return []
        rows = None
        try:
            if self._load_rows is None:
                rows = self._together(messages)
            else:
                rows = self._load_rows(b"".join(messages), len(messages))
        except Exception:
            # Messages that are no rows; any other error is raised again below.
            rows = None
        try:
            return self._rows(b"".join(messages)) if rows is None else rows
        except (struct.error, IndexError):
            raise DataError("the data is not in COPY's binary format") from None

    def _together(self, messages: Sequence[Buffer]) -> list[Row] | None:
        """Return the rows, those of one length read together.

        `None`, or any error, if there is not one row in each message.
        """
        if self._loads is None:
            return None
        lengths = list(map(len, messages))
        alike: dict[int, list[Buffer]] = {length: [] for length in lengths}
        for length, message in zip(lengths, messages, strict=True):
            alike[length].append(message)
        rows: dict[int, Iterator[Row]] = {}
        for length, some in alike.items():
            data = b"".join(some)
            found: list[Row] | None = None
            if len(some) >= SEVERAL:
                layout = self._layouts.get(length) or self._find_layout(some[0])
                found = None if layout is None else layout.rows(data)
            if found is None:
                found = self._rows(data)
            if len(found) != len(some):
                return None
            rows[length] = iter(found)
        return list(map(next, map(rows.__getitem__, lengths)))

    def _find_layout(self, row: Buffer) -> Layout | None:
        """Return the layout of a row; `None` if it does not have the types' columns."""
        sizes = field_sizes(row)
        if self._loads is None or len(sizes) != len(self._loads):
            return None
        if len(self._layouts) >= LAYOUTS:
            self._layouts.clear()
        layout = self._layouts[len(row)] = Layout(sizes, self._loads, self._codes)
        return layout

    def _rows(self, data: bytes) -> list[Row]:
        loads = self._loads
        if loads is None:
            loads = [bytes] * SHORT.unpack_from(data)[0]
        expected = len(loads)
        width_at = SHORT.unpack_from
        length_at = LONG.unpack_from
        rows: list[Row] = []
        start = 0
        end = len(data)
        while start < end:
            width = width_at(data, start)[0]
            if width != expected:
                raise _wrong_width(expected, width)
            start += 2
            values: list[Any] = []
            for load in loads:
                length = length_at(data, start)[0]
                start += 4
                if length < 0:
                    values.append(None)
                    continue
                stop = start + length
                values.append(load(data[start:stop]))
                start = stop
            rows.append(tuple(values))
        if start != end:
            raise DataError("the data is not in COPY's binary format")
        return rows
