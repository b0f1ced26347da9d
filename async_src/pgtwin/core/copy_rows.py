"""From rows of Python values to the data of a COPY, in blocks.

Law: a value becomes what its dumper makes of it; nothing is sent from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from struct import Struct, error as StructError
from typing import TYPE_CHECKING, Any

from psycopg import pq
from psycopg.adapt import PyFormat
from psycopg.errors import DataError

from pgtwin.core.adapters import Place
from pgtwin.core.copy_columns import (
    LENGTHS,
    NULL_LENGTH,
    SHORT,
    BinaryColumns,
    TextColumns,
    is_numbers,
    row_writer,
)
from pgtwin.core.copy_data import SIGNATURE, TRAILER, UNKNOWN
from pgtwin.core.copy_escapes import SPECIAL
from pgtwin.core.copy_records import RecordDumper, Unfit, take_documents
from pgtwin.core.copy_values import (
    CopyAdapters,
    DumpersByPlace,
    LaterDumper,
    PlainDumpers,
)

if TYPE_CHECKING:
    from psycopg.abc import Buffer, Dumper as DumperProtocol, Transformer

    from pgtwin.core.copy_escapes import Escapes
    from pgtwin.core.copy_records import Column

BINARY = pq.Format.BINARY

# Bytes from which on rows are given as a block: fewer calls of libpq, little kept.
BLOCK = 64 * 1024
# Rows that are written together, at most: what they refer to stays in the cache.
TOGETHER = 400

NULL = rb"\N"

# Writes rows whose values have some types: their data in binary format, else what was
# dumped; `None` for one that must be dumped with care.
Write = Callable[[Sequence[Any]], Any]
NO_PLAN: tuple[tuple[type, ...], Write | None] = ((), None)
PLANS = 1000

# How the dumpers of columns have become known.
FIRST = "the first one had"
TYPES = "types were set for"

_pack_count = Struct("!h").pack
_pack_length = Struct("!i").pack


class Plans(dict[tuple[type, ...], Write | None]):
    """Keeps what writes rows, by the types of their values, found when first asked."""

    def __init__(self, find: Callable[[tuple[type, ...]], Write | None]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, kinds: tuple[type, ...]) -> Write | None:
        if len(self) > PLANS:
            self.clear()
        write = self[kinds] = self._find(kinds)
        return write


class Rows:
    """Takes rows and pieces of data, gives the data of a COPY in blocks.

    `add` takes a row, `add_some` several, best `number` of them; `blocks` are what is
    to be sent, and who sends them takes them.
    """

    add: Callable[[Sequence[Any]], None]

    def __init__(
        self, transformer: Transformer, encoding: str, escapes: Escapes, binary: bool
    ) -> None:
        self.blocks: list[Buffer] = []
        self.number = 1
        self.add = self._add_binary if binary else self._add_text
        self._columns: BinaryColumns | TextColumns = (
            BinaryColumns(transformer, encoding)
            if binary
            else TextColumns(transformer, encoding, escapes)
        )
        self._records: RecordDumper | None = None
        self._of_table = False
        self._escape = escapes.escape
        self._transformer = self._own_transformer = transformer
        self._encoding = encoding
        self._binary = binary
        self._formats: list[PyFormat] = []
        self._typed: int | None = None  # columns whose dumpers are known
        self._known_by = ""
        self._plain: PlainDumpers | None = None
        self._dumpers: Sequence[DumperProtocol] = []
        self._plans = Plans(self._find_plan)
        self._plan = NO_PLAN  # of the last row
        self._rows: list[bytes] = []
        # Several threads may write: one at a time makes a block, and takes this away.
        self._free = [True]
        # What goes before the first block, unless data comes that has its own.
        self._signature = [SIGNATURE] if binary else []
        self._size = 0
        self._began = self._has_rows = False
        self._in_vain = 0  # blocks that could not be made, one after the other
        self._alone = 0  # rows that are added before another is tried

    def set_types(self, oids: Sequence[int]) -> None:
        """Dump values as these types of the server."""
        self._known_by = TYPES
        self._transformer = self._own_transformer
        get = self._transformer.adapters.get_dumper_by_oid
        kind = pq.Format(self._binary)
        self._know([get(oid, kind)(type(None), self._transformer) for oid in oids])
        self._transformer.set_dumper_types(oids, pq.Format(self._binary))
        self._columns.set_types(oids)

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Dump values for columns of a table; `add_some` may raise `Unfit` then."""
        adapters = self._transformer.adapters
        assert isinstance(adapters, CopyAdapters)
        take_documents(adapters)
        self._of_table = True
        if isinstance(self._columns, TextColumns):
            self._records = RecordDumper(self._transformer, columns)
            self._columns.set_records(self._records)
        else:
            self.set_types([column.oid for column in columns])

    def add_from(self, source: Iterator[Sequence[Any]]) -> bool:
        """Add some rows of an iterator; tell whether there were any."""
        alone, self._alone = self._alone, 0
        if not alone:
            rows = list(islice(source, self.number))
            self.add_some(rows)
            return bool(rows)
        found = False
        for row in islice(source, alone):
            found = True
            self._add_each((row,))
            alone -= 1
            if self.blocks:
                self._alone = alone
                break
        return found

    def add_some(self, rows: Sequence[Sequence[Any]]) -> None:
        """Add rows that were taken together. Raises as `add` does."""
        if self._alone:
            self._alone = max(self._alone - len(rows), 0)
            self._add_each(rows)
            return
        data = self._block(rows)
        if data is None:
            # The next ones are seldom better: it is tried after some, then after more.
            self._alone = min(4**self._in_vain - 1, TOGETHER)
            self._in_vain = min(self._in_vain + 1, 5)
            self._add_each(rows)
            return
        self._in_vain = 0
        fitting = len(rows) * BLOCK // (len(data) + 1)
        self.number = max(1, min(TOGETHER, fitting, 50 * len(rows)))
        self._begin()
        self._keep(data)

    def _add_each(self, rows: Sequence[Sequence[Any]]) -> None:
        for place, row in enumerate(rows):
            try:
                self.add(row)
            except Exception:
                if self._of_table and self._binary:
                    raise Unfit(rows[place:]) from None
                raise

    def _block(self, rows: Sequence[Sequence[Any]]) -> bytes | None:
        """Return the data of some rows; `None` when they must go one by one."""
        # Who makes the rows may use a list, or a value in a tuple, for the next one
        # too: those are not taken together.
        self.number = 1
        if set(map(type, rows)) != {tuple}:
            return None
        try:
            columns = list(zip(*rows, strict=True))
        except ValueError:
            return None
        if not columns:
            return None
        return self._columns.block(columns)

    def add_data(self, data: Buffer | str) -> None:
        """Add data that is in the format already; `TypeError` for text in binary."""
        if isinstance(data, str):
            if self._binary:
                raise TypeError("a binary COPY takes bytes, not str")
            # As psycopg's dumper of strings has it.
            known_encoding = self._encoding != UNKNOWN
            data = data.encode(self._encoding if known_encoding else "utf-8")
        self._close_block()
        if not self._began:
            self._began = True
            self._signature.clear()
        self.blocks.append(data)

    def end(self) -> None:
        """Add what the end of the data needs."""
        # Data that came in pieces has an end of its own.
        if self._binary and (self._has_rows or not self._began):
            self._rows.append(TRAILER)
        self._make_block()

    def take(self) -> Buffer:
        """Return what is to be sent as one block, and keep nothing of it."""
        blocks = list(self.blocks)
        del self.blocks[: len(blocks)]  # and leave what others add
        if self._signature:
            blocks.insert(0, self._signature.pop())
        return blocks[0] if len(blocks) == 1 else b"".join(blocks)

    def _dumped(self, row: Sequence[Any]) -> Sequence[Buffer | None]:
        formats = self._formats
        try:
            number = len(row)
        except TypeError:
            row = tuple(row)  # of a generator, perhaps
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
            kind = PyFormat.BINARY if self._binary else PyFormat.TEXT
            formats = self._formats = [kind] * number
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
        place = Place(DumpersByPlace(dumpers), transformer.connection)
        self._transformer = place.transformer()
        self._transformer.set_dumper_types(range(len(dumpers)), BINARY)
        assert isinstance(self._columns, BinaryColumns)
        self._columns.set_dumpers(dumpers)
        self._know(dumpers)
        self._known_by = FIRST

    def _add_text(self, row: Sequence[Any]) -> None:
        values = None
        if self._plain is not None and type(row) is tuple:
            kinds = tuple(map(type, row))
            known, write = self._plan
            if kinds != known:
                # Rows with NULL are of several kinds, by turns.
                write = self._plans[kinds]
                self._plan = kinds, write
            if write is not None:
                try:
                    values = write(row)
                except Exception:
                    values = None  # who dumps them with care says it
        if values is None:
            values = self._dumped(row)
        if None in values:
            data = b"".join(filter(None, values))
            if len(data.translate(None, SPECIAL)) == len(data):
                line = b"\t".join(
                    [NULL if value is None else value for value in values]
                )
            else:
                line = b"\t".join(map(self._escape, values))
        else:
            line = b"\t".join(values)  # type: ignore[arg-type]
            # One tab stands between two values.
            others = line.translate(None, SPECIAL)
            if len(line) - len(others) >= (len(values) or 1):
                line = b"\t".join(map(self._escape, values))
        line += b"\n"
        self._has_rows = True
        self._rows.append(line)
        self._size += len(line)
        if self._size > BLOCK:
            self._close_block()

    def _add_binary(self, row: Sequence[Any]) -> None:
        data = None
        if self._plain is not None and type(row) is tuple:
            kinds = tuple(map(type, row))
            known, write = self._plan
            if kinds != known:
                # Rows with NULL are of several kinds, by turns.
                write = self._plans[kinds]
                self._plan = kinds, write
            if write is not None:
                try:
                    data = write(row)
                except Exception:
                    data = None  # who dumps the values with care says it
        if data is None:
            data = self._carefully(row)
        self._began = self._has_rows = True
        self._rows.append(data)
        self._size += len(data)
        if self._size > BLOCK:
            self._close_block()

    def _carefully(self, row: Sequence[Any]) -> bytes:
        try:
            values = self._dumped(row)
        except StructError as error:
            raise self._struct_error(error) from None
        parts: list[Buffer] = [_pack_count(len(values))]
        for value in values:
            if value is None:
                parts.append(NULL_LENGTH)
            else:
                length = len(value)
                parts.append(
                    LENGTHS[length] if length < SHORT else _pack_length(length)
                )
                parts.append(value)
        return b"".join(parts)

    def _find_plan(self, kinds: tuple[type, ...]) -> Write | None:
        plain = self._plain
        assert plain is not None
        looks = plain.looks(kinds)
        if looks is None:
            return None
        dump = plain.dump
        formats = [PyFormat.TEXT] * len(kinds)

        def write_text(row: Sequence[Any]) -> Any:
            return dump(row, formats)

        write: Write = write_text
        if self._binary:
            write = row_writer(self._dumpers, kinds, dump)
        if not looks:
            return write
        if len(looks) == 1:
            ((only, look_at),) = looks

            def look_once(row: Sequence[Any]) -> Any:
                return None if look_at(row[only]) else write(row)

            return look_once

        def look_before(row: Sequence[Any]) -> Any:
            for place, look in looks:
                if look(row[place]):
                    return None
            return write(row)

        return look_before

    def _struct_error(self, error: StructError) -> Exception:
        if "not a" in str(error):
            return TypeError(f"a value does not fit its column: {error}")
        hint = (
            ": set_types() chooses before the first row"
            if self._known_by == FIRST
            else ""
        )
        return DataError(f"a number does not fit the type of its column: {error}{hint}")

    def _know(self, dumpers: Sequence[DumperProtocol]) -> None:
        """Take in which dumpers the columns have from now on."""
        self._typed = len(dumpers)
        self._formats = [PyFormat.BINARY if self._binary else PyFormat.TEXT] * len(
            dumpers
        )
        self._dumpers = dumpers
        self._plans = Plans(self._find_plan)
        self._plan = NO_PLAN
        plain = PlainDumpers(dumpers, self._transformer.connection) if dumpers else None
        self._plain = None
        if plain is not None and (
            plain.needed or (self._binary and is_numbers(dumpers))
        ):
            self._plain = plain

    def _begin(self) -> None:
        self._began = True

    def _keep(self, row: bytes) -> None:
        self._has_rows = True
        self._rows.append(row)
        self._size += len(row)
        if self._size > BLOCK:
            self._close_block()

    def _close_block(self) -> None:
        if not self._rows:
            return
        try:
            free = self._free.pop()
        except IndexError:
            return  # another thread does it
        try:
            self._make_block()
        finally:
            self._free.append(free)

    def _make_block(self) -> None:
        rows = tuple(self._rows)
        self._size = 0
        del self._rows[: len(rows)]  # and leave what others add
        if rows:
            self.blocks.append(b"".join(rows))
