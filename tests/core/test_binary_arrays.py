"""Arrays in binary format that are whole, and such that are not."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import DataError

from pgtwin.core.engine.binary_arrays import is_whole, load_whole

ARRAYS: tuple[list[Any], ...] = (
    [1],
    [1, None, 3],
    ["", "a" * 300, None],
    [[1.5, 2.5], [None, 4.0]],
    [[[[[["x"]]]]]],
)


def dumped(array: list[Any]) -> bytes:
    data = Transformer().get_dumper(array, PyFormat.BINARY).dump(array)
    assert data is not None
    return bytes(data)


@pytest.mark.parametrize("array", ARRAYS, ids=str)
def test_whole_and_cut_short(array: list[Any]) -> None:
    data = dumped(array)
    assert is_whole(data)
    assert is_whole(memoryview(data))
    assert [length for length in range(len(data)) if is_whole(data[:length])] == []


def test_no_elements() -> None:
    assert is_whole(struct.pack("!iiI", 0, 0, 23))


@pytest.mark.parametrize("size", [-1, 0, 2, 2**31 - 1])
def test_sizes_that_do_not_fit(size: int) -> None:
    data = dumped([1])
    assert not is_whole(data[:12] + struct.pack("!i", size) + data[16:])


def test_lists_of_nothing() -> None:
    sizes = struct.pack("!iiii", 2**31 - 1, 1, 0, 1)
    assert not is_whole(struct.pack("!iiI", 2, 0, 23) + sizes)


@pytest.mark.parametrize("length", [-2, 5, 2**31 - 1, -(2**31)])
def test_lengths_that_do_not_fit(length: int) -> None:
    data = dumped([b"abcd"])
    assert not is_whole(data[:20] + struct.pack("!i", length) + data[24:])


@pytest.mark.parametrize("dimensions", [7, 2**31 - 1, -1])
def test_too_many_dimensions(dimensions: int) -> None:
    data = dumped([[[[[["x"]]]]]])
    assert not is_whole(struct.pack("!i", dimensions) + data[4:] + bytes(100))


def test_refused_before_it_is_loaded() -> None:
    load = load_whole(bytes)
    assert load(dumped([1])) == dumped([1])
    with pytest.raises(DataError, match="is shorter than it says"):
        load(b"")
