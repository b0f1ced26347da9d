"""Values of COPY's binary format in columns of Arrow: what engines have in common.

A value is the server's, exactly; what a column of Arrow cannot hold is an error.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from psycopg.errors import DataError

# Days and microseconds from Arrow's epoch to PostgreSQL's.
DAYS = 10_957
MICROSECONDS = 946_684_800_000_000
DAY_MICROSECONDS = 86_400_000_000


class ArrowKind(NamedTuple):
    """How values are read, and what the kind of them needs.

    The names are those in `arrow_reader.READERS`; `native` has the same.
    """

    name: str
    size: int = 0  # of DECIMAL: bytes of a value, 16 or 32
    scale: int = 0  # of DECIMAL
    element: ArrowKind | None = None  # of LIST
    oid: int = 0  # of the elements of a LIST


class ArrayData(NamedTuple):
    """One column: what `pyarrow.Array.from_buffers()` takes."""

    length: int
    null_count: int
    buffers: list[bytes | None]
    children: list[ArrayData]


class ArrowReader(Protocol):
    """Reads data of a binary COPY, as it comes, into columns (`engine`)."""

    @property
    def row_count(self) -> int:
        """The number of rows that were read and not taken."""
        ...

    @property
    def size(self) -> int:
        """About how many bytes they have."""
        ...

    def feed(self, data: bytes, /) -> None:
        """Read data that goes on where the last has ended.

        Raises `DataError` for what is not in the format.
        """
        ...

    def take(self) -> list[ArrayData]:
        """Return the columns of the rows, and keep nothing of them.

        Raises `DataError` for a value that Arrow's type cannot hold; it may have been
        raised by `feed()`.
        """
        ...

    def finish(self) -> None:
        """Raise `DataError` if the data ends in the midst of a row."""
        ...


# Why a value cannot be taken, by a word for each reason.
REASONS = {
    "format": "the data is not in COPY's binary format",
    "width": "a value has not the size of its type",
    "infinity": "infinity is no value of Arrow's type",
    "nan": "NaN and infinity are no values of Arrow's decimals",
    "digits": "a number has more digits than its type says",
    "range": "a value is out of the range of Arrow's type",
    "midnight": "24:00:00 is no time of Arrow's",
    "dimensions": "an array has several dimensions, and Arrow's list has one",
    "element": "an array has elements of another type",
    "size": "the values have too many bytes for one batch",
    "text": "a text is not in the encoding of the connection",
}
REMEDY = ": cast the column to text in the query"


class Unreadable(Exception):
    """A value that cannot be taken, for one of `REASONS`; nobody outside sees it."""


def column_error(name: str, reason: str) -> DataError:
    """Return the error for a value of a column."""
    remedy = "" if reason in ("format", "width", "element", "size", "text") else REMEDY
    return DataError(f"column {name!r}: {REASONS[reason]}{remedy}")
