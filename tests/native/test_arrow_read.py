"""Columns of Arrow read in C are those that Python reads, and so are the errors."""

from __future__ import annotations

import random
import struct
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings, strategies as st

import pgtwin_native as native
from pgtwin.core.engine.arrow_columns import ArrowKind
from pgtwin.core.engine.arrow_reader import READERS, PythonArrowReader
from pgtwin.core.engine.copy_decoders import SIGNATURE, TRAILER
from pgtwin.core.engine.native_arrow import NativeArrowReader

DECIMAL = ArrowKind("DECIMAL", 16, 3)
KINDS = {
    **{name: ArrowKind(name) for name in READERS if name not in ("DECIMAL", "LIST")},
    "DECIMAL": DECIMAL,
    "DECIMAL38": ArrowKind("DECIMAL", 16, 38),
    "DECIMAL-2": ArrowKind("DECIMAL", 16, -2),
    "DECIMAL256": ArrowKind("DECIMAL", 32, 3),
    "LIST": ArrowKind("LIST", element=ArrowKind("INT4"), oid=23),
    "LISTS": ArrowKind("LIST", element=ArrowKind("TEXT"), oid=25),
}


def numeric(groups: list[int], weight: int, sign: int = 0, scale: int = 0) -> bytes:
    return struct.pack(
        f"!HhHH{len(groups)}H", len(groups), weight, sign, scale, *groups
    )


FIELDS: list[bytes | None] = [
    None,
    b"",
    *(b"\0", b"\1", b"\2", b"\1\0", b"\x80\0", b"text", b"\1{}"),
    *("é€𝄞".encode(), "\ud800".encode("utf-8", "surrogatepass"), b"\xe9", b"\xc0\x80"),
    *(b"\xf4\x90\x80\x80", b"\xed\xa0\x80", b"\xe2\x82", b"\xf5\x80\x80\x80", b"\xc2"),
    *(bytes(4), b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\x7f\xff\xff\xfe", b"\xff" * 4),
    *(bytes(8), b"\x7f" + b"\xff" * 7, b"\x80" + bytes(7), b"\xff" * 8),
    struct.pack("!q", 86_400_000_000),
    struct.pack("!q", 86_399_999_999),
    struct.pack("!q", 2**63 - 2),
    struct.pack("!q", 2**63 - 1 - 946_684_800_000_000),
    *(bytes(16), b"\xff" * 16, struct.pack("!qii", 2**63 - 1, 2**31 - 1, 2**31 - 1)),
    struct.pack("!qii", -(2**63), -(2**31), -(2**31)),
    struct.pack("!qii", 2**63 - 1, 0, 0),
    struct.pack("!qii", -5, 6, -7),
    *(numeric([], 0), numeric([1], 0), numeric([1], 0, 0x4000), numeric([], 0, 0xC000)),
    *(numeric([], 0, 0xD000), numeric([], 0, 0xF000), numeric([1, 5000], 0, 0, 1)),
    *(numeric([5678, 1234], -1, 0, 8), numeric([1, 1], 0, 0, 4), numeric([1000], -1)),
    *(numeric([9999] * 9, 8), numeric([9999] * 10, 9), numeric([9999] * 20, 19)),
    *(numeric([1], 20), numeric([100], -10, 0, 38), numeric([1], -10, 0, 40)),
    *(numeric([1, 2], 0)[:-1], numeric([10_000], 0), numeric([1, 2**15], 0)),
    *(numeric([1200, 0, 0], 1, 0, 2), numeric([1, 1000, 0], 0, 0, 4), numeric([0], 9)),
    *(numeric([1] * 1300, 1299), numeric([1] * 1300, 99, 0x4000, 4790)),
    struct.pack("!iiI", 0, 0, 23),
    struct.pack("!iiIiiiii", 1, 0, 23, 2, 1, 4, 7, -1),
    struct.pack("!iiIiiii", 1, 0, 25, 1, 1, 1, 7)[:-3],
    struct.pack("!iiIiiiiii", 2, 0, 23, 1, 1, 1, 1, 4, 7),
]


def row(fields: list[bytes | None]) -> bytes:
    parts = [struct.pack("!h", len(fields))]
    for field in fields:
        parts.append(struct.pack("!i", -1 if field is None else len(field)))
        parts.append(field or b"")
    return b"".join(parts)


def outcome(
    make: Any, kinds: list[ArrowKind], pieces: list[bytes], encoding: str = "utf-8"
) -> Any:
    """Return the columns, or the error, after some pieces of data."""
    reader = make([f"c{place}" for place in range(len(kinds))], kinds, encoding)
    found: list[Any] = []
    try:
        for piece in pieces:
            reader.feed(piece)
            if len(pieces) < 20:
                found.append(reader.row_count)
        if len(pieces) % 2:
            found.append(reader.take())
        reader.finish()
        found.append(reader.row_count)
        found.append(reader.take())
    except psycopg.DataError as error:
        return str(error)
    return found


def compare(
    kinds: list[ArrowKind], pieces: list[bytes], encoding: str = "utf-8"
) -> Any:
    found = outcome(NativeArrowReader, kinds, pieces, encoding)
    expected = outcome(PythonArrowReader, kinds, pieces, encoding)
    if len(kinds) > 1 and isinstance(found, str):
        assert isinstance(expected, str)  # several things are wrong, maybe
    else:
        assert found == expected
    return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii"])
def test_values_of_each_kind_and_encoding(kind: str, encoding: str) -> None:
    good: list[bytes | None] = []
    for field in FIELDS:
        data = SIGNATURE + row([field]) + TRAILER
        if not isinstance(compare([KINDS[kind]], [data], encoding), str):
            good.append(field)
    assert len(good) >= 2
    data = SIGNATURE + b"".join(row([field]) for field in good * 5) + TRAILER
    assert not isinstance(compare([KINDS[kind]], [data], encoding), str)


def test_parts_of_a_character_are_no_text() -> None:
    for encoding in ("utf-8", "ascii"):
        halves: list[list[bytes | None]] = [[b"\xc3"], [b"\xa9"]]
        data = SIGNATURE + b"".join(map(row, halves)) + TRAILER
        error = compare([KINDS["TEXT"]], [data], encoding)
        assert error == "column 'c0': a text is not in the encoding of the connection"


def test_every_kind_in_c_has_a_reader() -> None:
    assert set(native.ARROW_KINDS) - {"OTHER"} <= set(READERS)
    assert len(native.ARROW_KINDS) >= 15


def pieces_of(data: bytes, chance: random.Random) -> list[bytes]:
    places = sorted(chance.sample(range(len(data)), chance.randint(0, 6)))
    return [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]


@pytest.mark.parametrize("seed", range(30))
def test_pieces_of_any_length_give_the_same_columns(seed: int) -> None:
    chance = random.Random(seed)
    kinds = [KINDS[chance.choice(["INT4", "TEXT", "BOOL", "LIST"])] for _ in range(3)]
    fields = {
        "INT4": [None, bytes(4), b"\1\2\3\4"],
        "TEXT": [None, b"", "é".encode()],
        "BOOL": [None, b"\0", b"\1"],
        "LIST": [None, struct.pack("!iiIiiiii", 1, 0, 23, 2, 1, 4, 7, -1)],
    }
    rows = [
        row([chance.choice(fields[kind.name]) for kind in kinds])
        for _ in range(chance.randint(0, 40))
    ]
    data = SIGNATURE + b"".join(rows) + TRAILER
    for _ in range(5):
        assert not isinstance(compare(kinds, pieces_of(data, chance)), str)
    every = [data[place : place + 1] for place in range(len(data))]
    assert not isinstance(compare(kinds, every), str)
    # Cut off, changed, and with something after the end.
    for _ in range(20):
        compare(kinds, pieces_of(data[: chance.randrange(25, len(data))] + b"", chance))
        changed = bytearray(data)
        changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        compare(kinds, [bytes(changed)])
    compare(kinds, [data, b"x"])


@given(
    st.lists(st.sampled_from(sorted(KINDS)), max_size=3),
    st.lists(st.binary(max_size=40), max_size=4),
    st.booleans(),
)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_any_bytes_are_read_as_by_the_reference(
    names: list[str], pieces: list[bytes], signed: bool
) -> None:
    before = [SIGNATURE] if signed else []
    compare([KINDS[name] for name in names], [*before, *pieces])


def test_wrong_calls() -> None:
    wrongs: list[Any] = [[], ((99, 0),), ((-1, 0),), (1,), (("x", 0),)]
    for wrong in wrongs:
        with pytest.raises((TypeError, ValueError, SystemError)):
            native.ArrowReader(wrong)
    with pytest.raises(TypeError):
        native.ArrowReader(kinds=())  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        native.ArrowReader(()).feed("x")  # type: ignore[arg-type]
