"""Data of a COPY by the native core, byte by byte beside that of the reference."""

from __future__ import annotations

import datetime as dt
import enum
import math
import threading
import uuid
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any
from unittest import mock

import psycopg
import pytest
from hypothesis import example, given, settings, strategies as st
from psycopg.adapt import Dumper

from pgtwin.core.adaptation.adapt_context import AdaptationContext
from pgtwin.core.adaptation.adapters import Adapters
from pgtwin.core.copy import row_writer
from pgtwin.core.copy.dumpers import CopyAdapters
from pgtwin.core.copy.row_writer import Rows
from pgtwin.core.copy.value_formats import NOT_PLAIN
from pgtwin.core.engine.copy_escapes import escapes
from pgtwin.core.engine.copy_formatter import PythonFormatter
from tests.core.results import TYPES

native: Any = pytest.importorskip(
    "pgtwin_native", reason="the native core is not installed"
)
native_formatter = pytest.importorskip(
    "pgtwin.core.engine.native_engine"
).native_formatter

Row = Sequence[Any]


class Color(enum.IntEnum):
    RED = 1


class Name(str):
    """A string that is another class."""


# Values of a column, by the type that is set for it; those of the last ones seldom fit.
INTEGERS = st.one_of(
    st.integers(-5, 5), st.integers(-(2**31), 2**32), st.integers(-(2**70), 2**70)
)
FLOATS = st.one_of(
    st.floats(),
    st.sampled_from(
        [0.0, -0.0, 1e-46, 1e39, 2.0**-126, 2.0**-150, 3.4028235677973366e38]
    ),
)
STRINGS = st.one_of(
    st.text(max_size=8), st.text(st.sampled_from("a\\\t\n\r\b\f\v\0\xe9\u20ac"))
)
MOMENTS = st.one_of(
    st.datetimes(),
    st.datetimes(timezones=st.sampled_from([dt.timezone.utc])),
    st.datetimes(timezones=st.just(dt.timezone(dt.timedelta(hours=-3, minutes=-30)))),
    st.datetimes(timezones=st.timezones()),
    st.builds(dt.datetime.replace, st.datetimes(), fold=st.just(1)),
)
OTHERS = st.sampled_from(
    [
        *(Color.RED, Name("n"), Fraction(1, 2), [1, 2], ["a\tb", None], {"a": 1}),
        *(bytearray(b"\\x"), memoryview(b"\t"), object(), (1,), dt.timedelta(1.5)),
        *(dt.time(1, 2), dt.time(1, 2, tzinfo=dt.timezone.utc), uuid.UUID(int=7)),
        *(Decimal("NaN"), Decimal("1e400"), "\ud800", 10**400, True, None, 3, "t"),
    ]
)
COLUMNS: dict[str, st.SearchStrategy[Any]] = {
    "int2": INTEGERS,
    "int4": INTEGERS,
    "int8": INTEGERS,
    "oid": INTEGERS,
    "float4": FLOATS,
    "float8": FLOATS,
    "numeric": st.one_of(st.decimals(), INTEGERS),
    "bool": st.booleans(),
    "text": STRINGS,
    "varchar": STRINGS,
    "bytea": st.binary(max_size=20),
    "date": st.dates(),
    "timestamp": MOMENTS,
    "timestamptz": MOMENTS,
    "uuid": st.uuids(),
    "jsonb": st.just("{}"),
    "int4[]": st.lists(st.integers(0, 9), max_size=3),
}


def data_of(
    make_formatter: Any,
    oids: Sequence[int] | None,
    rows: Sequence[Row],
    *,
    binary: bool,
    together: bool,
    adapters: Adapters | None = None,
    encoding: str = "utf-8",
) -> Any:
    """Return what a COPY sends for some rows, or the error of one of them."""
    place = AdaptationContext(
        CopyAdapters(adapters or Adapters(psycopg.adapters)), None
    )
    with mock.patch.object(row_writer, "make_copy_formatter", make_formatter):
        known = escapes("UTF8", "UTF8")
        written = Rows(place.transformer(), encoding, known, binary)
    if oids is not None:
        written.set_types(oids)
    data = b""
    try:
        if together:
            source = iter(rows)
            while written.add_from(source):
                data += written.take()
        else:
            for row in rows:
                written.add(row)
        written.end()
    except Exception as error:
        return type(error), str(error), data + written.take()
    return data + written.take()


def by_dumpers(
    find_way: Any, dump_row: Any, binary: bool, encoding: str
) -> PythonFormatter:
    """Return what asks psycopg's dumpers about each row."""
    return PythonFormatter(lambda place, kind: NOT_PLAIN, dump_row, binary, encoding)


def differ(*args: Any, **kwargs: Any) -> tuple[Any, ...] | None:
    """Return what the three give if it is not the same."""
    from_c = data_of(native_formatter, *args, **kwargs)
    from_python = data_of(PythonFormatter, *args, **kwargs)
    dumped = data_of(by_dumpers, *args, **kwargs)
    return None if from_c == from_python == dumped else (from_c, from_python, dumped)


# Values that fit, of columns that are written in C.
FITTING: dict[str, st.SearchStrategy[Any]] = {
    "int2": st.integers(-(2**15), 2**15 - 1),
    "int4": st.integers(-(2**31), 2**31 - 1),
    "int8": st.integers(-(2**63), 2**63 - 1),
    "oid": st.integers(0, 2**32 - 1),
    "float4": st.floats(width=32, allow_subnormal=False),
    "float8": st.floats(),
    "numeric": st.decimals(allow_nan=False),
    "bool": st.booleans(),
    "text": st.text(st.characters(exclude_characters="\0", codec="utf-8")),
    "bytea": st.binary(max_size=300),
    "date": st.dates(),
    "timestamptz": st.datetimes(timezones=st.just(dt.timezone.utc)),
    "timestamp": st.datetimes(),
    "uuid": st.uuids(),
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return types, and rows of them: mostly such that fit, with NULL."""
    care = draw(st.integers(0, 2))
    columns = COLUMNS if care == 2 else FITTING
    names = draw(st.lists(st.sampled_from(sorted(columns)), min_size=1, max_size=5))
    values = [
        st.one_of(columns[name], st.none(), *([OTHERS] if care == 1 else []))
        for name in names
    ]
    return names, draw(st.lists(st.tuples(*values), max_size=6))


@pytest.mark.parametrize("make", [native_formatter, PythonFormatter])
@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
@pytest.mark.parametrize("kind", FITTING)
@settings(deadline=None)
@given(data=st.data())
def test_plain_values_are_written(
    kind: str, binary: bool, make: Any, data: st.DataObject
) -> None:
    """Else the other tests would compare the dumpers with themselves."""
    dumped = []

    def counting(find_way: Any, dump_row: Any, binary: bool, encoding: str) -> Any:
        def dump(row: Row) -> bytes:
            dumped.append(row)
            found: bytes = dump_row(row)
            return found

        return make(find_way, dump, binary, encoding)

    value = data.draw(FITTING[kind])
    rows = [(value,), (None,), (value,)]
    data_of(counting, [oid_of(kind)], rows, binary=binary, together=False)
    assert not dumped


@settings(deadline=None, max_examples=2000)
@given(
    st.one_of(
        st.floats(),
        st.decimals(-(10**9), 10**9, places=3).map(float),
        st.integers(-(10**16), 10**16).map(float),
        st.builds(math.ldexp, st.floats(0.5, 1), st.integers(-20, 60)),
    )
)
@example(0.001)
@example(123456.000001)
@example(999999999999999.0)
@example(1e15)
@example(0.1 + 0.2)
def test_floats(value: float) -> None:
    written = data_of(native_formatter, None, [(value,)], binary=False, together=False)
    assert written == f"{value!r}\n".encode()


@pytest.mark.parametrize("together", [False, True], ids=["one by one", "together"])
@pytest.mark.parametrize("typed", [False, True], ids=["by values", "by types"])
@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
@settings(deadline=None)
@given(tables())
@example((["int4", "text"], [(1, "a\\b\tc\n"), (None, None), (-(2**31), "")]))
@example((["float8"], [(math.nan,), (math.inf,), (-math.inf,), (1e22,)]))
def test_same_bytes(
    binary: bool,
    typed: bool,
    together: bool,
    table: tuple[list[str], list[tuple[Any, ...]]],
) -> None:
    names, rows = table
    oids = [oid_of(name) for name in names] if typed else None
    assert differ(oids, rows, binary=binary, together=together) is None


def oid_of(name: str) -> int:
    element = TYPES[name.removesuffix("[]")]
    return element.array_oid if name.endswith("[]") else element.oid


@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
@pytest.mark.parametrize(
    "rows",
    [
        [(1,), (1, 2)],
        [(1, 2), ()],
        [(), ()],
        [[1, 2], (3, 4)],
        [(1, 2), "ab", range(2)],
        [(1, 2), None],
        [(each for each in "ab")],
    ],
)
def test_rows_that_are_no_rows(rows: Any, binary: bool) -> None:
    for oids in (None, [oid_of("int4")] * 2):
        for together in (False, True):
            found: list[Any] = [
                data_of(make, oids, fresh(rows), binary=binary, together=together)
                for make in (native_formatter, PythonFormatter, by_dumpers)
            ]
            assert found[0] == found[1] == found[2]


def fresh(rows: list[Any]) -> list[Any]:
    """Return rows with generators that nobody has used."""
    return [iter("ab") if hasattr(row, "send") else row for row in rows]


def test_dumpers_of_the_user() -> None:
    class Shouting(Dumper):
        oid = TYPES["text"].oid

        def dump(self, obj: Any) -> bytes:
            return str(obj).upper().encode() + b"!\t"

    adapters = Adapters(psycopg.adapters)
    for cls in (str, int, dt.date, Decimal):
        adapters.register_dumper(cls, Shouting)
    rows = [("a", 1, dt.date(2000, 1, 1), Decimal(1), None)]
    found = data_of(
        native_formatter,
        None,
        rows,
        binary=False,
        together=False,
        adapters=adapters,
    )
    assert found == b"A!\\t\t1!\\t\t2000-01-01!\\t\t1!\\t\t\\N\n"


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "shift_jis_2004"])
def test_other_encodings(encoding: str) -> None:
    # The dumpers have no connection here, and write UTF-8.
    rows = [("\xe9\\", 1), ("\u20ac", 2), ("a\tb", None)]
    for binary in (False, True):
        for oids in (None, [oid_of("text"), oid_of("int8")]):
            found = [
                data_of(
                    make, oids, rows, binary=binary, together=False, encoding=encoding
                )
                for make in (native_formatter, by_dumpers)
            ]
            assert found[0] == found[1]


def of_codes(code_of: Any, dump_row: Any = None, binary: bool = False) -> Any:
    return native.CopyFormatter(code_of, dump_row or (lambda row: b"?"), binary)


def test_values_that_are_not_plain_are_not_written() -> None:
    asked: list[tuple[int, type]] = []

    def code_of(place: int, kind: type) -> tuple[int, None]:
        asked.append((place, kind))
        return native.CODES["INT" if kind is int else "NOT_PLAIN"], None

    formatter = of_codes(code_of)
    assert formatter.row_count == 0
    for row in [(1, 2), [3, 4], (1, "x"), (), range(2), None]:
        assert formatter.add(row) is False
    assert formatter.row_count == 6
    assert formatter.take() == b"1\t2\n3\t4\n????"
    assert formatter.take() == b""
    assert asked == [(0, int), (1, int), (1, str)]
    formatter.set_width(1)
    formatter.add_from(iter([(1, 2), (1,)]))
    formatter.add_data(memoryview(b"ab")[::-1])
    assert formatter.take() == b"?1\nba"
    for wrong in (3, [(1,)]):
        with pytest.raises(TypeError):
            formatter.add_from(wrong)
    with pytest.raises(TypeError):
        formatter.add_data("text")


def test_add_from_stops_at_a_full_block() -> None:
    formatter = of_codes(lambda place, kind: (native.CODES["INT"], None))
    assert formatter.add_data(bytes(70_000)) is True
    assert len(formatter.take()) == 70_000
    assert formatter.add_data(bytes(65_534)) is False
    source = iter([(1,), (2,)])
    assert formatter.add_from(source) is True
    assert next(source) == (2,)


def test_questions_that_fail() -> None:
    answers: list[Any] = [None, (1, 2, 3), ("x", None), (10**6, None)]
    for answer in answers:
        formatter = of_codes(lambda place, kind, found=answer: found)
        formatter.add((1,))
        assert formatter.take() == b"?"

    def interrupt(*args: Any) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        of_codes(interrupt).add((1,))


def test_dump_row_that_fails() -> None:
    def dump_row(row: Row) -> Any:
        if row == ("error",):
            raise ZeroDivisionError
        return row[0]

    code = native.CODES["NOT_PLAIN"]
    formatter = of_codes(lambda place, kind: (code, None), dump_row)
    formatter.add((b"before",))
    with pytest.raises(ZeroDivisionError):
        formatter.add(("error",))
    with pytest.raises(TypeError):
        formatter.add((5,))
    formatter.add((b"after",))
    assert formatter.take() == b"beforeafter"


def test_dumper_that_makes_it_forget() -> None:
    """What is known may be forgotten while a value is being dumped."""
    formatter: Any = None

    def forgetting(value: Any) -> bytes:
        formatter.set_width(0)
        return b"x"

    code = native.CODES["BY_DUMPER"]
    formatter = of_codes(lambda place, kind: (code, forgetting))
    formatter.add((1, 2))
    assert formatter.take() == b"?"


def test_dumper_that_adds_rows() -> None:
    """A row is in one piece, whatever else is added while it is written."""
    formatter: Any = None

    def adding(value: Any) -> bytes:
        formatter.add(("x", "inner", "y"))
        return b"outer"

    codes = {int: ("BY_DUMPER", adding), str: ("STRING", None)}

    def code_of(place: int, kind: type) -> tuple[int, Any]:
        name, dump = codes[kind]
        return native.CODES[name], dump

    formatter = of_codes(code_of)
    formatter.add(("a", 1, "b"))
    assert sorted(formatter.take().split(b"\n")) == [
        b"",
        b"a\touter\tb",
        b"x\tinner\ty",
    ]


def test_threads() -> None:
    rows = [(number, "x" * (number % 7), Decimal(number)) for number in range(2000)]
    place = AdaptationContext(CopyAdapters(Adapters(psycopg.adapters)), None)
    with mock.patch.object(row_writer, "make_copy_formatter", native_formatter):
        written = Rows(place.transformer(), "utf-8", escapes("UTF8", "UTF8"), False)

    def write() -> None:
        for row in rows:
            written.add(row)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = written.take().split(b"\n")[:-1]
    assert sorted(lines) == sorted(f"{a}\t{b}\t{c}".encode() for a, b, c in rows * 4)
