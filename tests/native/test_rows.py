"""Rows by the native core, value by value beside those of the reference."""

from __future__ import annotations

import ctypes
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest
from hypothesis import example, given, settings, strategies as st
from psycopg import pq
from psycopg.adapt import Loader, Transformer
from psycopg.pq.abc import PGresult

from pgtwin.core.connecting.libpq_library import find_library
from pgtwin.core.engine.contract import RowLoader
from tests.core.results import TYPES

pytest.importorskip("pgtwin_native", reason="the native core is not installed")
core: Any = pytest.importorskip("pgtwin.core.engine.native_engine")

TEXT, BINARY = pq.Format.TEXT, pq.Format.BINARY
Column = tuple[str, pq.Format]
Outcome = tuple[str, str]

# Zones with odd rules: seconds in offsets, summer time by minus one hour or by half an
# hour, a day left out, offsets that are never whole hours, one that is not in tzdata.
ZONES = (
    *("UTC", "Europe/Berlin", "Africa/Monrovia", "Europe/Dublin", "Asia/Kathmandu"),
    *("Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns", "<+0330>-03:30"),
)
STYLES = ("ISO, MDY", "ISO, DMY", "German", "SQL, DMY", "Postgres, MDY")
# For each type, values as SQL would write them.
VALUES: dict[str, Sequence[str]] = {
    "bool": ("true", "false"),
    "int2": ("0", "-1", "32767", "-32768"),
    "int4": ("0", "-1", "2147483647", "-2147483648"),
    "int8": ("0", "-1", "9223372036854775807", "-9223372036854775808", "10"),
    "oid": ("0", "4294967295"),
    "float4": ("0", "-0", "1.1", "1e-30", "3.4e38", "NaN", "Infinity", "-Infinity"),
    "float8": (
        *("0", "-0", "0.1", "1.1", "-2.5", "1e22", "1e23", "123456789012345"),
        *("1234567890123456", "5e-324", "1.7976931348623157e308", "0.000001"),
        *("NaN", "Infinity", "-Infinity", "9007199254740993", "1e15", "1e-5"),
    ),
    "numeric": (
        *("0", "0.00", "-0.5", "1", "10000", "99999999.9999", "1e-20", "1e40"),
        *("12345678901234567890.123456789", "NaN", "Infinity", "-Infinity", "1e-400"),
        *("0.0001", "0.00010", "100000000", "-7.10", "1e130000"),
    ),
    "text": ("", "abc", "\xe9", "\\x41", "NULL", "a\nb"),
    "varchar": ("", "\xfc"),
    "bpchar": ("a ", "\xdf"),
    "name": ("postgres",),
    "bytea": ("", "\\x00ff", "abc", "\\x5c27"),
    "uuid": ("12345678-1234-5678-1234-567812345678",),
    "date": (
        *("2024-02-29", "2000-01-01", "1999-12-31", "0001-01-01", "9999-12-31"),
        *("0044-03-15 BC", "10000-01-01", "infinity", "-infinity", "1900-03-01"),
    ),
    "timestamp": (
        *("2024-02-29 12:34:56.789", "1999-12-31 23:59:59.999999", "0001-01-01"),
        *("9999-12-31 23:59:59.999999", "10000-01-01", "infinity", "0044-03-15 BC"),
        *("1969-07-20 20:17:40.5", "2000-01-01"),
    ),
    "timestamptz": (
        *("2024-03-31 01:30:00+00", "2024-10-27 00:30:00+00", "2024-10-27 01:30+00"),
        *("1900-01-01 00:00+00", "1883-11-18 12:00+00", "1972-01-07 00:44:29+00"),
        *("2011-12-30 09:59:59+00", "2011-12-30 10:00+00", "2100-07-01 12:00+00"),
        *("0001-01-01 00:00+00", "9999-12-31 23:59:59+00", "infinity", "-infinity"),
        *("0044-03-15 BC", "2038-01-19 03:14:08.000001+00"),
    ),
    "int4[]": ("{}", "{1,NULL,-3}", "{{1,2},{3,4}}"),
    "jsonb": ('{"a": [1, null]}',),
    "interval": ("1 day 02:03:04",),
    "inet": ("10.0.0.1/8",),
}


def outcome(load: Callable[[], Any]) -> Outcome:
    """Return the type and the text of a value, or of the error in its place."""
    try:
        value = load()
    except Exception as error:
        return f"raised {type(error)}", str(error)
    return str(type(value)), repr(value)


def loaders(connection: Any = None) -> tuple[RowLoader, RowLoader]:
    """Return a loader of the reference, and one of the native core."""
    found = [Transformer(connection) for _ in range(2)]
    return found[0], core.NativeRowLoader(found[1])


def differences(result: PGresult, connection: Any = None) -> list[Any]:
    """Return where the two loaders do not give the same for a row of one column."""
    python, native = loaders(connection)
    python.set_pgresult(result)
    native.set_pgresult(result)
    found = []
    for row in range(result.ntuples):
        expected, given = (
            outcome(lambda each=each, row=row: each.load_row(row, tuple)[0])  # type: ignore[misc]
            for each in (python, native)
        )
        if expected != given:
            found.append((result.get_value(row, 0), expected, given))
    return found


@pytest.fixture(scope="module")
def connection(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        yield connection


def ask(connection: psycopg.Connection[Any], settings: dict[str, str]) -> list[Any]:
    """Return all differences in what a server sends with some settings."""
    for name, value in settings.items():
        connection.execute("SELECT set_config(%s, %s, false)", (name, value))
    found = []
    for kind, values in VALUES.items():
        literals = ", ".join(f"(E'{value}')" for value in map(escaped, values))
        query = f"SELECT x::{kind} FROM (VALUES {literals}) AS v (x)"
        for binary in (False, True):
            with connection.cursor(binary=binary) as cursor:
                result = cursor.execute(query.encode()).pgresult
                assert result is not None
                found += [
                    (kind, binary, *each) for each in differences(result, connection)
                ]
    return found


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


@pytest.mark.parametrize("zone", ZONES)
def test_zones(connection: psycopg.Connection[Any], zone: str) -> None:
    assert ask(connection, {"TimeZone": zone, "DateStyle": "ISO, MDY"}) == []


@pytest.mark.parametrize("style", STYLES)
def test_date_styles(connection: psycopg.Connection[Any], style: str) -> None:
    assert ask(connection, {"TimeZone": "Europe/Berlin", "DateStyle": style}) == []


@pytest.mark.parametrize("digits", ["-15", "0", "3"])
def test_rounded_floats(connection: psycopg.Connection[Any], digits: str) -> None:
    settings = {"extra_float_digits": digits, "bytea_output": "escape"}
    assert ask(connection, settings) == []


@pytest.mark.parametrize("encoding", ["UTF8", "LATIN1", "EUC_JIS_2004"])
def test_encodings(connection: psycopg.Connection[Any], encoding: str) -> None:
    values = VALUES["text"] if encoding != "EUC_JIS_2004" else ("", "abc")
    query = "SELECT x FROM unnest(%s::text[]) AS x"
    with psycopg.connect(connection.info.dsn, client_encoding=encoding) as other:
        for binary in (False, True):
            cursor = other.cursor(binary=binary).execute(query, (list(values),))
            assert cursor.pgresult is not None
            assert differences(cursor.pgresult, other) == []


# ------------------------------------------------------------------ any bytes


def made_of(kind: str, form: pq.Format, *values: bytes | None) -> PGresult:
    """Return a result with one column, made by libpq itself."""
    library = find_library()
    assert library is not None
    library.PQsetvalue.argtypes = [
        *(ctypes.c_void_p, ctypes.c_int, ctypes.c_int),
        *(ctypes.c_char_p, ctypes.c_int),
    ]
    pgconn = pq.PGconn.connect_start(b"host=/nowhere")
    result = pgconn.make_empty_result(pq.ExecStatus.TUPLES_OK)
    pgconn.finish()
    info = TYPES[kind.removesuffix("[]")]
    oid = info.oid if kind == info.name else info.array_oid
    attributes = pq.PGresAttDesc(b"x", 0, 0, form, oid, -1, -1)
    result.set_attributes([attributes])
    for row, value in enumerate(values):
        length = -1 if value is None else len(value)
        address = cast("Any", result).pgresult_ptr
        assert library.PQsetvalue(address, row, 0, value, length)
    return result


SIZES = {
    "bool": 1,
    "int2": 2,
    "int4": 4,
    "int8": 8,
    "oid": 4,
    "float4": 4,
    "float8": 8,
    "date": 4,
    "timestamp": 8,
    "timestamptz": 8,
}
_CHARACTERS = st.sampled_from("0123456789-+.:eE ainfINFty\\xBC/")
# Nearly what a server sends: a slip in the middle of something right.
SLIPS = st.sampled_from(
    sorted({value for values in VALUES.values() for value in values if value})
).flatmap(
    lambda value: st.tuples(
        st.integers(0, len(value)), st.integers(0, 2), st.text(_CHARACTERS, max_size=2)
    ).map(lambda slip: value[: slip[0]] + slip[2] + value[slip[0] + slip[1] :])
)
TEXTS = st.one_of(SLIPS, st.text(_CHARACTERS, max_size=40)).map(str.encode)


@pytest.mark.parametrize(
    "kind", [*SIZES, "numeric", "text", "bytea", "uuid"], ids=lambda kind: kind
)
@settings(deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=20))
def test_any_text(kind: str, values: list[bytes]) -> None:
    # psycopg reads a boolean of no characters beyond its end.
    result = made_of(kind, TEXT, *(v for v in values if v or kind != "bool"))
    assert differences(result) == []


@pytest.mark.parametrize("kind", SIZES)
@settings(deadline=None)
@given(st.data())
def test_any_number_of_the_right_size(kind: str, data: st.DataObject) -> None:
    size = SIZES[kind]
    values = data.draw(st.lists(st.binary(min_size=size, max_size=size), max_size=50))
    assert differences(made_of(kind, BINARY, *values)) == []


@settings(deadline=None)
@given(st.integers(-(2**63), 2**63 - 1))
def test_any_moment(micros: int) -> None:
    near = micros % (86400 * 10**6 * 4000000) - 63 * 10**15
    values = [struct.pack("!q", each) for each in (micros, near)]
    for kind in ("timestamp", "timestamptz"):
        assert differences(made_of(kind, BINARY, *values)) == []


GROUPS = st.lists(st.integers(0, 9999), max_size=30)


@settings(deadline=None)
@example([1], -16, 0x4000, 61)
@given(GROUPS, st.integers(-40, 40), st.sampled_from((0, 0x4000)), st.integers(0, 200))
def test_any_numeric(groups: list[int], weight: int, sign: int, scale: int) -> None:
    # A server sends no group that is beyond the scale, and none in front that is zero.
    last = weight + (scale + 3) // 4
    groups = groups[: max(0, last + 1)]
    if not groups or not groups[0]:
        groups, weight = [], 0
    head = struct.pack("!HhHH", len(groups), weight, sign if groups else 0, scale)
    value = head + struct.pack(f"!{len(groups)}H", *groups)
    if rest := groups[last:] and scale % 4:
        assert rest
        value = head + struct.pack(
            f"!{len(groups)}H",
            *groups[:last],
            *(each - each % 10 ** (4 - scale % 4) for each in groups[last:]),
        )
    assert differences(made_of("numeric", BINARY, value)) == []


@settings(deadline=None)
@given(st.binary(max_size=40))
def test_numeric_of_any_bytes_reads_nothing_beyond_its_end(value: bytes) -> None:
    _, native = loaders()
    native.set_pgresult(made_of("numeric", BINARY, value))
    outcome(lambda: native.load_rows(0, 1, tuple))


@pytest.mark.parametrize("kind", SIZES)
@pytest.mark.parametrize("size", [0, 1, 3, 5, 7, 9, 100])
def test_wrong_sizes_are_left_to_the_loader(kind: str, size: int) -> None:
    if size == SIZES[kind]:
        return
    asked: list[bytes] = []
    result = made_of(kind, BINARY, b"x" * size)
    number, _, detail = core.Columns(Transformer()).find(TYPES[kind].oid, BINARY)
    native = core.pgtwin_native.RowLoader(
        lambda oid, form: (number, asked.append, detail)
    )
    native.set_pgresult(result)
    native.load_rows(0, 1, tuple)
    assert asked == [b"x" * size]


# ------------------------------------------------------------------ objects


class Clearing(Loader):
    """A user's loader that clears the result which is being read."""

    result: PGresult

    def load(self, data: Any) -> str:
        self.result.clear()
        return "read"


def test_result_that_a_loader_clears(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.adapters.register_loader("inet", Clearing)
        cursor = connection.execute("SELECT '::1'::inet FROM generate_series(1, 3)")
        assert cursor.pgresult is not None
        Clearing.result = cursor.pgresult
        _, native = loaders(connection)
        native.set_pgresult(cursor.pgresult)
        with pytest.raises(ValueError, match="the result was cleared"):
            native.load_rows(0, 3, tuple)
        with pytest.raises(ValueError, match="the result was cleared"):
            native.set_pgresult(cursor.pgresult)


def test_row_maker_that_clears_the_result() -> None:
    result = made_of("int4", TEXT, b"1", b"2")
    _, native = loaders()
    native.set_pgresult(result)
    with pytest.raises(ValueError, match="the result was cleared"):
        native.load_rows(0, 2, lambda values: result.clear())


def test_rows_that_are_not_there() -> None:
    _, native = loaders()
    with pytest.raises(ValueError, match="there is no result"):
        native.load_rows(0, 0, tuple)
    native.set_pgresult(made_of("int4", TEXT, b"1", None))
    assert native.load_rows(0, 2, tuple) == [(1,), (None,)]
    assert native.load_row(1, list) == [None]
    for start, end in ((-1, 1), (0, 3), (2, 1)):
        with pytest.raises(IndexError, match="there are no rows"):
            native.load_rows(start, end, tuple)


def test_kept_loaders_are_of_the_same_columns() -> None:
    _, native = loaders()
    native.set_pgresult(made_of("int4", TEXT, b"1"))
    native.set_pgresult(made_of("text", TEXT, b"2"), set_loaders=False)
    assert native.load_rows(0, 1, tuple) == [(2,)]
    native.set_pgresult(made_of("text", TEXT, b"2"))
    assert native.load_rows(0, 1, tuple) == [("2",)]


@pytest.mark.parametrize(
    ("asked", "found"), [("python", "python"), ("native", "native"), ("", "native")]
)
def test_implementation(asked: str, found: str) -> None:
    assert implementation(asked) == found


def test_implementation_of_another_version(tmp_path: Path) -> None:
    package = tmp_path / "pgtwin_native"
    package.mkdir()
    (package / "__init__.py").write_text('__version__ = "0.0.1"')
    said = implementation("native", PYTHONPATH=str(tmp_path))
    assert "pgtwin-native 0.0.1 does not go with pgtwin" in said
    assert implementation("", PYTHONPATH=str(tmp_path)) == "python"


def test_unknown_implementation() -> None:
    assert "PGTWIN_IMPL is 'rust', not 'python' or 'native'" in implementation("rust")


def implementation(asked: str, **environment: str) -> str:
    program = (
        "from pgtwin.core.engine.implementation import IMPLEMENTATION\n"
        "print(IMPLEMENTATION)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        env={"PGTWIN_IMPL": asked, **environment},
        capture_output=True,
        text=True,
    )
    return (run.stdout or run.stderr).strip()
