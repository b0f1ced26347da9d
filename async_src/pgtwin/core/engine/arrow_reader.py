"""Reads binary COPY data into columns: the reference of `engine.make_arrow_reader`.

A value is the server's, exactly; what a column of Arrow cannot hold is an error.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from itertools import accumulate
from struct import Struct, error as StructError

from pgtwin.core.engine.arrow_columns import (
    DAY_MICROSECONDS,
    DAYS,
    MICROSECONDS,
    ArrayData,
    ArrowKind,
    Unreadable,
    column_error,
)
from pgtwin.core.engine.copy_decoders import SIGNATURE
from pgtwin.core.engine.copy_layout import LONG, SHORT

Fields = Sequence["bytes | None"]

INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1
INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
_INTERVAL = Struct("!qii")
_MONTH_DAY_NANO = Struct("<iiq")
_NUMERIC = Struct("!HhHH")
_ARRAY = Struct("!iiI")
POSITIVE, NEGATIVE = 0x0000, 0x4000
SPECIAL = {0xC000: "NaN", 0xD000: "Infinity", 0xF000: "-Infinity"}


class PythonArrowReader:
    """Gathers the fields of each column; makes what Arrow needs when it is taken."""

    def __init__(
        self, names: Sequence[str], kinds: Sequence[ArrowKind], encoding: str
    ) -> None:
        self.row_count = 0
        self.size = 0
        self._names = names
        self._kinds = kinds
        self._encoding = encoding
        self._columns: list[list[bytes | None]] = [[] for _ in kinds]
        self._rest = b""
        self._begun = False
        self._ended = False

    def feed(self, data: bytes, /) -> None:
        if self._rest:
            data = self._rest + data
            self._rest = b""
        position = 0
        if not self._begun:
            if len(data) < len(SIGNATURE):
                self._rest = data
                return
            if not data.startswith(SIGNATURE):
                raise column_error("", "format")
            self._begun = True
            position = len(SIGNATURE)
        position = self._read_rows(data, position)
        self._rest = data[position:]
        if self._ended and self._rest:
            raise column_error("", "format")

    def _read_rows(self, data: bytes, position: int) -> int:
        """Read the rows that are complete; return where the next begins."""
        width = len(self._columns)
        count_at, length_at = SHORT.unpack_from, LONG.unpack_from
        before = position
        try:
            while not self._ended:
                (count,) = count_at(data, position)
                start = position + 2
                if count == -1:
                    self._ended = True
                    return start
                if count != width:
                    raise column_error("", "format")
                row: list[bytes | None] = []
                for _ in range(width):
                    (length,) = length_at(data, start)
                    start += 4
                    if length < 0:
                        row.append(None)
                        continue
                    stop = start + length
                    if stop > len(data):
                        return position
                    row.append(data[start:stop])
                    start = stop
                for column, value in zip(self._columns, row, strict=True):
                    column.append(value)
                self.row_count += 1
                position = start
        except StructError:
            pass  # the rest of the row is still to come
        finally:
            self.size += position - before
        return position

    def take(self) -> list[ArrayData]:
        columns, self._columns = self._columns, [[] for _ in self._kinds]
        self.row_count = self.size = 0
        found = []
        for name, kind, fields in zip(self._names, self._kinds, columns, strict=True):
            try:
                found.append(read_column(kind, fields, self._encoding))
            except Unreadable as error:
                raise column_error(name, str(error)) from None
        return found

    def finish(self) -> None:
        if not self._ended:
            raise column_error("", "format")


def read_column(kind: ArrowKind, fields: Fields, encoding: str) -> ArrayData:
    """Return the values of a column."""
    nulls = fields.count(None)
    validity = None
    if nulls:
        validity = _bits([field is not None for field in fields])
    buffers, children = READERS[kind.name](kind, fields, encoding)
    return ArrayData(len(fields), nulls, [validity, *buffers], children)


def _bits(values: Sequence[bool]) -> bytes:
    """Return a bit for each value, the first in the lowest of a byte."""
    if not values:
        return b""
    number = int("".join("1" if value else "0" for value in reversed(values)), 2)
    return number.to_bytes((len(values) + 7) // 8, "little")


Read = tuple["list[bytes | None]", list[ArrayData]]
Reader = Callable[[ArrowKind, Fields, str], Read]


def _sized(fields: Fields, size: int) -> bytes:
    """Return values of one size together, zeros for NULL."""
    zeros = bytes(size)
    if any(field is not None and len(field) != size for field in fields):
        raise Unreadable("width")
    return b"".join([zeros if field is None else field for field in fields])


def _numbers(fields: Fields, code: str) -> array[int]:
    """Return numbers of a size that the network has turned round."""
    numbers = array(code)
    numbers.frombytes(_sized(fields, numbers.itemsize))
    if sys_is_little():
        numbers.byteswap()
    return numbers


def sys_is_little() -> bool:
    return Struct("=h").pack(1) == b"\1\0"


def _plain(code: str) -> Reader:
    def read(kind: ArrowKind, fields: Fields, encoding: str) -> Read:
        return [_numbers(fields, code).tobytes()], []

    return read


def _bool(kind: ArrowKind, fields: Fields, encoding: str) -> Read:
    data = _sized(fields, 1)
    if not set(data) <= {0, 1}:
        raise Unreadable("format")
    return [_bits([bool(each) for each in data])], []


def _moved(code: str, by: int, least: int, most: int) -> Reader:
    """Return what reads days or microseconds, and moves them to Arrow's epoch."""

    def read(kind: ArrowKind, fields: Fields, encoding: str) -> Read:
        numbers = _numbers(fields, code)
        if numbers and (least in numbers or most in numbers):
            raise Unreadable("infinity")
        if numbers and max(numbers) > most - by:
            raise Unreadable("range")
        moved = array(
            code,
            [
                0 if field is None else number + by
                for field, number in zip(fields, numbers, strict=True)
            ],
        )
        return [moved.tobytes()], []

    return read


def _time(kind: ArrowKind, fields: Fields, encoding: str) -> Read:
    numbers = _numbers(fields, "q")
    if numbers and not 0 <= min(numbers) <= max(numbers) < DAY_MICROSECONDS:
        raise Unreadable("midnight")
    return [numbers.tobytes()], []


def _interval(kind: ArrowKind, fields: Fields, encoding: str) -> Read:
    found = []
    for time, days, months in _INTERVAL.iter_unpack(_sized(fields, _INTERVAL.size)):
        infinite = (INT64_MIN, INT32_MIN, INT32_MIN), (INT64_MAX, INT32_MAX, INT32_MAX)
        if (time, days, months) in infinite:
            raise Unreadable("infinity")
        if not INT64_MIN <= time * 1000 <= INT64_MAX:
            raise Unreadable("range")
        found.append(_MONTH_DAY_NANO.pack(months, days, time * 1000))
    return [b"".join(found)], []


def _uuid(kind: ArrowKind, fields: Fields, encoding: str) -> Read:
    return [_sized(fields, 16)], []


def _of_any_size(fields: Fields) -> Read:
    data = [b"" if field is None else field for field in fields]
    if sum(map(len, data)) > INT32_MAX:
        raise Unreadable("size")
    ends = array("i", accumulate(map(len, data), initial=0))
    return [ends.tobytes(), b"".join(data)], []


def _bytes(kind: ArrowKind, fields: Fields, encoding: str) -> Read:
    return _of_any_size(fields)


def _text(kind: ArrowKind, fields: Fields, encoding: str) -> Read:
    # What Python calls SQL_ASCII has no encoding: it is taken if it is UTF-8.
    known = "utf-8" if encoding == "ascii" else encoding
    try:
        if known == "utf-8":
            # With NUL between them, no two make a character together.
            b"\0".join(field for field in fields if field is not None).decode()
            return _of_any_size(fields)
        return _of_any_size(
            [
                field if field is None else field.decode(known).encode()
                for field in fields
            ]
        )
    except UnicodeDecodeError:
        raise Unreadable("text") from None


def _jsonb(kind: ArrowKind, fields: Fields, encoding: str) -> Read:
    if any(field is not None and field[:1] != b"\1" for field in fields):
        raise Unreadable("format")
    return _text(kind, [field and field[1:] for field in fields], encoding)


def _digits(field: bytes) -> tuple[int, tuple[int, ...], int, int]:
    """Return sign, digits of base 10,000, how many before the point, and scale."""
    try:
        count, weight, sign, scale = _NUMERIC.unpack_from(field)
        digits = Struct(f"!{count}H").unpack_from(field, _NUMERIC.size)
    except StructError:
        raise Unreadable("width") from None
    if max(digits, default=0) >= 10_000:
        raise Unreadable("format")
    return sign, digits, weight + 1, scale


def _decimal(kind: ArrowKind, fields: Fields, encoding: str) -> Read:
    found = []
    zeros = bytes(kind.size)
    for field in fields:
        if field is None:
            found.append(zeros)
            continue
        sign, digits, before, _ = _digits(field)
        if sign not in (POSITIVE, NEGATIVE):
            raise Unreadable("nan")
        number = 0
        for digit in digits:
            number = number * 10_000 + digit
        places = 4 * (before - len(digits)) + kind.scale
        if places >= 0:
            number *= 10**places
        else:
            number, left = divmod(number, 10**-places)
            if left:
                raise Unreadable("digits")
        if number.bit_length() >= 8 * kind.size:
            raise Unreadable("digits")
        number = -number if sign == NEGATIVE else number
        found.append(number.to_bytes(kind.size, "little", signed=True))
    return [b"".join(found)], []


def numeric_text(field: bytes) -> bytes:
    """Return a number of any precision as the server writes it."""
    sign, digits, before, scale = _digits(field)
    if sign not in (POSITIVE, NEGATIVE):
        if sign not in SPECIAL:
            raise Unreadable("format")
        return SPECIAL[sign].encode()
    # Not by way of an int: Python refuses to write those of more than 4300 digits.
    figures = "0000" * -before + "".join([f"{digit:04}" for digit in digits])
    point = max(4 * before, 0)
    whole = figures[:point].ljust(point, "0").lstrip("0") or "0"
    fraction = "." + figures[point:][:scale].ljust(scale, "0") if scale else ""
    return (("-" if sign == NEGATIVE else "") + whole + fraction).encode()


def _numeric_text(kind: ArrowKind, fields: Fields, encoding: str) -> Read:
    return _of_any_size(
        [None if field is None else numeric_text(field) for field in fields]
    )


def _list(kind: ArrowKind, fields: Fields, encoding: str) -> Read:
    elements: list[bytes | None] = []
    ends = array("i", [0])
    for field in fields:
        if field is not None:
            elements += _elements(field, kind.oid)
        ends.append(len(elements))
    assert kind.element is not None
    return [ends.tobytes()], [read_column(kind.element, elements, encoding)]


def _elements(field: bytes, oid: int) -> list[bytes | None]:
    try:
        dimensions, _, found = _ARRAY.unpack_from(field)
        if found != oid:
            raise Unreadable("element")
        if dimensions == 0:
            return []
        if dimensions > 1:
            raise Unreadable("dimensions")
        (count,) = LONG.unpack_from(field, _ARRAY.size)
        start = _ARRAY.size + 8
        elements: list[bytes | None] = []
        for _ in range(count):
            (length,) = LONG.unpack_from(field, start)
            start += 4
            if length < 0:
                elements.append(None)
                continue
            elements.append(field[start : start + length])
            start += length
    except StructError:
        raise Unreadable("width") from None
    if start != len(field):
        raise Unreadable("width")
    return elements


READERS: dict[str, Reader] = {
    "BOOL": _bool,
    "INT2": _plain("h"),
    "INT4": _plain("i"),
    "INT8": _plain("q"),
    "OID": _plain("I"),
    "FLOAT4": _plain("f"),
    "FLOAT8": _plain("d"),
    "TEXT": _text,
    "JSONB": _jsonb,
    "BYTEA": _bytes,
    "UUID": _uuid,
    "DATE": _moved("i", DAYS, INT32_MIN, INT32_MAX),
    "TIME": _time,
    "TIMESTAMP": _moved("q", MICROSECONDS, INT64_MIN, INT64_MAX),
    "INTERVAL": _interval,
    "DECIMAL": _decimal,
    "NUMERIC_TEXT": _numeric_text,
    "LIST": _list,
}
