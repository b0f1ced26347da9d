"""Rows of a COPY by the native core, value by value beside those of the reference."""

from __future__ import annotations

import gc
import struct
import sys
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest
from hypothesis import example, given, settings, strategies as st
from psycopg.adapt import Loader, Transformer

from pgtwin.core.adaptation.adapt_context import AdaptationContext
from pgtwin.core.adaptation.adapters import Adapters
from pgtwin.core.engine import python_engine
from pgtwin.core.engine.copy_decoders import (
    SIGNATURE,
    TRAILER,
    Pieces,
    no_loader,
    row_decoder,
)
from pgtwin.core.engine.copy_escapes import escapes
from tests.core.results import TYPES

native: Any = pytest.importorskip(
    "pgtwin_native", reason="the native core is not installed"
)
core: Any = pytest.importorskip("pgtwin.core.engine.native_engine")

NAMES = (
    *("bool", "int2", "int4", "int8", "oid", "float4", "float8", "numeric", "text"),
    *("bytea", "date", "time", "timestamp", "timestamptz", "uuid", "jsonb", "int4[]"),
)
# Psycopg's loaders read beyond the end of a value that is too short.
SIZES = {
    **dict.fromkeys(("int4", "oid", "float4", "date"), 4),
    "bool": 1,
    "int2": 2,
    "uuid": 16,
    **dict.fromkeys(("int8", "float8", "time", "timestamp", "timestamptz"), 8),
}
BINARIES = {
    "numeric": (
        struct.pack("!hhhh", 0, 0, 0xC000 - 65536, 0),
        b"\0\1" + bytes(7) + b"\5",
    ),
    "jsonb": (b'\1{"a": 1}', b"\1[]", b"\1?"),
    "int4[]": (struct.pack("!6i", 1, 0, 23, 1, 1, 4) + b"\0\0\0\5", bytes(12)),
}
TEXTS: dict[str, Sequence[bytes]] = {
    "bool": (b"t", b"f"),
    "numeric": (b"1.50", b"NaN", b"-0", b"Infinity"),
    "bytea": (rb"\\x00ff", rb"\\x", rb"\\xzz", rb"\\101"),
    "date": (b"2001-02-03", b"0044-03-15 BC", b"infinity", b"20000-01-01"),
    "timestamp": (b"2001-02-03 04:05:06.789", b"-infinity", b"2001-02-03 24:00:00"),
    "timestamptz": (b"2001-02-03 04:05:06+00", b"2001-02-03 04:05:06.5-03:30:15"),
    "text": (b"", b"a", rb"a\tb\\N", rb"\N", rb"\.", b"\xc3\xa9", b"\xff", b"\\"),
}
NUMBERS = (b"0", b"-1", b"12345678901234567890", b"1.5", b"1e400", b"nan", b"", b"x")


def oid_of(name: str) -> int:
    element = TYPES[name.removesuffix("[]")]
    return element.array_oid if name.endswith("[]") else element.oid


def outcome(
    make_loader: Any,
    names: Sequence[str],
    batches: Sequence[Sequence[bytes]],
    binary: bool,
    adapters: Adapters | None = None,
    client: str = "UTF8",
) -> Any:
    """Return the rows of messages with the types of values, or an error."""
    place = AdaptationContext(adapters or Adapters(psycopg.adapters), None)
    transformer = place.transformer() if adapters else Transformer()
    decoder = row_decoder(
        binary,
        transformer,
        "utf-8",
        escapes(client, "UTF8"),
        len(names),
        make_loader,
    )
    decoder.set_types([oid_of(name) for name in names])
    found = []
    try:
        for messages in batches:
            for row in decoder.decode(messages):
                found.append([(type(value), repr(value)) for value in row])
    except Exception as error:
        return type(error), str(error), found
    return found


def same(
    names: Sequence[str],
    batches: Sequence[Sequence[bytes]],
    binary: bool,
    **options: Any,
) -> Any:
    """Return what both implementations make of messages; they must agree."""
    from_c = outcome(core.native_copy_loader, names, batches, binary, **options)
    from_python = outcome(no_loader, names, batches, binary, **options)
    assert from_c == from_python
    return from_c


def field(data: bytes | None) -> bytes:
    return b"\xff\xff\xff\xff" if data is None else struct.pack("!i", len(data)) + data


@st.composite
def binaries(
    draw: st.DrawFn, some: Sequence[str] = NAMES
) -> tuple[list[str], list[bytes]]:
    """Return types, and messages with rows of them, mostly such that can be loaded."""
    names = draw(st.lists(st.sampled_from(some), min_size=1, max_size=4))
    values = [
        st.none()
        | (
            st.sampled_from(BINARIES[name])
            if name in BINARIES
            else st.binary(min_size=SIZES.get(name, 0), max_size=SIZES.get(name, 20))
        )
        for name in names
    ]
    rows = draw(st.lists(st.tuples(*values), max_size=5))
    count = struct.pack("!h", len(names))
    return names, [count + b"".join(map(field, row)) for row in rows]


@settings(deadline=None, max_examples=400)
@given(binaries())
def test_rows_of_binary_copy_are_those_of_the_reference(
    table: tuple[list[str], list[bytes]],
) -> None:
    names, rows = table
    same(names, [[SIGNATURE, *rows, TRAILER]], True)
    if rows:
        same(names, [[SIGNATURE + rows[0]], rows[1:], [TRAILER]], True)


@settings(deadline=None, max_examples=400)
@given(binaries(("text", "bytea")), st.data())
def test_binary_that_is_damaged(
    table: tuple[list[str], list[bytes]], data: st.DataObject
) -> None:
    names, rows = table
    damaged = bytearray(b"".join(rows))
    for _ in range(data.draw(st.integers(0, 3))):
        if damaged:
            place = data.draw(st.integers(0, len(damaged) - 1))
            damaged[place] = data.draw(st.sampled_from([0, 1, 4, 0x7F, 0x80, 0xFF]))
    end = data.draw(st.integers(0, len(damaged)))
    middle = data.draw(st.integers(0, end))
    pieces = [bytes(damaged[:middle]), bytes(damaged[middle:end])]
    same(names, [[SIGNATURE], [each for each in pieces if each]], True)


@settings(deadline=None, max_examples=400)
@given(st.lists(st.binary(max_size=40), max_size=4), st.integers(1, 3))
def test_any_bytes(messages: list[bytes], width: int) -> None:
    some = [each for each in messages if each]
    same(["text"] * width, [[SIGNATURE], some], True)
    for name in ("text", "int4", "numeric", "float8"):
        same([name] * width, [some], False)


@st.composite
def texts(draw: st.DrawFn) -> tuple[list[str], list[bytes]]:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4))
    some = st.sampled_from(NUMBERS) | st.binary(max_size=6)
    values = [
        st.just(rb"\N")
        | (st.sampled_from(TEXTS[name]) if name in TEXTS else some)
        | some
        for name in names
    ]
    rows = draw(st.lists(st.tuples(*values), max_size=5))
    return names, [b"\t".join(row) + b"\n" for row in rows]


@settings(deadline=None, max_examples=600)
@given(texts(), st.sampled_from(["UTF8", "SJIS"]))
@example((["int4", "text"], [b"\\1\\62\t\\b\\t\\n\\v\\f\\r\\\\\\x\\\n"]), "UTF8")
@example((["float8", "text"], [b"1\\x32\ta\n", b"1\\32\ta\n"]), "UTF8")
@example((["text"], [b"\n", b"a\n"]), "UTF8")
@example((["text"], [b"\x83\\n\n"]), "SJIS")
def test_rows_of_text_copy_are_those_of_the_reference(
    table: tuple[list[str], list[bytes]], client: str
) -> None:
    names, rows = table
    same(names, [rows], False, client=client)


@pytest.mark.parametrize(
    ("name", "binary", "values"),
    [
        ("int4", True, [(struct.pack("!i", -5), -5), (None, None)]),
        ("float8", True, [(struct.pack("!d", 1.5), 1.5)]),
        ("text", True, [(b"a\xc3\xa9", "a\xe9"), (b"", "")]),
        ("int4", False, [(b"-5", -5), (rb"\N", None)]),
        ("float8", False, [(b"1.5", 1.5), (b"-1e10", -1e10)]),
        ("text", False, [(rb"a\t\\", "a\t\\"), (b"", ""), (rb"\\N", "\\N")]),
    ],
)
def test_plain_rows_are_loaded(
    name: str, binary: bool, values: list[tuple[Any, Any]]
) -> None:
    """Else the other tests would compare the reference with itself."""
    load = core.native_copy_loader(Transformer(), [oid_of(name)] * 2, binary)
    for data, value in values:
        row = b"\0\2" + field(data) * 2 if binary else b"%b\t%b\n" % (data, data)
        assert load(row * 3, 3) == [(value, value)] * 3
        assert load(row * 3, 2) is None
        assert load(row * 3, 4) is None
        assert load(row + row[:-1], 2) is None
        assert load(b"", 0) == []


@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
def test_loaders_of_the_user(binary: bool) -> None:
    class Reversing(Loader):
        def load(self, data: Any) -> Any:
            if data == b"wrong":
                raise ZeroDivisionError(bytes(data))
            return bytes(data)[::-1]

    Reversing.format = psycopg.pq.Format(binary)
    adapters = Adapters(psycopg.adapters)
    adapters.register_loader("text", Reversing)
    first, wrong = (
        b"\0\2" + field(b"abc") + field(b"def"),
        b"\0\2" + field(b"abc") + field(b"wrong"),
    )
    if not binary:
        first, wrong = b"abc\tdef\n", b"abc\twrong\n"
    start = [SIGNATURE] if binary else []
    found = same(["text"] * 2, [[*start, first, first]], binary, adapters=adapters)
    assert found == [[(bytes, "b'cba'"), (bytes, "b'fed'")]] * 2
    found = same(["text"] * 2, [[*start, first], [wrong]], binary, adapters=adapters)
    assert found[0] is ZeroDivisionError


def test_interruption() -> None:
    class Interrupting(Loader):
        def load(self, data: Any) -> Any:
            raise KeyboardInterrupt

    adapters = Adapters(psycopg.adapters)
    adapters.register_loader("text", Interrupting)
    place = AdaptationContext(adapters, None)
    load = core.native_copy_loader(place.transformer(), [oid_of("text")], False)
    with pytest.raises(KeyboardInterrupt):
        load(b"a\n", 1)


def test_what_is_wrong_in_a_call() -> None:
    load = core.native_copy_loader(Transformer(), [oid_of("text")], False)
    for args in [(), (b"a\n",), ("a\n", 1), (b"a\n", "1")]:
        with pytest.raises(TypeError):
            load(*args)
    for columns in [(), [1], ((1, 2),), ((999, print, None, None),)]:
        with pytest.raises((TypeError, ValueError)):
            native.CopyLoader(columns, False)
    for address in (0, None, "x"):
        with pytest.raises((TypeError, ValueError)):
            native.copied_data(address, Pieces.VIEWS)


@pytest.mark.parametrize("pieces", Pieces)
def test_copied_data_is_that_of_psycopg(dsn: str, pieces: Pieces) -> None:
    """The same data, ends and errors as psycopg's function gives."""

    def messages_of(take: Any, pgconn: Any) -> list[Any]:
        # A row, an end, no COPY, a COPY that fails, and no connection.
        found: list[Any] = []
        total = 0
        for query in (b"SELECT 1", b"SELECT 2 / (3 - i) FROM generate_series(1, 5) i"):
            pgconn.send_query(b"COPY (%b) TO STDOUT" % query)
            while pgconn.is_busy():
                pgconn.consume_input()
            assert pgconn.get_result().status == psycopg.pq.ExecStatus.COPY_OUT
            while True:
                pgconn.consume_input()
                given, number, ended = take(pgconn, pieces)
                found += map(bytes, given)
                total += number
                assert {type(each) for each in given} <= {memoryview, bytes}
                if pieces == Pieces.VIEWS:
                    assert bytes not in map(type, given)
                if pieces == Pieces.BLOCK:
                    assert all(type(each) is bytes for each in given)
                    assert len(given) <= 1
                if ended:
                    break
            while (result := pgconn.get_result()) is not None:
                found.append(result.status)
        found.append(total)
        for finish in (False, True):
            if finish:
                pgconn.finish()
            with pytest.raises(psycopg.OperationalError) as caught:
                take(pgconn, pieces)
            found.append(str(caught.value))
        return found

    found = []
    for take in (core.native_copied_data, python_engine.copied_data):
        with psycopg.connect(dsn) as conn:
            found.append(messages_of(take, conn.pgconn))
    assert found[0] == found[1]
    assert found[0][:1] == [b"1\n"]


def test_nothing_is_left_behind() -> None:
    names = ["int4", "text", "timestamptz"]
    row = b"1\ta\\t\t2001-02-03 04:05:06+00\n"

    def rounds() -> None:
        for _ in range(300):
            outcome(core.native_copy_loader, names, [[row] * 3, [row, b"x\n"]], False)

    rounds()
    gc.collect()
    before = sys.getallocatedblocks()
    rounds()
    gc.collect()
    assert sys.getallocatedblocks() - before < 300
