"""Rows become the data of a COPY, and are read again."""

from __future__ import annotations

from decimal import Decimal
from itertools import chain

import psycopg
import pytest
from hypothesis import given, settings, strategies as st
from psycopg.adapt import Transformer
from psycopg.errors import DataError

from pgtwin.core import copy_rows
from pgtwin.core.copy_data import TRAILER, BinaryDecoder, TextDecoder
from pgtwin.core.copy_escapes import escapes
from pgtwin.core.copy_rows import Rows

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
def test_read_again(
    rows: list[Row], steps: list[tuple[int, int]], binary: bool
) -> None:
    for typed in (True, binary):
        taken = taking(binary, typed=typed)
        left = list(rows)
        sent = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(copy_rows, "BLOCK", 64)
            for number, way in [*steps, (99, 0), (99, 0)]:
                some, left = left[:number], left[number:]
                if way == 0:
                    taken.add_some(some)
                elif way == 1:
                    taken.add_some([list(row) for row in some])
                elif way == 2:
                    source = iter(some)
                    while taken.add_from(source):
                        assert 1 <= taken.number <= 400
                else:
                    for row in some:
                        taken.add(row if way == 3 else list(row))
                if taken.blocks and way:
                    sent.append(bytes(taken.take()))
        taken.end()
        sent.append(bytes(taken.take()))
        assert read(b"".join(sent), binary) == rows


@pytest.mark.parametrize("binary", [False, True])
def test_blocks(binary: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copy_rows, "BLOCK", 1000)
    taken = taking(binary)
    for _ in range(60):
        taken.add((1, "x" * 80, 0.5))
    assert 4 <= len(taken.blocks) <= 6
    assert all(1000 < len(block) < 1200 for block in taken.blocks)
    first = bytes(taken.take())
    assert first.startswith(b"PGCOPY") == binary
    assert not taken.blocks
    taken.add((1, "x" * 2000, 0.5))
    assert len(taken.blocks) == 1
    assert b"PGCOPY" not in bytes(taken.take())


@pytest.mark.parametrize("binary", [False, True])
def test_data_besides_rows(binary: bool) -> None:
    alone = taking(binary)
    alone.add_data(b"abc")
    alone.end()
    assert bytes(alone.take()) == b"abc"
    both = taking(binary)
    both.add((1, "a", None))
    both.add_data(b"abc")
    both.add((2, "b", None))
    both.end()
    data = bytes(both.take())
    before, _, after = data.partition(b"abc")
    assert read(before + TRAILER if binary else before, binary) == [(1, "a", None)]
    if binary:
        assert after.endswith(TRAILER)
        with pytest.raises(TypeError, match="takes bytes"):
            both.add_data("abc")
    else:
        assert after == b"2\tb\t\\N\n"
        both.add_data("é")
        assert bytes(both.take()) == "é".encode()


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
            taking(binary).add_some([row] * 3)
        else:
            taking(binary).add(row)
    mixed = taking(False, typed=False)
    mixed.add_some([(1, 2), (3,), ()])
    mixed.end()
    assert bytes(mixed.take()) == b"1\t2\n3\n\n"


@pytest.mark.parametrize("width", [1, 5000])
def test_blocks_are_seldom_tried_in_vain(
    monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    taken, alone = taking(binary=False), taking(binary=False)
    tried = 0

    def block(columns: object) -> None:
        nonlocal tried
        tried += 1

    monkeypatch.setattr(taken._columns, "block", block)
    rows = [(number, "x" * width, 1.5) for number in range(2000)]
    source = iter(rows)
    sent = b""
    while taken.add_from(source):
        data = taken.take()
        assert len(data) < 2 * copy_rows.BLOCK
        sent += data
    taken.end()
    sent += taken.take()
    for row in rows:
        alone.add(row)
    alone.end()
    assert sent == alone.take()
    assert 3 < tried < 20


def test_blocks_are_tried_again() -> None:
    taken = taking(binary=False, typed=False)
    alone, together = [(1, Decimal("1.5"))] * 30, [(1, "x")] * 900
    source = chain[Row](alone, together)
    while taken.add_from(source):
        if taken.number > 1:
            break
    assert len(list(source)) > 400
