"""Rows that are written by the ways of their values: the same data as by dumpers."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest

from pgtwin.core.adaptation.adapt_context import AdaptationContext
from pgtwin.core.copy import row_writer
from pgtwin.core.copy.dumpers import CopyAdapters
from pgtwin.core.copy.row_writer import Rows
from pgtwin.core.engine import copy_formatter
from pgtwin.core.engine.copy_decoders import SIGNATURE
from pgtwin.core.engine.copy_escapes import escapes
from pgtwin.core.engine.copy_formatter import PythonFormatter

EAST = dt.timezone(dt.timedelta(hours=5))
MOMENT = dt.datetime(2026, 1, 2, 3, 4, 5)
Row = Sequence[Any]

COLUMNS: dict[str, list[Any]] = {
    "int2": [1, -(2**15), 2**15 - 1],
    "int4": [1, -(2**31), 2**31 - 1],
    "int8": [1, -(2**63), 2**63 - 1],
    "oid": [0, 1, 2**32 - 1],
    "float4": [0.5, 0.0, -1e38],
    "float8": [0.5, 0.0, 1e300],
    "bool": [True, False, True],
    "text": ["a", "", "é\t\n\\N" * 300],
    "varchar": ["a", "\u3000", "\b\v\f\r"],
    "bytea": [b"", b"\0\\", b"abc" * 100],
    "date": [dt.date(2026, 1, 2), dt.date(1, 1, 1), dt.date(9999, 12, 31)],
    "time": [dt.time(1, 2), dt.time(1, 2, 3, 4), dt.time()],
    "timestamp": [MOMENT, MOMENT.replace(microsecond=5), dt.datetime(1, 1, 1)],
    "timestamptz": [
        MOMENT.replace(tzinfo=EAST),
        MOMENT.replace(tzinfo=dt.timezone.utc),
        dt.datetime(999, 1, 1, tzinfo=dt.timezone.utc),
    ],
    "interval": [dt.timedelta(1, 2, 3), dt.timedelta(-1), dt.timedelta()],
    "numeric": [Decimal("1.50"), Decimal("-1E+3"), Decimal("NaN")],
    "uuid": [UUID(int=1), UUID(int=2), UUID(int=2**128 - 1)],
}


class Writer:
    """Rows that Python writes, and which of them the dumpers have written."""

    def __init__(self, binary: bool, names: Sequence[str] | None = None) -> None:
        self.dumped: list[Row] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(row_writer, "make_copy_formatter", self._make)
            place = AdaptationContext(CopyAdapters(psycopg.adapters), None)
            known = escapes("UTF8", "UTF8")
            self.rows = Rows(place.transformer(), "utf-8", known, binary)
        if names is not None:
            self.rows.set_types([psycopg.adapters.types[name].oid for name in names])

    def _make(
        self,
        find_way: Any,
        dump_row: Callable[[Row], bytes],
        binary: bool,
        encoding: str,
    ) -> PythonFormatter:
        def dump(row: Row) -> bytes:
            self.dumped.append(row)
            return dump_row(row)

        self.dump_row = dump_row
        return PythonFormatter(find_way, dump, binary, encoding)

    def write(self, rows: Iterable[Row]) -> bytes:
        """Return the data of rows."""
        source = iter(rows)
        data = b""
        while self.rows.add_from(source):
            data += self.rows.take()
        return (data + self.rows.take()).removeprefix(SIGNATURE)


def by_dumpers(
    rows: Iterable[Row], binary: bool, names: Sequence[str] | None = None
) -> bytes:
    return b"".join(map(Writer(binary, names).dump_row, rows))


def shapes() -> Iterator[tuple[str, ...]]:
    yield from ((name,) for name in COLUMNS)
    yield tuple(COLUMNS)
    yield from itertools.product(("int4", "text", "uuid", "numeric", "date"), repeat=3)


def table(names: Sequence[str], nulls: int) -> list[tuple[Any, ...]]:
    """Return six rows; some have NULL in every column, or in the last one alone."""
    columns: list[list[Any]] = [list(COLUMNS[name]) * 2 for name in names]
    for column in columns[-1:] if nulls == 1 else columns * (nulls == 2):
        column[1] = column[4] = None
    return list(zip(*columns, strict=True))


@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
@pytest.mark.parametrize("nulls", [0, 1, 2])
def test_types_of_columns(binary: bool, nulls: int) -> None:
    for names in shapes():
        rows = table(names, nulls)
        expected = by_dumpers(rows, binary, names)
        for some in (rows, list(map(list, rows)), (row for row in rows)):
            writer = Writer(binary, names)
            assert writer.write(some) == expected, names
            assert not writer.dumped, names


@pytest.mark.parametrize("nulls", [0, 1, 2])
def test_types_of_values(nulls: int) -> None:
    plain = set(COLUMNS) - {"time"}
    for names in [*((name,) for name in plain), tuple(plain)]:
        rows = table(names, nulls)
        writer = Writer(False)
        assert writer.write(rows) == by_dumpers(rows, False), names
        assert not writer.dumped, names


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("int4", "a"), ("int2", 2**20), ("int8", 2**63), ("oid", -1), ("int4", [1])),
        *(("float4", 1e-50), ("float4", 1e40), ("float8", Decimal("1e400"))),
        *(("text", "\ud800"), ("text", 5), ("date", "2026-01-02"), ("bool", 1)),
        *(("bytea", [300]), ("timestamp", MOMENT.replace(tzinfo=EAST))),
    ],
)
@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
def test_dumpers_say_what_is_wrong(name: str, value: Any, binary: bool) -> None:
    good = COLUMNS[name][0]
    for row in [(value,), (good, value), (value, good)]:
        names = [name] * len(row)
        rows = [*[(good,) * len(row)] * 3, row]
        writer = Writer(binary, names)
        assert outcome(writer.write, rows) == outcome(by_dumpers, rows, binary, names)
        if isinstance(outcome(by_dumpers, rows, binary, names), tuple):
            assert writer.dumped == [row]


def outcome(function: Callable[..., bytes], *args: Any) -> Any:
    """Return what a function returns, or its error."""
    try:
        return function(*args)
    except Exception as error:
        return type(error), str(error)


@pytest.mark.parametrize("value", ["a\0b", "\ud800", [1], object()])
def test_values_that_only_dumpers_write(value: Any) -> None:
    writer = Writer(False)
    rows = [(1, "a"), (1, value), (2, "b")]
    expected = []
    for row in rows:
        try:
            expected.append(by_dumpers([row], False))
        except Exception as error:
            with pytest.raises(type(error)):
                writer.rows.add(row)
        else:
            writer.rows.add(row)
    assert writer.write(()) == b"".join(expected)
    assert writer.dumped == rows[1:2]


def test_types_by_turns() -> None:
    """A column may have values of several types, of which a few plans are kept."""
    values = [
        1,
        "a",
        1.5,
        True,
        None,
        b"x",
        dt.date(2000, 1, 1),
        Decimal(1),
        UUID(int=1),
    ]
    rows = list(itertools.product(values, repeat=2))
    writer = Writer(False)
    assert writer.write(rows) == by_dumpers(rows, False)
    assert len(writer.dumped) < len(rows)
    assert writer.write(rows[:1] * 5) == by_dumpers(rows[:1] * 5, False)


def test_types_are_changed() -> None:
    writer = Writer(False)
    assert writer.write([(MOMENT,)]) == b"2026-01-02 03:04:05\n"
    writer.rows.set_types([psycopg.adapters.types["int4"].oid])
    assert writer.write([(5,)]) == b"5\n"
    with pytest.raises(psycopg.DataError, match="2 values"):
        writer.rows.add((1, 2))


@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
def test_rows_that_are_made_of_each_other(binary: bool) -> None:
    """A row is written before the next one is asked for."""
    names = ["int4", "text"]

    def numbers(row: list[Any]) -> Iterator[list[Any]]:
        for number in range(1000):
            row[0] = number
            yield row

    rows = [(number, "a") for number in range(1000)]
    written = Writer(binary, names).write(numbers([0, "a"]))
    assert written == by_dumpers(rows, binary, names)


def test_an_error_leaves_what_was_before() -> None:
    rows = [(number, "a") for number in range(copy_formatter.TOGETHER + 50)]
    rows[copy_formatter.TOGETHER + 10] = (1, "\0")
    source = iter(rows)
    writer = Writer(False)
    with pytest.raises(psycopg.DataError):
        writer.rows.add_from(source)
    number = copy_formatter.TOGETHER + 10
    assert writer.rows.take() == by_dumpers(rows[:number], False)
    # And the iterator with those that come after it.
    assert list(source) == rows[number + 1 :]


@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
@pytest.mark.parametrize("name", ["int4", "text", "numeric"])
def test_wide_rows(name: str, binary: bool) -> None:
    value = COLUMNS[name][0]
    names = [name] * 1600
    rows = [(value,) * 1600, (None, *[value] * 1599), (None,) * 1600] * 2
    assert Writer(binary, names).write(rows) == by_dumpers(rows, binary, names)


@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
def test_many_days_and_sizes(binary: bool) -> None:
    """Of what is kept for values there is a limit."""
    names = ["date", "timestamp", "text", "text"]
    rows = [
        (MOMENT.date() + day, MOMENT - day, "x" * number, "y" * (number % 7))
        for number in range(copy_formatter.DAYS + 5)
        for day in [dt.timedelta(number)]
    ]
    writer = Writer(binary, names)
    assert writer.write(rows) == by_dumpers(rows, binary, names)
    assert not writer.dumped
    assert len(copy_formatter._days) <= copy_formatter.DAYS
