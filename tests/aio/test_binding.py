"""A result is read by the settings, adapters and types that held when it came."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from psycopg.rows import dict_row, namedtuple_row

import pgtwin
from pgtwin import errors as e
from pgtwin.adapt import Loader
from pgtwin.types.composite import CompositeInfo, register_composite
from pgtwin.types.range import Range

if TYPE_CHECKING:
    from typing_extensions import LiteralString

Connection = pgtwin.AsyncConnection[Any]

UTC = dt.timezone.utc


@pytest.fixture
async def auto(dsn: str) -> AsyncIterator[Connection]:
    """A connection in autocommit mode."""
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
        yield conn


# A setting, a query, its value, and a setting by which it would be read differently.
SETTINGS: list[tuple[LiteralString, LiteralString, Any, LiteralString]] = [
    ("SET client_encoding TO latin1", "SELECT chr(233)", "é", "utf8"),
    ("SET client_encoding TO latin1", "SELECT chr(195) || chr(169)", "Ã©", "utf8"),
    ("SET client_encoding TO utf8", "SELECT chr(233)", "é", "latin1"),
    ("SET client_encoding TO utf8", "SELECT '{é}'::text[]", ["é"], "latin1"),
    ("SET client_encoding TO utf8", "SELECT row('é'::text)", ("é",), "latin1"),
    ("SET DateStyle TO 'SQL, DMY'", "SELECT date '2026-02-01'", 0, "SQL, MDY"),
    ("SET DateStyle TO 'ISO'", "SELECT date '2026-02-01'", 0, "German"),
    ("SET DateStyle TO 'SQL, DMY'", "SELECT ARRAY[date '2026-02-01']", [0], "SQL, MDY"),
    ("SET DateStyle TO 'SQL, DMY'", "SELECT daterange('2026-02-01', NULL)", 1, "ISO"),
    ("SET DateStyle TO 'ISO'", "SELECT timestamp '2026-02-01'", 2, "SQL, MDY"),
    ("SET IntervalStyle TO postgres", "SELECT interval '1 h'", 3, "iso_8601"),
    ("SET IntervalStyle TO postgres", "SELECT '{1 h}'::interval[]", [3], "iso_8601"),
    ("SET TimeZone TO UTC", "SELECT '2026-02-01Z'::timestamptz", 4, "Asia/Tokyo"),
    ("SET TimeZone TO UTC", "SELECT '{2026-02-01Z}'::timestamptz[]", [4], "Asia/Tokyo"),
]
VALUES = (
    dt.date(2026, 2, 1),
    Range(dt.date(2026, 2, 1), None),
    dt.datetime(2026, 2, 1),
    dt.timedelta(hours=1),
    dt.datetime(2026, 2, 1, tzinfo=UTC),
)


def right(value: Any) -> Any:
    """Return what stands in the table above by its number."""
    if isinstance(value, list):
        return list(map(right, value))
    return VALUES[value] if isinstance(value, int) else value


def other_setting(setting: str, value: str) -> bytes:
    """Return the statement that gives a setting of the table the other value."""
    name = setting.split()[1]
    return f"SET {name} TO '{value}'".encode()


@pytest.mark.parametrize("rows", [1, 30, 600])
@pytest.mark.parametrize("prepare", [None, True])
@pytest.mark.parametrize(("setting", "query", "value", "later"), SETTINGS)
async def test_settings_of_the_execution(
    auto: Connection,
    setting: LiteralString,
    query: LiteralString,
    value: Any,
    later: LiteralString,
    prepare: bool | None,
    rows: int,
) -> None:
    value = right(value)
    rows_of = f"{query} AS col FROM generate_series(1, {rows})".encode()
    change = other_setting(setting, later)
    for _ in range(4):
        await auto.execute(setting)
        cur = await auto.execute(rows_of, prepare=prepare)
        dicts = auto.cursor(row_factory=dict_row)
        await dicts.execute(rows_of, prepare=prepare)
        first = await cur.fetchone()
        await auto.execute(change)
        await auto.execute("SELECT now(), 'é', date '2026-01-01', interval '1 day'")
        assert first == (value,)
        assert repr(await cur.fetchall()) == repr([(value,)] * (rows - 1))
        await cur.scroll(0, "absolute")
        assert repr(await cur.fetchone()) == repr((value,))
        assert repr(await dicts.fetchall()) == repr([{"col": value}] * rows)


@pytest.mark.parametrize("binary", [None, True])
async def test_all_of_several_results(auto: Connection, binary: bool | None) -> None:
    await auto.execute("SET DateStyle TO 'SQL, DMY'")
    cur = auto.cursor()
    if binary:
        await cur.executemany(
            "SELECT %s", [(1,), (VALUES[0],), ("é",), (True,)], returning=True
        )
    else:
        await cur.execute(
            "SELECT 1; SELECT date '2026-02-01'; SELECT 'é'; SELECT interval '1 h'"
        )
    await auto.execute("SET DateStyle TO 'SQL, MDY'")
    await auto.execute("SET client_encoding TO latin1")
    await auto.execute("SET IntervalStyle TO iso_8601")
    found = [(await each.fetchone() or [0])[0] async for each in cur.results()]
    assert found == [1, VALUES[0], "é", True if binary else VALUES[3]]


async def test_binary_elements(auto: Connection) -> None:
    query = "SELECT ARRAY['é'], row('é'::text, ARRAY['é'], '2026-02-01Z'::timestamptz)"
    await auto.execute("SET TimeZone TO UTC")
    cur = await auto.execute(query, binary=True)
    await auto.execute("SET TimeZone TO 'Asia/Tokyo'")
    await auto.execute("SET client_encoding TO latin1")
    row = await cur.fetchone()
    assert row is not None
    assert row[0] == ["é"]
    assert row[1][::2] == ("é", VALUES[4])
    assert str(row[1][2].tzinfo) == "UTC"


async def test_names_of_columns(auto: Connection) -> None:
    cur = await auto.execute('SELECT 1 AS "é"')
    many = await auto.execute('SELECT n AS "é" FROM generate_series(1, 50) AS n')
    named = auto.cursor(row_factory=namedtuple_row)
    await named.execute('SELECT 1 AS "é"')
    dicts = auto.cursor(row_factory=dict_row)
    await dicts.execute('SELECT 1 AS "é"')
    await auto.execute("SET client_encoding TO latin1")
    assert cur.description is not None
    assert many.description is not None
    assert cur.description[0].name == many.description[0].name == "é"
    assert await dicts.fetchone() == {"é": 1}
    row = await named.fetchone()
    assert row is not None
    assert row._fields == ("é",)


async def test_settings_of_a_transaction(auto: Connection) -> None:
    await auto.execute("SET DateStyle TO 'SQL, MDY'")
    few, many = auto.cursor(), auto.cursor()
    async with auto.transaction():
        await auto.execute("SET LOCAL DateStyle TO 'SQL, DMY'")
        await auto.execute("SET LOCAL client_encoding TO latin1")
        await few.execute("SELECT date '2026-02-01', 'é'")
        await many.execute("SELECT date '2026-02-01', 'é' FROM generate_series(1, 30)")
        assert await many.fetchone() == (VALUES[0], "é")
    assert await few.fetchone() == (VALUES[0], "é")
    assert await many.fetchall() == [(VALUES[0], "é")] * 29


QUERIES: list[LiteralString] = [
    "'é'::text",
    "1.5::numeric",
    "date '2026-02-01'",
    "timestamptz '2026-02-01Z'",
    "ARRAY[timestamptz '2026-02-01Z']",
    "tstzrange('2026-02-01Z', NULL)",
    "'{[2026-02-01Z,2026-02-02Z)}'::tstzmultirange",
    "row('é', date '2026-02-01')",
    "interval '1 h'",
    "'{\"é\": 1}'::jsonb",
    "'00000000-0000-0000-0000-000000000001'::uuid",
    "NULL::int",
]


@pytest.mark.parametrize("ends", ["block", "close", "server"])
@pytest.mark.parametrize("rows", [1, 50, 700])
@pytest.mark.parametrize("binary", [None, True])
async def test_after_the_end_of_the_connection(
    dsn: str, other: Connection, ends: str, rows: int, binary: bool | None
) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn, autocommit=True)
    held, expected = [], []
    for _ in range(3):
        for value in QUERIES:
            query = f"SELECT {value} FROM generate_series(1, {rows})".encode()
            cur = await conn.execute(query, prepare=True, binary=binary)
            expected.append(await cur.fetchall())
            held.append(await conn.execute(query, prepare=True, binary=binary))
    if ends == "block":
        async with conn:
            pass
    elif ends == "close":
        await conn.close()
    else:
        await other.execute(
            "SELECT pg_terminate_backend(%s, 30000)", (conn.info.backend_pid,)
        )
        with pytest.raises(e.OperationalError):
            await conn.execute("SELECT 1")
    for cur, rows_then in zip(held, expected, strict=True):
        assert cur.description is not None
        assert repr(await cur.fetchmany(1)) == repr(rows_then[:1])
        assert repr(await cur.fetchall()) == repr(rows_then[1:])
    await conn.close()


async def test_adapters_of_the_connection(auto: Connection) -> None:
    cur = await auto.execute("SELECT 5, ARRAY[5]")
    many = await auto.execute("SELECT 5, ARRAY[5] FROM generate_series(1, 30)")
    prepared = [await auto.execute("SELECT %s::int", (5,)) for _ in range(9)]
    auto.adapters.register_loader("int4", Marked)
    assert await cur.fetchone() == (5, [5])
    assert await many.fetchall() == [(5, [5])] * 30
    for each in prepared:
        assert await each.fetchone() == (5,)
    cur = await auto.execute("SELECT 5, ARRAY[5]")
    assert await cur.fetchone() == ("<5>", ["<5>"])


class Marked(Loader):
    """Shows the text that it was given."""

    def load(self, data: Any) -> str:
        return f"<{bytes(data).decode()}>"


# Of all types that may come in binary format by themselves.
LATE: dict[str, st.SearchStrategy[Any]] = {
    "bool": st.booleans(),
    "int2": st.integers(-(2**15), 2**15 - 1),
    "int4": st.integers(-(2**31), 2**31 - 1),
    "int8": st.integers(-(2**63), 2**63 - 1),
    "oid": st.integers(0, 2**32 - 1),
    "float8": st.floats(),
    "text": st.text(st.characters(blacklist_characters="\0", codec="utf-8")),
    "numeric": st.decimals(allow_nan=False),
    "uuid": st.uuids(),
    "bytea": st.binary(),
    "date": st.dates(),
    "timestamp": st.datetimes(),
    "timestamptz": st.datetimes(
        dt.datetime(1800, 1, 2), dt.datetime(9999, 12, 30), timezones=st.just(UTC)
    ),
}


@pytest.mark.parametrize("name", LATE)
async def test_loaders_registered_late(auto: Connection, name: str) -> None:
    # They are given the text that the server would have sent.
    await auto.execute("SET TimeZone TO 'America/New_York'")

    @settings(
        max_examples=60,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(values=st.lists(LATE[name], min_size=6, max_size=6))
    def collect(values: list[Any]) -> None:
        collected.extend(values)

    collected: list[Any] = []
    collect()
    # These are so much faster that the others come in binary format with them.
    with_it = r"'\x00'::bytea, '\x01'::bytea"
    query = f"SELECT %s::{name}, %s::int4, %s::{name}::text, {with_it}".encode()
    for value in collected:
        cur = await auto.execute(query, (value, 1, value), prepare=True)
        cur.adapters.register_loader(name, Marked)
        row = await cur.fetchone()
        assert row is not None
        written = {"true": "t", "false": "f"}.get(row[2], row[2])
        expected = written if name == "text" else f"<{written}>"
        assert row[:2] == (expected, "<1>" if name == "int4" else 1)


@pytest.mark.parametrize("rows", [1, 30, 700])
async def test_loaders_between_fetches(auto: Connection, rows: int) -> None:
    for _ in range(9):
        cur = await auto.execute(
            "SELECT n, ARRAY[n] FROM generate_series(0, %s) AS n", (rows,)
        )
        assert await cur.fetchone() == (0, [0])
        cur.adapters.register_loader("int4", Marked)
        assert await cur.fetchone() == ("<1>", ["<1>"])
        assert len(await cur.fetchall()) == rows - 1
        await cur.execute("SELECT 5")
        assert await cur.fetchone() == ("<5>",)


async def test_composite_types(auto: Connection) -> None:
    await auto.execute("CREATE TYPE pg_temp.bound_pair AS (day date, note text)")
    info = await CompositeInfo.fetch(auto, "bound_pair")
    assert info is not None
    register_composite(info, auto)
    await auto.execute("SET DateStyle TO 'SQL, DMY'")
    held = [
        await auto.execute("SELECT row('2026-02-01', 'é')::pg_temp.bound_pair"),
        await auto.execute("SELECT ARRAY[row('2026-02-01', 'é')::pg_temp.bound_pair]"),
    ]
    await auto.execute("SET DateStyle TO 'SQL, MDY'")
    await auto.execute("SET client_encoding TO latin1")
    assert await held[0].fetchone() == ((VALUES[0], "é"),)
    assert await held[1].fetchone() == ([(VALUES[0], "é")],)


async def test_encoding_that_python_has_not(auto: Connection) -> None:
    cur = await auto.execute("SELECT 'é'")
    assert (await auto.execute("SET client_encoding TO EUC_TW")).statusmessage == "SET"
    assert "IDLE" in repr(auto)
    assert not auto.broken
    with pytest.raises(e.NotSupportedError, match="EUC_TW"):
        await auto.execute("SELECT 'x'")
    with pytest.raises(e.NotSupportedError, match="EUC_TW"):
        await auto.execute("SELECT %s", ("x",))
    number = await auto.execute("SELECT 1")
    assert await number.fetchone() == (1,)
    with pytest.raises(e.UndefinedTable, match="nothing"):
        await auto.execute("TABLE nothing")
    assert await cur.fetchone() == ("é",)
    await auto.execute("SET client_encoding TO utf8")
    cur = await auto.execute("SELECT 'é'")
    assert await cur.fetchone() == ("é",)


async def test_several_results_after_one(auto: Connection) -> None:
    # What was known of the statement before says nothing of these.
    auto.adapters.register_loader("json", Marked)
    for _ in range(8):
        cur = await auto.execute("SELECT %s::int4", (1,))
        assert await cur.fetchone() == (1,)
    calls: list[bytes] = []

    class Noting(Marked):
        def load(self, data: Any) -> str:
            calls.append(bytes(data))
            return super().load(data)

    auto.adapters.register_loader("json", Noting)
    cur = await auto.execute("SELECT '1'::json; SELECT '2'::json")
    assert calls == []
    assert [await each.fetchall() async for each in cur.results()] == [
        [("<1>",)],
        [("<2>",)],
    ]
    assert calls == [b"1", b"2"]


async def test_two_results_side_by_side(auto: Connection) -> None:
    first = await auto.execute("SELECT generate_series(1, 5)")
    second = await auto.execute("SELECT 'a' || generate_series(1, 5)")
    for number in range(1, 6):
        assert await first.fetchone() == (number,)
        assert await second.fetchone() == (f"a{number}",)


async def test_uuid(auto: Connection) -> None:
    value = uuid.UUID(int=7)
    for _ in range(8):
        cur = await auto.execute("SELECT %s::uuid", (value,))
        assert await cur.fetchone() == (value,)


@pytest.mark.parametrize("autocommit", [True, False])
@pytest.mark.parametrize("prepare", [None, True])
async def test_settings_in_a_pipeline(
    dsn: str, autocommit: bool, prepare: bool | None
) -> None:
    date: LiteralString = "SELECT '2026-02-01'::date"
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=autocommit) as conn:
        for _ in range(3):
            async with conn.pipeline():
                held = [await conn.execute(date, prepare=prepare)]
                for statement in (
                    "SET DateStyle TO 'SQL, DMY'",
                    "set session datestyle = 'SQL, MDY'",
                    "SET LOCAL DateStyle TO 'German'",
                    "RESET ALL",
                    "SELECT set_config('DateStyle', 'SQL, DMY', false)",
                    "ROLLBACK",
                    "/* back */ SET DateStyle TO 'ISO, DMY'",
                    "SET TIME ZONE 'Asia/Tokyo'",
                ):
                    await conn.execute(statement)
                    held.append(await conn.execute(date, prepare=prepare))
                zone = await conn.execute("SELECT '2026-02-01Z'::timestamptz")
                await conn.execute("RESET ALL")
            for cur in held:
                assert await cur.fetchone() == (VALUES[0],)
            row = await zone.fetchone()
            assert row is not None
            assert str(row[0]) == "2026-02-01 09:00:00+09:00"


@pytest.mark.parametrize("binary", [False, True])
@pytest.mark.parametrize(
    ("setting", "kind", "value"),
    [
        ("SET DateStyle TO 'SQL, DMY'", "date", VALUES[0]),
        ("SET TimeZone TO UTC", "timestamptz", VALUES[4]),
    ],
)
async def test_all_of_one_statement(
    auto: Connection, setting: LiteralString, kind: str, value: Any, binary: bool
) -> None:
    query = f"SELECT %s::{kind}, 'é', %s::int4".encode()
    await auto.execute(setting)
    rows = [(value, number) for number in range(4)]
    cur = auto.cursor(binary=binary)
    await cur.executemany(query, rows, returning=True)
    late = auto.cursor(binary=binary)
    await late.executemany(query, rows, returning=True)
    late.adapters.register_loader("int4", Marked)
    auto.adapters.register_loader("int4", Marked)
    await auto.execute("SET DateStyle TO 'SQL, MDY'")
    await auto.execute("SET client_encoding TO latin1")
    await auto.execute("SET TimeZone TO 'Asia/Tokyo'")
    # Loaders of text count for text only.
    for each, marked in ((cur, False), (late, not binary)):
        found = [await one.fetchone() async for one in each.results()]
        numbers = [f"<{n}>" if marked else n for n in range(4)]
        assert repr(found) == repr([(value, "é", number) for number in numbers])


async def test_statement_that_a_pipeline_has_prepared(auto: Connection) -> None:
    query = "SELECT %s::int4, '2026-02-01'::date, 'é'"
    for _ in range(2):
        async with auto.pipeline() as pipeline:
            held = [await auto.execute(query, (n,)) for n in range(60)]
            await pipeline.sync()
            held += [await auto.execute(query, (n,)) for n in range(60)]
            await auto.execute("SET DateStyle TO 'SQL, MDY'")
            held += [await auto.execute(query, (n,)) for n in range(60)]
        await auto.execute("SET client_encoding TO latin1")
        for number, cur in enumerate(held):
            assert await cur.fetchall() == [(number % 60, VALUES[0], "é")]
        await auto.execute("RESET ALL")
    auto.adapters.register_loader("int4", Marked)
    async with auto.pipeline():
        held = [await auto.execute(query, (n,)) for n in range(60)]
    for number, cur in enumerate(held):
        assert await cur.fetchall() == [(f"<{number}>", VALUES[0], "é")]


async def test_setting_that_another_result_has_changed(auto: Connection) -> None:
    # The result of set_config() needs no look at the setting, the next one does.
    for prepare in (False, None):
        for style in ("SQL, DMY", "SQL, MDY", "ISO", "German") * 2:
            await auto.execute(
                "SELECT set_config('DateStyle', %s, false)", (style,), prepare=prepare
            )
            cur = await auto.execute("SELECT '2026-02-01'::date", prepare=prepare)
            many = await auto.execute(
                "SELECT '2026-02-01'::date FROM generate_series(1, 30)", prepare=prepare
            )
            assert await cur.fetchall() == [(VALUES[0],)]
            assert await many.fetchall() == [(VALUES[0],)] * 30


async def test_encoding_in_a_pipeline(auto: Connection) -> None:
    await auto.execute("CREATE TEMP TABLE words (word text)")
    async with auto.pipeline():
        await auto.execute("INSERT INTO words VALUES (%s)", ("é1",))
        await auto.execute("SET client_encoding TO latin1")
        await auto.execute("INSERT INTO words VALUES (%s)", ("é2",))
        await auto.cursor().executemany("INSERT INTO words VALUES (%s)", [("é3",)])
        cur = await auto.execute("SELECT 'é'")
        await auto.execute("SET NAMES 'utf8'")
        await auto.execute("INSERT INTO words VALUES (%s)", ("é4",))
    assert await cur.fetchone() == ("é",)
    cur = await auto.execute("SELECT word FROM words ORDER BY 1")
    assert await cur.fetchall() == [("é1",), ("é2",), ("é3",), ("é4",)]


async def test_setting_of_the_same_statement(auto: Connection) -> None:
    auto.prepare_threshold = 0
    for style in ("German, DMY", "ISO, MDY", "SQL, DMY", "German, DMY"):
        cur = await auto.execute(
            "SELECT set_config('DateStyle', %s, false), '2026-02-01'::date", (style,)
        )
        assert await cur.fetchone() == (style, dt.date(2026, 2, 1))


class Written(Loader):
    """Loads what is written as text, and says so."""

    def load(self, data: Any) -> str:
        return f"written {bytes(data).decode()}"


@pytest.mark.parametrize("pipelined", [False, True])
async def test_format_of_the_execution_before(
    auto: Connection, pipelined: bool
) -> None:
    auto.prepare_threshold = 0
    query = "SELECT %s::int4"
    await auto.execute(query, (1,))
    cur = auto.cursor()
    async with AsyncExitStack() as stack:
        if pipelined:
            await stack.enter_async_context(auto.pipeline())
        await cur.execute(query, (2,), binary=True)
        await cur.execute(query, (3,))
    cur.adapters.register_loader("int4", Written)
    assert await cur.fetchone() == ("written 3",)


@pytest.mark.parametrize("query", ["SELECT %s", "SELECT 1, %s"])
@pytest.mark.parametrize("made", ["ARRAY[%s]", "ROW(%s)"])
async def test_values_within_in_binary_format(
    auto: Connection, made: str, query: str
) -> None:
    await auto.execute("SET TimeZone TO 'Asia/Tokyo'")
    value = made % "'2026-01-01 00:00+00'::timestamptz"
    cur = await auto.execute((query % value).encode(), binary=True)
    await auto.execute("SET TimeZone TO UTC")
    row = await cur.fetchone()
    assert row is not None
    assert [each.utcoffset() for each in row[-1]] == [dt.timedelta(hours=9)]
