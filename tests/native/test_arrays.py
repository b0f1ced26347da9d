"""Arrays by the native core, value by value beside those of the reference."""

from __future__ import annotations

import gc
import struct
from math import prod
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings, strategies as st
from psycopg import pq
from psycopg.adapt import Loader, Transformer
from psycopg.types import array

from tests.core.results import TYPES
from tests.native.test_rows import (
    STYLES,
    VALUES,
    connection as connection,
    core,
    differences,
    escaped,
    loaders,
    made_of,
    outcome,
)

TEXT, BINARY = pq.Format.TEXT, pq.Format.BINARY
ELEMENTS = [kind for kind in VALUES if not kind.endswith("[]")]
SHAPES = (
    *(
        "ARRAY[{0}]",
        "ARRAY[{0}, NULL::{1}]",
        "ARRAY[NULL, {0}, {0}]",
        "ARRAY[[{0}, {0}]]",
    ),
    *(
        "ARRAY[[{0}], [NULL::{1}]]",
        "ARRAY[[[{0}, NULL], [{0}, {0}]]]",
        "ARRAY[]::{1}[]",
    ),
    *(
        "array_fill({0}, ARRAY[3], ARRAY[-1])",
        "array_fill({0}, ARRAY[2, 2], ARRAY[0, 5])",
    ),
    *("array_fill({0}, ARRAY[1, 1, 1, 1, 1, 2])", "array_fill({0}, ARRAY[60])"),
)
WORDS = (
    "NULL",
    "null",
    "",
    " ",
    "a b",
    "{",
    "}",
    ",",
    '"',
    "\\",
    "\\\\x",
    '"a"',
    "é",
    "[",
    "=",
)


def ask(connection: psycopg.Connection[Any], expressions: list[str]) -> list[Any]:
    """Return all differences in arrays that the server makes of expressions."""
    found = []
    for binary in (False, True):
        for expression in expressions:
            cursor = connection.cursor(binary=binary)
            result = cursor.execute(f"SELECT {expression}".encode()).pgresult
            assert result is not None
            found += [
                (expression, binary, *each) for each in differences(result, connection)
            ]
    return found


@pytest.mark.parametrize("kind", ELEMENTS)
def test_arrays_of_every_shape(connection: psycopg.Connection[Any], kind: str) -> None:
    values = [f"E'{escaped(value)}'::{kind}" for value in VALUES[kind]]
    assert (
        ask(
            connection,
            [shape.format(value, kind) for value in values for shape in SHAPES]
            + [f"ARRAY[{', '.join(values)}]"],
        )
        == []
    )


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_settings(connection: psycopg.Connection[Any], style: str, zone: str) -> None:
    for name, value in (("DateStyle", style), ("TimeZone", zone)):
        connection.execute("SELECT set_config(%s, %s, false)", (name, value))
    values = [
        f"ARRAY['{value}'::{kind}]"
        for kind in ("date", "timestamp", "timestamptz")
        for value in VALUES[kind]
    ]
    assert ask(connection, values) == []
    connection.execute("RESET ALL")


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(WORDS),
            st.text(st.characters(codec="utf-8", exclude_characters="\0")),
            st.none(),
        ),
        min_size=1,
    )
)
def test_arrays_of_any_words(
    connection: psycopg.Connection[Any], words: list[str | None]
) -> None:
    for binary in (False, True):
        cursor = connection.cursor(binary=binary).execute("SELECT %s::text[]", (words,))
        assert cursor.pgresult is not None
        assert differences(cursor.pgresult, connection) == []
        assert cursor.fetchone() == (words,)


# ------------------------------------------------------------------ any bytes

ITEMS = st.sampled_from(
    (
        "1",
        "-20",
        "NULL",
        "null",
        "abc",
        '"1"',
        '"a\\\\b"',
        '"\\""',
        "1.5",
        "2001-02-03",
        "",
    )
)
NEARLY = st.recursive(
    ITEMS,
    lambda inner: st.lists(inner, max_size=3).map(
        lambda items: f"{{{','.join(items)}}}"
    ),
    max_leaves=12,
)
PREFIXES = st.sampled_from(("", "", "[1:2]=", "[0:0][1:1]=", "[", "="))
TEXTS = st.one_of(
    st.tuples(PREFIXES, NEARLY).map("".join),
    st.tuples(PREFIXES, st.text('{}[]=",\\ NUL1a', max_size=12)).map("".join),
)
LEFT = "left to the loader"


def read(kind: str, form: pq.Format, data: bytes) -> Any:
    """Return what C reads in an array, which must be what psycopg's loader does."""
    transformer = Transformer()
    number, _, detail = core.Columns(transformer).find(TYPES[kind].array_oid, form)
    column = number, lambda data: LEFT, detail
    native = core.pgtwin_native.RowLoader(lambda oid, form: column)
    native.set_pgresult(made_of(f"{kind}[]", form, data))
    value = native.load_rows(0, 1, tuple)[0][0]
    # Only now: psycopg believes each size that it reads.
    if value != LEFT and form == TEXT:
        element = transformer.get_loader(TYPES[kind].oid, form)
        assert outcome(lambda: value) == outcome(
            lambda: array._load_text(data, element)
        )
    elif value != LEFT:
        assert outcome(lambda: value) == outcome(
            lambda: array._load_binary(data, transformer)
        )
    return value


@pytest.mark.parametrize("kind", ["int4", "text", "float8", "date"])
@settings(deadline=None, max_examples=300)
@given(TEXTS)
def test_any_text(kind: str, text: str) -> None:
    read(kind, TEXT, text.encode())


@st.composite
def binary_arrays(draw: st.DrawFn) -> bytes:
    """Return an array of int4 in binary format, or nearly one."""
    sizes = draw(st.lists(st.integers(0, 3), max_size=7))
    data = struct.pack("!iiI", len(sizes), 0, TYPES["int4"].oid)
    for size in sizes:
        data += struct.pack("!ii", size, draw(st.integers(-2, 2)))
    for _ in range(prod(sizes) if sizes else 0):
        number = draw(st.none() | st.integers(-(2**31), 2**31 - 1))
        data += (
            struct.pack("!i", -1) if number is None else struct.pack("!ii", 4, number)
        )
    if draw(st.booleans()):
        return data
    place = draw(st.integers(0, len(data)))
    slip = draw(st.binary(max_size=4))
    return data[:place] + slip + data[place + draw(st.sampled_from((0, len(slip)))) :]


@settings(deadline=None, max_examples=500)
@given(st.one_of(binary_arrays(), st.binary(max_size=60)))
def test_any_binary(data: bytes) -> None:
    read("int4", BINARY, data)


def test_hostile_sizes() -> None:
    def of(form: str, *numbers: int) -> bytes:
        return struct.pack(form, *numbers)

    head = of("!iiI", 1, 0, TYPES["int4"].oid)
    assert read("int4", BINARY, head + of("!iiii", 1, 1, 4, 7)) == [7]
    for size in (2**31 - 1, -1, 2**30, 2, 0):
        assert read("int4", BINARY, head + of("!iiii", size, 1, 4, 7)) == LEFT
    for length in (2**31 - 1, -2, 5, -(2**31)):
        assert read("int4", BINARY, head + of("!iiii", 1, 1, length, 7)) == LEFT
    for dimensions in (-1, 7, 2**31 - 1):
        head = of("!iiI", dimensions, 0, TYPES["int4"].oid)
        assert read("int4", BINARY, head + b"\0\0\0\1" * 30) == LEFT
    assert read("int4", TEXT, b"{" * 100_000 + b"}" * 100_000) == LEFT
    assert read("int4", TEXT, b"{{{{{{1}}}}}}") == [[[[[[1]]]]]]


@pytest.mark.parametrize(
    ("kind", "array"),
    [
        ("int4", "ARRAY[[1, 2], [NULL, 3]]"),
        ("date", "ARRAY['infinity'::date]"),
        ("inet", "ARRAY['::1'::inet, NULL]"),
    ],
)
def test_arrays_that_are_cut_short(
    connection: psycopg.Connection[Any], kind: str, array: str
) -> None:
    """Of what is not there nothing is read, whoever loads the array."""
    cursor = connection.cursor(binary=True).execute(f"SELECT {array}".encode())
    result = cursor.pgresult
    assert result is not None
    data = result.get_value(0, 0)
    assert data is not None
    native = core.NativeRowLoader(Transformer())
    for length in range(len(data)):
        native.set_pgresult(made_of(f"{kind}[]", BINARY, data[:length]))
        with pytest.raises(psycopg.DataError, match="is shorter than it says"):
            native.load_row(0, tuple)


# ------------------------------------------------------------------ loaders


class Marked(Loader):
    """A loader of the user's."""

    def load(self, data: Any) -> str:
        return f"<{bytes(data).decode()}>"


def kinds(adapters: Any, name: str) -> set[str]:
    """Return how C reads arrays of a type, in both formats."""
    columns = core.Columns(Transformer(adapters))
    numbers = {value: key for key, value in core.pgtwin_native.KINDS.items()}
    return {numbers[columns.find(TYPES[name].array_oid, form)[0]] for form in pq.Format}


def test_loaders_of_elements(dsn: str) -> None:
    with psycopg.connect(dsn) as conn:
        assert kinds(conn, "int4") == {"ARRAY_TEXT", "ARRAY"}
        # In text the delimiter is another one; in binary format elements are bytes.
        assert kinds(conn, "box") == {"BY_LOADER", "ARRAY"}
        assert kinds(conn, "inet") == {"BY_LOADER"}
        conn.adapters.register_loader("int4", Marked)
        assert kinds(conn, "int4") == {"BY_LOADER", "ARRAY"}
        assert ask(conn, ["ARRAY[1, NULL]", "ARRAY[[1::int8]]"]) == []


def test_only_simple_rows_are_hidden_from_the_collector() -> None:
    for kind, value in (("int4", b"{1}"), ("uuid", b"{NULL}")):
        _, native = loaders()
        native.set_pgresult(made_of(f"{kind}[]", TEXT, value))
        assert gc.is_tracked(native.load_rows(0, 1, tuple)[0])
