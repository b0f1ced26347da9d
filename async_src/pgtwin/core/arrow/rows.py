"""Rows of Python values from Arrow, as `copy_records()` takes them.

A value is Arrow's, exactly; what Python cannot hold is an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from psycopg.errors import DataError

from pgtwin.core.arrow_library import pyarrow

# Rows of which the values exist at a time.
SOME = 4096


class ArrowStream(Protocol):
    """Gives its data by Arrow's C stream interface."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any: ...


def open_stream(data: Any) -> Any:
    """Return a `pyarrow.RecordBatchReader` of what has `__arrow_c_stream__()`.

    Raises `DataError` if it has no columns, or a type that pyarrow does not have.
    """
    pa = pyarrow()
    if isinstance(data, pa.RecordBatchReader):
        return data
    if not hasattr(data, "__arrow_c_stream__"):
        raise TypeError(
            f"copy_arrow() takes what has __arrow_c_stream__(), as tables of pyarrow "
            f"and data frames of polars and pandas have, not {type(data).__name__}"
        )
    try:
        return pa.RecordBatchReader.from_stream(data)
    except pa.ArrowException as error:
        raise DataError(f"the data is no table of Arrow: {error}") from error


class ArrowRows:
    """The rows of a stream, which are given once: as values, or as what holds them.

    `schema` is that of the stream.
    """

    def __init__(self, stream: Any) -> None:
        self.schema = stream.schema
        self.position = 0  # in the batch
        self._batches = iter(stream)
        self._batch: Any = None
        self._some: Iterator[Sequence[Any]] = iter(())

    def batch(self) -> Any:
        """Return the batch that has rows from `position` on, `None` at the end.

        Raises `DataError` if its buffers are too short for its rows.
        """
        while self._batch is None or self.position >= self._batch.num_rows:
            self._batch = next(self._batches, None)
            self.position = 0
            if self._batch is None:
                return None
            _validate(self._batch, full=False)
        return self._batch

    def first(self) -> Sequence[Any] | None:
        """Return the first row that is left, which is given again."""
        batch = self.batch()
        return None if batch is None else next(self._values(batch, 1))

    def some(self) -> Iterator[Sequence[Any]]:
        """Give the next rows; those that are left of them, `__iter__()` gives."""
        batch = self.batch()
        if batch is not None:
            self._some = self._values(batch, SOME)
            self.position += SOME
        return self._some

    def __iter__(self) -> Iterator[Sequence[Any]]:
        yield from self._some
        while self.batch() is not None:
            yield from self.some()

    def _values(self, batch: Any, number: int) -> Iterator[Sequence[Any]]:
        part = batch.slice(self.position, number)
        _validate(part, full=True)
        columns = [
            values_of(name, column)
            for name, column in zip(part.schema.names, part.columns, strict=True)
        ]
        return zip(*columns, strict=True)


def _validate(batch: Any, full: bool) -> None:
    """Raise `DataError` if a batch is not valid; `full` reads every value, too."""
    try:
        batch.validate(full=full)
    except pyarrow().ArrowException as error:
        raise DataError(f"the Arrow data is not valid: {error}") from error


def values_of(name: str, array: Any) -> list[Any]:
    """Return the values of an array, `None` for NULL.

    Raises `DataError` for a type that no column has, and for values that Python's
    types cannot hold.
    """
    pa = pyarrow()
    try:
        return _values(pa, array)
    except (ArithmeticError, ValueError, TypeError, pa.ArrowException) as error:
        raise DataError(f"column {name!r} of type {array.type}: {error}") from error


def _values(pa: Any, array: Any) -> list[Any]:
    types = pa.types
    kind = array.type
    if types.is_dictionary(kind):
        # pyarrow cannot decode those of views, as polars has them.
        words = _values(pa, array.dictionary)
        places = array.indices.to_pylist()
        return [None if place is None else words[place] for place in places]
    if isinstance(kind, pa.BaseExtensionType) and kind != pa.uuid():
        return _values(pa, array.storage)
    if types.is_timestamp(kind) and kind.unit == "ns":
        array = array.cast(pa.timestamp("us", kind.tz))
    elif types.is_time64(kind) and kind.unit == "ns":
        array = array.cast(pa.time64("us"))
    elif types.is_duration(kind) and kind.unit == "ns":
        array = array.cast(pa.duration("us"))
    elif types.is_interval(kind):
        return [each and _interval(*each) for each in array.to_pylist()]
    elif types.is_list(kind) or types.is_large_list(kind):
        return _lists(pa, array, array.offsets.to_pylist())
    elif types.is_fixed_size_list(kind):
        size = kind.list_size
        begin = array.offset * size
        ends = [begin + size * place for place in range(len(array) + 1)]
        return _lists(pa, array, ends)
    elif types.is_nested(kind) or types.is_run_end_encoded(kind):
        raise TypeError("a column cannot take it: convert it before")
    values: list[Any] = array.to_pylist()
    return values


def _lists(pa: Any, array: Any, ends: list[int]) -> list[Any]:
    first, last = ends[0], ends[-1]
    values = _values(pa, array.values.slice(first, last - first))
    return [
        values[ends[place] - first : ends[place + 1] - first] if valid else None
        for place, valid in enumerate(array.is_valid().to_pylist())
    ]


def _interval(months: int, days: int, nanoseconds: int) -> str:
    """Return an interval as the server reads it in each of its styles.

    Each number has a sign: with `sql_standard`, the server otherwise takes a minus in
    front for that of all numbers.
    """
    microseconds, left = divmod(nanoseconds, 1000)
    if left:
        raise ValueError("an interval has nanoseconds: round it to microseconds")
    sign = "-" if microseconds < 0 else "+"
    seconds, fraction = divmod(abs(microseconds), 1_000_000)
    return f"{months:+} mons {days:+} days {sign}{seconds}.{fraction:06d} secs"
