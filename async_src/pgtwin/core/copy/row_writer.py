"""From rows of Python values to the data of a COPY, in blocks.

A value becomes what its dumper makes of it; nothing is sent from here. The engine
writes what it knows how to write, and asks here for the rows that only dumpers can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from struct import error as StructError
from typing import TYPE_CHECKING, Any

from psycopg import pq
from psycopg.adapt import PyFormat
from psycopg.errors import DataError

from pgtwin.core.adaptation.adapt_context import AdaptationContext
from pgtwin.core.copy.dumpers import CopyAdapters, DumpersByPlace, LaterDumper
from pgtwin.core.copy.records import RecordDumper, Unfit, take_documents
from pgtwin.core.copy.value_formats import BinaryWays, TextWays
from pgtwin.core.engine.copy_decoders import SIGNATURE, TRAILER, UNKNOWN
from pgtwin.core.engine.copy_formatter import NULL_LENGTH, pack_count, pack_length
from pgtwin.core.engine.implementation import make_copy_formatter

if TYPE_CHECKING:
    from psycopg.abc import Buffer, Dumper as DumperProtocol, Transformer

    from pgtwin.core.copy.records import Column
    from pgtwin.core.engine.copy_escapes import Escapes

BINARY = pq.Format.BINARY

# How the dumpers of columns have become known.
FIRST = "the first one had"
TYPES = "types were set for"


class Rows:
    """Takes rows and pieces of data, gives the data of a COPY.

    `add` takes a row, `add_from` some of an iterator; they tell whether there is a
    block to be taken. `add_data` takes what `data_of` returns.
    """

    add: Callable[[Sequence[Any]], bool]
    add_from: Callable[[Iterator[Sequence[Any]]], bool]
    add_data: Callable[[Buffer], bool]

    def __init__(
        self, transformer: Transformer, encoding: str, escapes: Escapes, binary: bool
    ) -> None:
        # As psycopg's dumper of strings has it.
        self._encoding = "utf-8" if encoding == UNKNOWN else encoding
        self._binary = binary
        self._escape = escapes.escape
        self._transformer = self._own_transformer = transformer
        self._ways: BinaryWays | TextWays
        if binary:
            self._ways = BinaryWays(encoding)
        else:
            self._ways = TextWays(transformer, self._encoding, escapes)
        self._formatter = make_copy_formatter(
            self._ways.find,
            self._dump_binary if binary else self._dump_text,
            binary,
            self._encoding,
        )
        self.add = self._formatter.add
        self.add_from = self._formatter.add_from
        self.add_data = self._formatter.add_data
        self._records: RecordDumper | None = None
        self._of_table = False
        self._format = PyFormat.BINARY if binary else PyFormat.TEXT
        self._formats: list[PyFormat] = []
        self._typed: int | None = None  # columns whose dumpers are known
        self._known_by = ""
        # What goes before all else, unless data comes first that has its own.
        self._before = SIGNATURE if binary else b""
        self._has_data = False
        self._others = 0  # rows that were not added one by one, and lines of data

    def set_types(self, oids: Sequence[int]) -> None:
        """Dump values as these types of the server."""
        self._transformer = self._own_transformer
        get = self._transformer.adapters.get_dumper_by_oid
        kind = pq.Format(self._binary)
        dumpers = [get(oid, kind)(type(None), self._transformer) for oid in oids]
        self._transformer.set_dumper_types(oids, kind)
        if isinstance(self._ways, TextWays):
            self._ways.set_types(oids)
        self._know(dumpers, TYPES)

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Dump values for columns of a table; rows in binary may raise `Unfit` then."""
        adapters = self._transformer.adapters
        assert isinstance(adapters, CopyAdapters)
        take_documents(adapters)
        self._of_table = True
        if isinstance(self._ways, TextWays):
            self._records = RecordDumper(self._transformer, columns)
            self._ways.set_records(self._records)
            self._formatter.set_width(len(columns))
        else:
            self.set_types([column.oid for column in columns])

    @property
    def count(self) -> int:
        """The number of rows that were added, and of lines of data."""
        return self._formatter.row_count + self._others

    def add_block(self, data: bytes, number: int) -> bool:
        """Add rows that are in the format already; return whether there is a block."""
        self._others += number
        return self._formatter.add_data(data)

    def data_of(self, given: Buffer | str) -> Buffer:
        """Return what is in the format already, as bytes; it is to be sent next.

        Raises `TypeError` for text in binary format.
        """
        if isinstance(given, str):
            if self._binary:
                raise TypeError("a binary COPY takes bytes, not str")
            given = given.encode(self._encoding)
        elif type(given) is not bytes:
            given = bytes(memoryview(given))  # which may change later
        if not self._has_data:
            self._has_data = True
            if not self._formatter.row_count:
                self._before = b""
        if not self._binary:
            self._others += given.count(b"\n")
        return given

    def end(self) -> None:
        """Add what the end of the data needs."""
        # Data that came in pieces has an end of its own.
        if self._binary and (self._formatter.row_count or not self._has_data):
            self._formatter.add_data(TRAILER)

    def take(self) -> bytes:
        """Return what is to be sent as one block, and keep nothing of it."""
        data = self._formatter.take()
        if data and self._before:
            data = self._before + data
            self._before = b""
        return data

    def _dump_text(self, row: Sequence[Any]) -> bytes:
        return b"\t".join(map(self._escape, self._dumped(_sized(row)))) + b"\n"

    def _dump_binary(self, row: Sequence[Any]) -> bytes:
        row = _sized(row)
        try:
            values = self._dumped(row)
        except Exception as error:
            if self._of_table:
                raise Unfit([row]) from None
            if isinstance(error, StructError):
                raise self._struct_error(error) from None
            raise
        parts: list[Buffer] = [pack_count(len(values))]
        for value in values:
            if value is None:
                parts.append(NULL_LENGTH)
            else:
                parts.append(pack_length(len(value)))
                parts.append(value)
        return b"".join(parts)

    def _dumped(self, row: Sequence[Any]) -> Sequence[Buffer | None]:
        formats = self._formats
        number = len(row)
        if self._records is not None:
            return self._records.dump(row)
        if len(formats) != number:
            if self._binary and number and self._typed is None:
                self._decide(row)
            if number != self._typed is not None and (number or self._binary):
                # psycopg's compiled transformer would read beyond its dumpers.
                raise DataError(
                    f"a row has {number} values, but {self._known_by} "
                    f"{self._typed} columns"
                )
            formats = self._formats = [self._format] * number
        return self._transformer.dump_sequence(row, formats)

    def _decide(self, row: Sequence[Any]) -> None:
        """Let the first row of a binary COPY decide how all are dumped.

        Numbers of one column would have several sizes else.
        """
        transformer = self._transformer
        dumpers = [
            (
                LaterDumper(type(None), transformer)
                if value is None
                else transformer.get_dumper(value, PyFormat.BINARY)
            )
            for value in row
        ]
        place = AdaptationContext(DumpersByPlace(dumpers), transformer.connection)
        self._transformer = place.transformer()
        self._transformer.set_dumper_types(range(len(dumpers)), BINARY)
        self._know(dumpers, FIRST)

    def _know(self, dumpers: Sequence[DumperProtocol], by: str) -> None:
        """Take in which dumpers the columns have from now on."""
        self._known_by = by
        self._typed = len(dumpers)
        self._formats = [self._format] * len(dumpers)
        if isinstance(self._ways, BinaryWays):
            self._ways.set_dumpers(dumpers)
        self._formatter.set_width(len(dumpers))

    def _struct_error(self, error: StructError) -> Exception:
        if "not a" in str(error):
            return TypeError(f"a value does not fit its column: {error}")
        hint = (
            ": set_types() chooses before the first row"
            if self._known_by == FIRST
            else ""
        )
        return DataError(f"a number does not fit the type of its column: {error}{hint}")


def _sized(row: Sequence[Any]) -> Sequence[Any]:
    """Return a row that has a length; a generator, perhaps, has none."""
    return row if hasattr(row, "__len__") else tuple(row)
