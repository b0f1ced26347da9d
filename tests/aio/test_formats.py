"""Results in binary format where that is faster: the same values, and when not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import pgtwin
from pgtwin.adapt import Loader
from pgtwin.core.adaptation import late_loaders
from pgtwin.core.engine import chunked_result
from pgtwin.core.engine.implementation import binary_gains
from pgtwin.pq import Format

if TYPE_CHECKING:
    from typing_extensions import LiteralString

Connection = pgtwin.AsyncConnection[Any]

VALUES: dict[str, list[LiteralString]] = {
    "bool": ["true", "false"],
    "int2": ["'0'", "'-32768'", "'32767'"],
    "int4": ["'0'", "'-2147483648'", "'2147483647'"],
    "int8": ["'0'", "'-9223372036854775808'", "'9223372036854775807'"],
    "oid": ["0", "4294967295"],
    "text": ["''", "'plain'", r"E'é\t\n\\'"],
    "varchar": ["'a'"],
    "char(3)": ["'a'", "'abc'"],
    "name": ["'a'"],
    "numeric": ["'0.00'", "'-1e-20'", "1e400", "'-Infinity'", "12345.6789"],
    "uuid": ["'00000000-0000-0000-0000-000000000000'", "md5('x')"],
    "bytea": [r"'\x'", r"'\x00ff5c'"],
    "date": ["'0001-01-01'", "'2026-02-03'", "'9999-12-31'"],
    "timestamp": ["'0001-01-01'", "'2026-02-03 04:05:06.000007'"],
    "timestamptz": [
        "'1000-01-01 12:00+00'",
        "'2026-03-29 00:59:59.999999+00'",
        "'2026-10-25 00:30:00+00'",  # the first and the second 2:30 in Berlin
        "'2026-10-25 01:30:00+00'",
        "'9999-12-30 00:00+00'",
    ],
}


async def prepared(
    conn: Connection, query: LiteralString, **options: Any
) -> pgtwin.AsyncCursor[Any]:
    """Execute a query until the server has prepared it, and its columns are known."""
    for _ in range(2):
        await conn.execute(query, prepare=True, **options)
    return await conn.execute(query, prepare=True, **options)


def formats(cur: pgtwin.AsyncCursor[Any]) -> list[int]:
    assert cur.pgresult is not None
    return [cur.pgresult.fformat(i) for i in range(cur.pgresult.nfields)]


@pytest.mark.parametrize(
    ("name", "zone"),
    [(name, "UTC") for name in VALUES if name in {*binary_gains, "char(3)"}]
    + [("timestamptz", zone) for zone in ("Europe/Berlin", "Asia/Kabul", "-03:30")],
)
async def test_same_values(conn: Connection, name: str, zone: str) -> None:
    await conn.execute("SELECT set_config('TimeZone', %s, false)", (zone,))
    values = [*VALUES[name], "NULL"]
    # These are so much faster that the others come in binary format with them.
    with_it = r"'\x00'::bytea, '\x01'::bytea"
    rows = ", ".join(f"({value}::{name}, {with_it})" for value in values)
    query = f"SELECT * FROM (VALUES {rows}) AS v".encode()
    text = await conn.execute(query, prepare=False)
    binary = await prepared(conn, query)  # type: ignore[arg-type]
    assert (formats(text), formats(binary)) == ([0] * 3, [1] * 3)
    expected, found = await text.fetchall(), await binary.fetchall()
    assert found == expected
    assert list(map(repr, found)) == list(map(repr, expected))  # zones, folds, -0.0


@pytest.mark.parametrize(
    "value", ["1.5::numeric", "1.1::float4", "'{1}'::int[]", "0.5::float8"]
)
async def test_types_that_stay_text(conn: Connection, value: LiteralString) -> None:
    cur = await prepared(conn, f"SELECT {value}, 1::int4")
    assert formats(cur) == [0, 0]


async def test_short_values_stay_in_text_format(conn: Connection) -> None:
    assert formats(await prepared(conn, "SELECT 'x'::text")) == [0]
    assert formats(await prepared(conn, "SELECT 1::int4, now()::date")) == [0, 0]


async def test_only_of_prepared_statements(conn: Connection) -> None:
    # Their columns are guaranteed, and known from the first time that one was executed.
    for expected in ([0], [0], [0], [0], [0], [0], [1], [1]):
        cur = await conn.execute("SELECT %s::int4", (5,))
        assert formats(cur) == expected
        assert await cur.fetchall() == [(5,)]
    for _ in range(8):
        cur = await conn.execute(
            "SELECT 1 FROM generate_series(1, 1000)", prepare=False
        )
        assert formats(cur) == [0]
        assert await cur.fetchall() == [(1,)] * 1000


@pytest.mark.parametrize(
    "query",
    ["FETCH FIRST FROM changing", "EXECUTE changing", "SHOW port", "EXPLAIN SELECT 1"],
)
async def test_commands_whose_columns_may_change(
    conn: Connection, query: LiteralString
) -> None:
    for value in ("1::int4", "'12.5'::money", "'(1,2)'::point", "now()"):
        await conn.execute(f"DECLARE changing SCROLL CURSOR FOR SELECT {value}")
        await conn.execute(f"PREPARE changing AS SELECT {value}")
        for _ in range(3):
            cur = await conn.execute(query, prepare=True)
            assert formats(cur) == [0]
            text = await conn.execute(query, prepare=False)
            assert await cur.fetchall() == await text.fetchall()
        await conn.execute("CLOSE changing")
        await conn.execute("DEALLOCATE changing")


@pytest.mark.parametrize(
    "query",
    [
        " select 1::int4",
        "-- a comment\nSELECT 1::int4",
        "/* another */ (SELECT 1::int4)",
        "WITH x AS (SELECT 1::int4 AS y) SELECT y FROM x",
        "VALUES (1::int4)",
    ],
)
async def test_beginnings_of_queries(conn: Connection, query: LiteralString) -> None:
    assert formats(await prepared(conn, query)) == [1]


FLOATS = "SELECT n / 10.0::float8, n FROM generate_series(1, 1000) AS n"


@pytest.mark.skipif(not chunked_result.AVAILABLE, reason="libpq before 17")
async def test_floats_are_exact(conn: Connection) -> None:
    # Where there are many of them the server is asked whether it rounds text.
    await conn.set_autocommit(True)
    expected = [(n / 10, n) for n in range(1, 1001)]
    rounded = [(float(f"{n / 10 + 0.05:.1g}"), n) for n in range(1, 1001)]
    cur = conn.cursor()
    found = []
    for digits in (1, -14, 3, 0):
        await conn.execute(f"SET extra_float_digits = {digits}".encode())
        for _ in range(8):
            await cur.execute(FLOATS)
            found.append(formats(cur)[0])
            rows = await cur.fetchall()
            text = await conn.execute(FLOATS, prepare=False)
            assert rows == await text.fetchall()
            assert (rows == expected) == (digits > -14)
    assert rounded != expected
    assert found[:8] == [0] * 6 + [1] * 2
    assert found[8:] == [0] * 8 + [1] * 8 + [0] * 8


async def test_rounded_floats(conn: Connection) -> None:
    await conn.execute("SET extra_float_digits = -1")
    for _ in range(8):
        cur = await conn.execute("SELECT 0.1::float8 + 0.2::float8, %s::int", (1,))
        assert await cur.fetchone() == (0.3, 1)


async def test_dates_in_another_style(conn: Connection) -> None:
    query = "SELECT '2026-02-03'::timestamptz, 1::int4 WHERE %s > 0"
    for style in ("ISO", "SQL, DMY", "ISO, YMD", "German"):
        await conn.execute(f"SET DateStyle = '{style}'")
        for number in range(1, 9):
            cur = await conn.execute(query, (number,))
            if style.startswith("ISO"):
                assert (await cur.fetchone() or [None])[1] == 1
                continue
            assert formats(cur) == [0, 0]
            with pytest.raises(NotImplementedError):
                await cur.fetchone()


async def test_several_statements(conn: Connection) -> None:
    for _ in range(7):
        cur = await conn.execute("SELECT 1::int4; SELECT 1")
        assert formats(cur) == [0]


async def test_format_that_is_asked_for(conn: Connection) -> None:
    query: LiteralString = "SELECT 1::int4"
    assert formats(await prepared(conn, query)) == [1]
    cur = conn.cursor()
    await cur.execute(query, binary=False)
    assert formats(cur) == [0]
    await cur.execute(query)
    assert formats(cur) == [1]
    for binary in (False, True):
        asked = conn.cursor(binary=binary)
        assert asked.format == int(binary)
        assert formats(await asked.execute(query)) == [binary]
        assert formats(await conn.execute(query, binary=binary)) == [binary]
    assert cur.format == 0
    cur.format = Format.TEXT
    await cur.execute(query)
    assert formats(cur) == [0]
    cur = conn.cursor()
    assert conn.automatic_binary
    conn.automatic_binary = False
    await cur.execute(query)
    assert formats(cur) == [0]
    assert await cur.fetchone() == (1,)


class Doubled(Loader):
    def load(self, data: Any) -> int:
        return 2 * int(bytes(data))


async def test_own_loader(conn: Connection) -> None:
    query: LiteralString = "SELECT 1::int4, 1::int8"
    assert formats(await prepared(conn, query)) == [1, 1]
    conn.adapters.register_loader("int4", Doubled)
    for _ in range(2):
        cur = await conn.execute(query)
        assert await cur.fetchone() == (2, 1)
    conn.adapters.register_loader("int8", Doubled)
    async with conn.pipeline():
        cur = await conn.execute(query)
        assert await cur.fetchone() == (2, 2)


async def test_loader_of_a_cursor(conn: Connection) -> None:
    query: LiteralString = "SELECT 1::int4"
    await prepared(conn, query)
    cur = conn.cursor()
    cur.adapters.register_loader("int4", Doubled)
    for _ in range(2):
        await cur.execute(query)
        assert await cur.fetchone() == (2,)


async def test_columns_that_change(conn: Connection) -> None:
    await conn.execute("CREATE TEMP TABLE changing (a int8)")
    await conn.execute("INSERT INTO changing VALUES (3)")
    await conn.commit()
    query: LiteralString = "SELECT * FROM changing"
    assert formats(await prepared(conn, query)) == [1]
    await conn.commit()
    await conn.execute("ALTER TABLE changing ALTER a TYPE numeric")
    await conn.commit()
    cur = await prepared(conn, query)
    assert formats(cur) == [0]
    assert repr(await cur.fetchone()) == "(Decimal('3'),)"


async def test_format_of_results_in_a_pipeline(conn: Connection) -> None:
    query: LiteralString = "SELECT %s::int4"
    for number in range(7):
        await conn.execute(query, (number,))
    async with conn.pipeline():
        cur = await conn.execute(query, (5,))
        assert await cur.fetchone() == (5,)
    assert formats(cur) == [1]


async def test_zone_set_by_a_function(conn: Connection) -> None:
    # Nothing of the result tells that a setting has changed.
    query: LiteralString = "SELECT set_config('TimeZone', %s, false)"
    when: LiteralString = "SELECT '2026-01-01 12:00+00'::timestamptz"
    for zone, hour in (("UTC", 12), ("Asia/Tokyo", 21), ("UTC", 12)) * 4:
        await conn.execute(query, (zone,))
        cur = await conn.execute(when)
        row = await cur.fetchone()
        assert row is not None
        assert row[0].hour == hour


NUMBERS = [
    *(0.0, -0.0, 1.0, -1.5, 0.1, 100.0, 1e14, 1e15, 1e16, 123456789012345.0, 1e22),
    *(1e-4, 1.5e-4, 1e-5, -2.5e-7, 5e-324, 1.7976931348623157e308, 3.14159e100),
    *(float("inf"), float("-inf"), float("nan")),
]
MOMENTS = [
    *("2026-01-02 03:04:05.6", "2026-07-02 03:04:05", "1970-01-01", "1880-01-02 12:00"),
    *("2026-01-02 23:59:59.000001", "0001-01-02", "1999-12-31 00:00:00.120"),
]


@pytest.mark.parametrize(
    "zone", ["UTC", "Asia/Kolkata", "America/St_Johns", "Africa/Monrovia"]
)
@pytest.mark.parametrize("name", ["timestamp", "timestamptz", "float8", "bool", "uuid"])
async def test_written_as_by_the_server(
    conn: Connection, name: LiteralString, zone: str
) -> None:
    # For a loader of text that comes late, values are written again.
    await conn.execute("SELECT set_config('TimeZone', %s, false)", (zone,))
    given: dict[str, list[Any]] = {
        "float8": NUMBERS,
        "bool": [True, False],
        "uuid": ["00000000-0000-0000-0000-0000000000ff"],
    }
    query = f"SELECT v, format('%%s', v) FROM unnest(%s::text[]::{name}[]) AS v"
    texts = [str(value) for value in given.get(name, MOMENTS)]
    cur = await conn.execute(query, (texts,), binary=True)
    write = late_loaders._writer(pgtwin.adapters.types[name].oid, "utf-8")
    async for value, text in cur:
        assert write(value).decode() == text
