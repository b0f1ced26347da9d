"""From rows of Python values to the data of a COPY, many rows at a time.

Law: what comes out are the bytes that psycopg's dumpers make. Rows for which that is
not known beforehand are left to whoever writes them one by one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain, repeat
from struct import Struct
from typing import TYPE_CHECKING, Any

from psycopg import pq
from psycopg.adapt import PyFormat
from psycopg.errors import DataError, ProgrammingError

from pgtwin.core.copy_data import known
from pgtwin.core.copy_values import EXACT, Careful

if TYPE_CHECKING:
    from uuid import UUID

    from psycopg.abc import Buffer, Dumper as DumperProtocol, Transformer

    from pgtwin.core.copy_escapes import Escapes
    from pgtwin.core.copy_records import RecordDumper

TEXT = pq.Format.TEXT
BINARY = pq.Format.BINARY

_pack_count = Struct("!h").pack
_pack_length = Struct("!i").pack

NULL_LENGTH = _pack_length(-1)
# As they are packed, of values that are not long.
SHORT = 256
LENGTHS = [_pack_length(length) for length in range(SHORT)]

NoneType = type(None)
NULLS = {NoneType}
Column = Sequence[Any]


# What text format writes with a backslash.
ESCAPES = str.maketrans(
    {
        "\b": r"\b",
        "\t": r"\t",
        "\n": r"\n",
        "\v": r"\v",
        "\f": r"\f",
        "\r": r"\r",
        "\\": r"\\",
    }
)
SPECIAL = tuple(map(chr, ESCAPES))
NULL = r"\N"

Write = Callable[[Column], Column]


def _as_it_is(column: Column) -> Column:
    return column


def _strings(column: Sequence[str]) -> Column:
    joined = "".join(column)
    if not any(map(joined.__contains__, SPECIAL)):
        return column
    return [value.translate(ESCAPES) for value in column]


def _booleans(column: Sequence[bool]) -> Column:
    return ["t" if value else "f" for value in column]


def _ids(column: Sequence[UUID]) -> Column:
    return [value.hex for value in column]


TWO_DIGITS = [f"{number:02d}" for number in range(60)]


def _moments(column: Sequence[dt.datetime]) -> Column:
    zone = column[0].tzinfo
    if zone not in (None, dt.timezone.utc) or any(
        value.tzinfo is not zone or value.microsecond for value in column
    ):
        return column
    # As str() writes them, which takes four times as long.
    days = {day: str(day) for day in set(map(dt.datetime.date, column))}
    two = TWO_DIGITS
    end = "+00:00" if zone else ""
    return [
        f"{days[value.date()]} {two[value.hour]}:{two[value.minute]}:"
        f"{two[value.second]}{end}"
        for value in column
    ]


def _naive_moments(column: Sequence[dt.datetime]) -> Column:
    if any(value.tzinfo is not None for value in column):
        raise DataError("the server would drop the offset")
    return _moments(column)


# How values of a Python type are written by psycopg's dumpers of some names.
INTEGERS = ("IntDumper", "Int2Dumper", "Int4Dumper", "Int8Dumper")
STRINGS = ("StrDumper", "StrDumperUnknown", "StrDumperVarchar", "StrDumperName")
TEXTS: dict[type, tuple[tuple[str, ...], Write]] = {
    int: (INTEGERS, _as_it_is),
    float: (("FloatDumper", "Float4Dumper"), _as_it_is),
    str: (STRINGS, _strings),
    bool: (("BoolDumper",), _booleans),
    dt.date: (("DateDumper",), _as_it_is),
    dt.datetime: (("DatetimeDumper",), _moments),
}
# By name, so that their modules are imported by those only who have such values.
LATE_TEXTS: dict[str, tuple[tuple[str, ...], Write]] = {
    "uuid.UUID": (("UUIDDumper",), _ids),
}
# Characters that some encodings turn into a backslash.
YEN = "\xa5"


class TextColumns:
    """Writes rows in text format, dumped by their Python types or those of columns."""

    def __init__(
        self, transformer: Transformer, encoding: str, escapes: Escapes
    ) -> None:
        self._adapters = transformer.adapters
        # As psycopg's dumper of strings has it.
        self._encoding = "utf-8" if encoding == "ascii" else encoding
        self._special = self._encoding != "utf-8" and (
            escapes.by_bytes
            or "\\".encode(self._encoding, "replace") != b"\\"
            or YEN.encode(self._encoding, "replace") == b"\\"
        )
        self._oids: Sequence[int] | None = None
        self._records: RecordDumper | None = None
        self._width: int | None = None
        self._known: dict[tuple[int, type], Write | None] = {}

    def set_records(self, records: RecordDumper) -> None:
        """Dump values as the columns of a table need them."""
        self._records = records
        self._width = records.width

    def set_types(self, oids: Sequence[int]) -> None:
        """Dump values as these types of the server."""
        self._oids = oids
        self._width = len(oids)
        self._known.clear()

    def block(self, columns: Sequence[Column]) -> bytes | None:
        """Return the data of some columns; `None` when rows must go one by one."""
        if self._special or self._width not in (None, len(columns)):
            return None
        written: list[Column] = []
        for place, column in enumerate(columns):
            try:
                values = self._column(place, column)
            except DataError:
                return None  # who writes the rows one by one says it
            if values is None:
                return None
            written.append(values)
        lines = ("\t".join(["%s"] * len(columns)) + "\n") * len(columns[0])
        text = lines % tuple(chain.from_iterable(zip(*written, strict=True)))
        if "\0" in text:
            return None  # the dumper complains about it
        try:
            return text.encode(self._encoding)
        except UnicodeEncodeError:
            return None

    def _column(self, place: int, column: Column) -> Column | None:
        kinds = set(map(type, column))
        some = kinds - NULLS
        if not some:
            return [NULL] * len(column)
        if len(some) > 1:
            return None
        (kind,) = some
        if (place, kind) not in self._known:
            self._known[place, kind] = self._find(place, kind)
        write = self._known[place, kind]
        if write is None or some == kinds:
            return write and write(column)
        values = iter(write([value for value in column if value is not None]))
        return [NULL if value is None else next(values) for value in column]

    def _find(self, place: int, kind: type) -> Write | None:
        names, write = (
            TEXTS.get(kind)
            or LATE_TEXTS.get(f"{kind.__module__}.{kind.__qualname__}")
            or ((), None)
        )
        try:
            dumper: type[DumperProtocol] | None
            if self._records is not None:
                dumper = self._records.dumper(place, kind)
            elif self._oids is not None:
                dumper = self._adapters.get_dumper_by_oid(self._oids[place], TEXT)
            else:
                dumper = self._adapters.get_dumper(kind, PyFormat.TEXT)
        except ProgrammingError:
            return None  # who writes the rows one by one says it
        name = "" if dumper is None else known(dumper)
        if name == "DatetimeNoTzDumper" and kind is dt.datetime:
            return _naive_moments
        return write if name in names else None


# Dumpers whose values are packed by `struct`: code and size. The values of the first
# ones need not be dumped before.
NUMBERS = {
    "Int2": ("h", 2),
    "Int4": ("i", 4),
    "Int8": ("q", 8),
    "Float4": ("f", 4),
    "Oid": ("I", 4),
    "Float8": ("d", 8),
}
FIXED = {
    **NUMBERS,
    "BoolBinaryDumper": ("1s", 1),
    "DateBinaryDumper": ("4s", 4),
    "DatetimeBinaryDumper": ("8s", 8),
    "DatetimeNoTzBinaryDumper": ("8s", 8),
    "UUIDBinaryDumper": ("16s", 16),
}
STRING = "StrBinaryDumper"


# The same of dumpers whose values are not packed.
SIZES = {
    **{name: size for name, (_, size) in FIXED.items()},
    "TimeBinaryDumper": 8,
    "TimeTzBinaryDumper": 12,
    "TimedeltaBinaryDumper": 16,
}


Dump = Callable[[Sequence[Any], Sequence[Any]], Sequence[Any]]


def row_writer(
    dumpers: Sequence[DumperProtocol], kinds: Sequence[type], dump: Dump
) -> Callable[[Sequence[Any]], bytes]:
    """Return what writes rows of some types in binary format.

    `dump` dumps their values.
    """
    formats = [PyFormat.BINARY] * len(kinds)
    # Of the numbers of columns, `%` is 37.
    parts = [_pack_count(len(kinds)).replace(b"%", b"%%")]
    # Last ones first; those of any size are counted without NULL.
    nulls: list[int] = []
    sized: list[int] = []
    heads = [len(kinds)]
    codes = "!h"
    for place, (dumper, kind) in enumerate(zip(dumpers, kinds, strict=True)):
        name = known(type(dumper))
        size = SIZES.get(name, 0)
        if kind is NoneType:
            parts.append(NULL_LENGTH)
            nulls.insert(0, place)
        elif size:
            parts += (_pack_length(size), b"%b")
        else:
            parts.append(b"%b%b")
            sized.insert(0, place - len(nulls))
        heads += (size, 0)
        codes += "i" + NUMBERS.get(name, ("", 0))[0]
    form = b"".join(parts)

    if is_numbers(dumpers) and {int, float}.issuperset(kinds):
        pack_all = Struct(codes).pack

        def write_numbers(row: Sequence[Any]) -> bytes:
            fields = heads.copy()
            fields[2::2] = row
            return pack_all(*fields)

        return write_numbers

    pack = _pack_length
    if not (nulls or sized):

        def write_fixed(row: Sequence[Any]) -> bytes:
            return form % tuple(dump(row, formats))

        return write_fixed

    if not nulls and len(sized) == 1:
        (only,) = sized

        def write_one_sized(row: Sequence[Any]) -> bytes:
            values: Any = dump(row, formats)
            length = len(values[only])
            values.insert(only, LENGTHS[length] if length < SHORT else pack(length))
            return form % tuple(values)

        return write_one_sized

    def write(row: Sequence[Any]) -> bytes:
        values: Any = dump(row, formats)
        for place in nulls:
            del values[place]
        for place in sized:
            length = len(values[place])
            values.insert(place, LENGTHS[length] if length < SHORT else pack(length))
        return form % tuple(values)

    return write


def is_numbers(dumpers: Sequence[DumperProtocol]) -> bool:
    """Tell whether all columns hold numbers that `struct` packs."""
    return all(known(type(dumper)) in NUMBERS for dumper in dumpers)


EPOCH = dt.date(2000, 1, 1).toordinal()


def _days(column: Sequence[dt.date]) -> Column:
    ordinal = dt.date.toordinal
    return [day - EPOCH for day in map(ordinal, column)]


def _bytes_of_ids(column: Sequence[UUID]) -> Column:
    return [value.int.to_bytes(16, "big") for value in column]


# What the dumpers of these names make is packed at once, of values that need no care:
# code, and what is packed.
PACKED: dict[str, tuple[str, Write]] = {
    "BoolBinaryDumper": ("?", _as_it_is),
    "DateBinaryDumper": ("i", _days),
    "UUIDBinaryDumper": ("16s", _bytes_of_ids),
}

# The smallest float4: of smaller numbers some become zero.
SMALLEST = 0.5**149
# Values that nobody can change between the moment a row is given and the moment it is
# written.
LASTING = frozenset(
    (
        *(NoneType, bool, int, float, Decimal, str, bytes),
        *(dt.date, dt.datetime, dt.time, dt.timedelta),
    )
)


def _lasts(kind: type) -> bool:
    return kind in LASTING or kind.__module__ == "uuid"


def _are_float8(column: Sequence[Any]) -> bool:
    """Tell whether numbers are such that none becomes infinity.

    Decimals may; a sum tells fastest that there are none.
    """
    return isinstance(sum(column), (float, int))


def _are_float4(column: Sequence[Any]) -> bool:
    """Tell whether numbers are such that none becomes infinity or zero."""
    return _are_float8(column) and not any(
        -SMALLEST < value < SMALLEST for value in column if value
    )


FLOATS = {"Float4": _are_float4, "Float8": _are_float8}


class Fields:
    """Fields of each row that are packed by one call: sizes, and values of a fixed one.

    What is the same in every row is packed as one value.
    """

    def __init__(self) -> None:
        self._codes: list[str] = []
        self._values: list[bytes | Column] = []

    def __bool__(self) -> bool:
        return bool(self._codes)

    def add(self, data: bytes) -> None:
        """Add bytes that are the same in every row."""
        before = self._values[-1] if self._values else None
        if isinstance(before, bytes):
            self._codes.pop()
            self._values.pop()
            data = before + data
        self._codes.append(f"{len(data)}s")
        self._values.append(data)

    def add_column(self, code: str, values: Column) -> None:
        """Add a value of each row, with its code for `struct`."""
        self._codes.append(code)
        self._values.append(values)

    def packed(self, rows: slice) -> Iterator[bytes]:
        """Yield the bytes of some rows."""
        return self._packed(self._codes, self._of(rows))

    def packed_before(self, first: Fields, number: int) -> Iterator[bytes]:
        """Yield the bytes of each row with those of others in the row that follows."""
        values = self._of(slice(number - 1)) + first._of(slice(1, None))
        return chain(
            self._packed(self._codes + first._codes, values),
            self.packed(slice(number - 1, None)),
        )

    def _of(self, rows: slice) -> list[Iterable[Any]]:
        return [
            repeat(value) if isinstance(value, bytes) else value[rows]
            for value in self._values
        ]

    @staticmethod
    def _packed(codes: list[str], values: list[Iterable[Any]]) -> Iterator[bytes]:
        return map(Struct("!" + "".join(codes)).pack, *values)


class BinaryColumns:
    """Writes rows in binary format, dumped by the types of columns."""

    def __init__(self, transformer: Transformer, encoding: str) -> None:
        self._transformer = transformer
        self._utf8 = encoding == "utf-8"
        self._dumpers: Sequence[DumperProtocol] = []
        self._names: list[str] = []
        self._careful = False

    def set_types(self, oids: Sequence[int]) -> None:
        """Dump values as these types of the server."""
        get = self._transformer.adapters.get_dumper_by_oid
        self.set_dumpers(
            [get(oid, BINARY)(NoneType, self._transformer) for oid in oids]
        )

    def set_dumpers(self, dumpers: Sequence[DumperProtocol]) -> None:
        """Dump the values of each column by a dumper of its own."""
        self._dumpers = dumpers
        self._names = [known(type(dumper)) for dumper in self._dumpers]

    def block(self, columns: Sequence[Column]) -> bytes | None:
        """Return the data of some columns; `None` when rows must go one by one."""
        if len(columns) != len(self._dumpers):
            return None
        if not self._careful:
            try:
                return self._block(columns, careful=False)
            except Exception:  # NULL perhaps, which few dumpers take for a value
                self._careful = True  # and there will be more
        try:
            return self._block(columns, careful=True)
        except Exception:
            return None  # who writes the rows one by one says what is wrong

    def _block(self, columns: Sequence[Column], careful: bool) -> bytes | None:
        """Return the data; looks for NULL beforehand where that is needed."""
        number = len(columns[0])
        fields = Fields()
        fields.add(_pack_count(len(columns)))
        # By turns: fields that are packed together, and values of any size.
        packed = [fields]
        sized: list[Sequence[Buffer]] = []
        for column, dumper, name in zip(
            columns, self._dumpers, self._names, strict=True
        ):
            dump: Callable[[Any], Any] = dumper.dump
            fixed = FIXED.get(name)
            is_text = name.startswith(STRING)
            plain = is_text and self._utf8
            nullable = exact = False
            if careful or isinstance(dumper, Careful) or not (fixed or plain):
                kinds = set(map(type, column))
                nullable = NoneType in kinds
                kinds.discard(NoneType)
                if isinstance(dumper, Careful) and EXACT.get(name, NULLS) >= kinds:
                    dump = dumper.inner.dump
                    exact = True
                elif not (fixed or is_text or all(map(_lasts, kinds))):
                    return None
                plain = plain and not nullable and kinds == {str}
            if fixed and not nullable:
                code = fixed[0]
                fields.add(_pack_length(fixed[1]))
                values: Column
                if name in NUMBERS:
                    values = column
                elif name in PACKED and (exact or not isinstance(dumper, Careful)):
                    code, write = PACKED[name]
                    values = write(column)
                else:
                    values = list(map(dump, column))
                if name in FLOATS and not FLOATS[name](column):
                    return None
                fields.add_column(code, values)
                continue
            if plain:
                dump = str.encode  # as the dumper does
            dumped: list[Any]
            if nullable:
                dumped = [None if value is None else dump(value) for value in column]
            else:
                dumped = list(map(dump, column))
            if not plain and None in dumped:
                lengths = [-1 if value is None else len(value) for value in dumped]
                dumped = [b"" if value is None else value for value in dumped]
            else:
                lengths = list(map(len, dumped))
            fields.add_column("i", lengths)
            sized.append(dumped)
            fields = Fields()
            packed.append(fields)
        return _joined(packed, sized, number)


def _joined(packed: list[Fields], sized: list[Sequence[Buffer]], number: int) -> bytes:
    """Return rows of fields and values by turns."""
    every = slice(None)
    first, *between = packed
    if not sized:
        return b"".join(first.packed(every))
    last = between.pop()
    pieces: list[Iterable[Buffer]] = []
    start = first.packed(every)
    if last:
        # With what the next row begins with: one call of struct less.
        start = first.packed(slice(1))
    else:
        pieces.append(start)
        start = iter(())
    pieces.append(sized[0])
    for fields, values in zip(between, sized[1:], strict=True):
        pieces.append(fields.packed(every))
        pieces.append(values)
    if last:
        pieces.append(last.packed_before(first, number))
    return b"".join(chain(start, chain.from_iterable(zip(*pieces, strict=True))))
