"""Data of a COPY as its protocol allows it, also as no PostgreSQL sends it."""

from __future__ import annotations

import random
import struct
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings, strategies as st
from psycopg.adapt import Transformer
from psycopg.errors import DataError, ProgrammingError

from pgtwin.core.engine.copy_decoders import (
    SIGNATURE,
    TRAILER,
    BinaryDecoder,
    TextDecoder,
)
from pgtwin.core.engine.copy_escapes import escapes


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_messages_that_are_no_rows(size: int) -> None:
    rows = [(n, "a" * (n % 4)) for n in range(40)]
    data = b"".join(
        struct.pack(f"!hiii{n % 4}s", 2, 4, n, n % 4, b"a" * (n % 4)) for n, _ in rows
    )
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    types = psycopg.adapters.types
    decoder = BinaryDecoder(Transformer())
    decoder.set_types([types["int4"].oid, types["text"].oid])
    assert decoder.decode([SIGNATURE, *pieces, TRAILER]) == rows
    with pytest.raises(DataError, match="not in COPY's binary format"):
        decoder.decode([data[:-1]])


def field(data: bytes | None) -> bytes:
    return b"\xff\xff\xff\xff" if data is None else struct.pack("!i", len(data)) + data


def message(row: tuple[int | None, str | None, float | None]) -> bytes:
    number, text, real = row
    return b"\0\x03" + b"".join(
        (
            field(None if number is None else struct.pack("!i", number)),
            field(None if text is None else text.encode()),
            field(None if real is None else struct.pack("!d", real)),
        )
    )


def decoder(*names: str) -> BinaryDecoder:
    made = BinaryDecoder(Transformer())
    made.set_types([psycopg.adapters.types[name].oid for name in names])
    return made


ROWS = st.lists(
    st.tuples(
        st.none() | st.integers(-(2**31), 2**31 - 1),
        st.none() | st.text(max_size=4),
        st.none() | st.floats(allow_nan=False),
    ),
    max_size=40,
)


@settings(deadline=None)
@given(ROWS, st.integers(0, 2**32), st.sampled_from(["rows", "pieces", "one"]))
def test_rows_of_any_shape(rows: list[Any], seed: int, sent: str) -> None:
    messages = list(map(message, rows))
    if sent != "rows":
        data = b"".join(messages)
        places = random.Random(seed).sample(range(len(data) + 1), min(3, len(data)))
        ends = [*sorted(places if sent == "pieces" else []), len(data)]
        messages = [data[a:b] for a, b in zip([0, *ends], ends, strict=False) if a != b]
    all_rows = decoder("int4", "text", "float8")
    assert all_rows.decode([SIGNATURE, *messages, TRAILER]) == rows
    if sent == "rows":
        if rows:
            assert all_rows._together(messages) == rows
        # The first message may bring rows too, and the next ones no signature.
        joined = decoder("int4", "text", "float8")
        first, others = messages[:1], messages[1:]
        assert joined.decode([SIGNATURE + b"".join(first)]) == rows[:1]
        assert joined.decode([*others, TRAILER]) == rows[1:]


@settings(deadline=None)
@given(ROWS, st.data())
def test_rows_that_are_damaged(rows: list[Any], data: st.DataObject) -> None:
    messages = list(map(message, [*rows, (1, "a", None)]))
    number = data.draw(st.integers(0, len(messages) - 1))
    damaged = messages[number]
    cut = data.draw(st.integers(1, len(damaged) - 1))
    messages[number] = damaged[:cut] if data.draw(st.booleans()) else damaged + b"\0"
    with pytest.raises((psycopg.Error, UnicodeDecodeError)):
        decoder("int4", "text", "float8").decode([SIGNATURE, *messages])


def test_rows_without_types() -> None:
    row = b"\0\x02" + field(b"\0") + field(None)
    untyped = BinaryDecoder(Transformer())
    assert untyped.decode([SIGNATURE + row]) == [(b"\0", None)]
    assert untyped.decode([row] * 5) == [(b"\0", None)] * 5
    assert untyped.decode([]) == []


@pytest.mark.parametrize("number", [1, 3, 10])
def test_rows_of_another_width(number: int) -> None:
    row = message((1, "a", 2.0))
    for names in (["int4", "text"], ["int4", "text", "float8", "bool"]):
        with pytest.raises(
            ProgrammingError, match=rf"3 columns.*given {len(names)} types"
        ):
            decoder(*names).decode([SIGNATURE, *([row] * number)])


def test_other_types_for_the_same_rows() -> None:
    rows = [b"\0\x01" + field(struct.pack("!i", -1))] * 5
    both = decoder("int4")
    assert both.decode([SIGNATURE, *rows]) == [(-1,)] * 5
    both.set_types([psycopg.adapters.types["oid"].oid])
    assert both.decode(rows) == [(2**32 - 1,)] * 5


def test_data_of_something_else() -> None:
    with pytest.raises(DataError, match="does not begin as"):
        BinaryDecoder(Transformer()).decode([b"1\ta\n"])


def text_decoder(width: int) -> TextDecoder:
    return TextDecoder(Transformer(), "utf-8", escapes("UTF8", "UTF8"), width)


def text_of(value: str | None) -> str:
    if value is None:
        return r"\N"
    for found, escape in {"\\": r"\\", "\t": r"\t", "\n": r"\n"}.items():
        value = value.replace(found, escape)
    return value


TEXTS = st.none() | st.text(st.sampled_from("ab\\\t\nNé"), max_size=4)


@settings(deadline=None)
@given(st.integers(1, 3), st.data())
def test_rows_in_text(width: int, data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.tuples(*[TEXTS] * width), max_size=8))
    lines = [("\t".join(map(text_of, row)) + "\n").encode() for row in rows]
    written = text_decoder(width)
    assert written.decode(lines) == rows
    written.set_types([psycopg.adapters.types["text"].oid] * width)
    assert written.decode(lines) == rows
    bytes_only = escapes("SQL_ASCII", "SQL_ASCII")
    unknown = TextDecoder(Transformer(), "ascii", bytes_only, width)
    assert unknown.decode(lines) == [
        tuple(None if value is None else value.encode() for value in row)
        for row in rows
    ]


def test_numbers_in_text() -> None:
    written = text_decoder(3)
    types = psycopg.adapters.types
    written.set_types([types["int4"].oid, types["float8"].oid, types["bytea"].oid])
    lines = [b"1\t1.5\t\\\\x61\n", b"\\N\t\\N\t\\N\n", b"-2\tinf\t\\\\x\n"]
    assert written.decode(lines) == [
        (1, 1.5, b"a"),
        (None, None, None),
        (-2, float("inf"), b""),
    ]
    assert written.decode(lines[:1] * 3) == [(1, 1.5, b"a")] * 3


@pytest.mark.parametrize(
    "lines", [[b"1"], [b"1\n2\n"], [b"1\n", b"2"], [b"1\t2\n", b"3\n"], [b"1\n", b""]]
)
def test_what_is_not_in_text_format(lines: list[bytes]) -> None:
    written = text_decoder(1)
    with pytest.raises(DataError, match="not in COPY's text format"):
        written.decode(lines)


def test_lines_of_another_width() -> None:
    written = text_decoder(2)
    written.set_types([psycopg.adapters.types["text"].oid])
    with pytest.raises(ProgrammingError, match=r"2 columns.*given 1 types"):
        written.decode([b"1\t2\n"])
