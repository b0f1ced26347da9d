"""Rows become the data of a COPY, and are read again."""

from __future__ import annotations

import psycopg
import pytest
from hypothesis import given, settings, strategies as st
from psycopg.adapt import Transformer
from psycopg.errors import DataError

from pgtwin.core.copy.row_writer import Rows
from pgtwin.core.engine.copy_decoders import TRAILER, BinaryDecoder, TextDecoder
from pgtwin.core.engine.copy_escapes import escapes
from pgtwin.core.engine.copy_formatter import BLOCK

OIDS = [psycopg.adapters.types[name].oid for name in ("int8", "text", "float8")]
UTF8 = escapes("UTF8", "UTF8")
TEXT = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=5)

Row = tuple[object, ...]
ROWS = st.lists(
    st.tuples(
        st.none() | st.integers(-(2**63), 2**63 - 1),
        st.none() | TEXT | st.sampled_from(["\\N", "\\.", "\t", "a\nb\r", "x" * 100]),
        st.none() | st.floats(allow_nan=False),
    ),
    max_size=30,
)


def taking(binary: bool, *, typed: bool = True) -> Rows:
    rows = Rows(Transformer(), "utf-8", UTF8, binary)
    if typed:
        rows.set_types(OIDS)
    return rows


def read(data: bytes, binary: bool) -> list[Row]:
    decoder: BinaryDecoder | TextDecoder
    if binary:
        assert data.endswith(TRAILER)
        messages = [data.removesuffix(TRAILER), TRAILER]
        decoder = BinaryDecoder(Transformer())
    else:
        messages = [line + b"\n" for line in data.split(b"\n")[:-1]]
        decoder = TextDecoder(Transformer(), "utf-8", UTF8, len(OIDS))
    decoder.set_types(OIDS)
    return list(decoder.decode(messages))


@settings(deadline=None)
@given(ROWS, st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4))), st.booleans())
def test_written_rows_are_read_back(
    rows: list[Row], steps: list[tuple[int, int]], binary: bool
) -> None:
    for typed in (True, binary):
        taken = taking(binary, typed=typed)
        left = list(rows)
        sent = []
        for number, way in [*steps, (99, 0), (99, 0)]:
            some, left = left[:number], left[number:]
            if way == 0:
                taken.add_from(iter(some))
            elif way == 1:
                taken.add_from(iter([list(row) for row in some]))
            elif way == 2:
                taken.add_from(row for row in some)
            else:
                for row in some:
                    taken.add(row if way == 3 else list(row))
            if number % 2:
                sent.append(taken.take())
        taken.end()
        sent.append(taken.take())
        assert read(b"".join(sent), binary) == rows


@pytest.mark.parametrize("binary", [False, True])
def test_blocks_are_taken_when_they_are_full(binary: bool) -> None:
    taken = taking(binary)
    row = (1, "x" * 8000, 0.5)
    full = [taken.add(row) for _ in range(9)]
    assert full == [False] * 8 + [True]
    first = taken.take()
    assert first.startswith(b"PGCOPY") == binary
    assert BLOCK < len(first) < 2 * BLOCK
    assert not taken.take()
    assert taken.add((1, "x" * BLOCK, 0.5))
    assert b"PGCOPY" not in taken.take()
    source = iter([row] * 20)
    blocks = []
    while taken.add_from(source):
        blocks.append(taken.take())
    assert not list(source)
    assert [BLOCK <= len(block) < 2 * BLOCK for block in blocks] == [True, True]
    assert len(b"".join(blocks) + taken.take()) > 20 * 8000


@pytest.mark.parametrize("binary", [False, True])
def test_data_besides_rows(binary: bool) -> None:
    alone = taking(binary)
    alone.add_data(alone.data_of(b"abc"))
    alone.end()
    assert alone.take() == b"abc"
    both = taking(binary)
    both.add((1, "a", None))
    changing = bytearray(b"abc")
    both.add_data(both.data_of(changing))
    changing[:] = b"xyz"
    both.add((2, "b", None))
    both.end()
    before, _, after = both.take().partition(b"abc")
    assert read(before + TRAILER if binary else before, binary) == [(1, "a", None)]
    if binary:
        assert after.endswith(TRAILER)
        with pytest.raises(TypeError, match="takes bytes"):
            both.data_of("abc")
    else:
        assert after == b"2\tb\t\\N\n"
        assert both.data_of("é") == "é".encode()
    assert both.add_data(bytes(BLOCK))


def test_no_rows() -> None:
    nothing = taking(True)
    nothing.end()
    assert read(bytes(nothing.take()), True) == []
    nothing = taking(False)
    nothing.end()
    assert bytes(nothing.take()) == b""


@pytest.mark.parametrize("binary", [False, True])
@pytest.mark.parametrize("together", [False, True])
def test_rows_of_another_width(binary: bool, together: bool) -> None:
    row = (1, "a", 1.0, 2)
    with pytest.raises(DataError, match=r"4 values.*3 columns"):
        if together:
            taking(binary).add_from(iter([row] * 3))
        else:
            taking(binary).add(row)
    mixed = taking(False, typed=False)
    mixed.add_from(iter([(1, 2), (3,), ()]))
    mixed.end()
    assert bytes(mixed.take()) == b"1\t2\n3\n\n"
