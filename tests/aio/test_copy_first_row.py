"""Binary COPY without types: the first row decides how each column is dumped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from ipaddress import ip_address, ip_interface
from typing import Any

import pytest
from psycopg.types.json import Json, Jsonb
from psycopg.types.numeric import Int8

import pgtwin
from pgtwin import errors as e

Connection = pgtwin.AsyncConnection[Any]
UTC = dt.timezone.utc


async def stored(
    conn: Connection, kind: str, rows: Sequence[Sequence[Any]], together: bool
) -> list[str | None]:
    """Return what the server has of rows, as it writes it."""
    await conn.execute(f"CREATE TEMP TABLE firsts (value {kind})".encode())
    statement = "COPY firsts FROM STDIN (FORMAT binary)"
    async with conn.cursor().copy(statement) as copy:
        if together:
            await copy.write_rows(rows)
        else:
            for row in rows:
                await copy.write_row(row)
    cur = await conn.execute("SELECT value::text FROM firsts")
    return [value for (value,) in await cur.fetchall()]


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("int8", [2**40, 2], [str(2**40), "2"]),
        ("int8", [Int8(1), 2, -3], ["1", "2", "-3"]),
        ("int2", [1, True], ["1", "1"]),
        ("int8", [None, 2**40, None, 3], [None, str(2**40), None, "3"]),
        ("numeric", [2**70, 2], [str(2**70), "2"]),
        ("float8", [1.5, 2, Decimal("2.5")], ["1.5", "2", "2.5"]),
        ("bytea", [b"a", bytearray(b"b")], [r"\x61", r"\x62"]),
        ("int8[]", [[2**40], [1], [None]], ["{1099511627776}", "{1}", "{NULL}"]),
        ("text[]", [["a"], []], ["{a}", "{}"]),
        ("json", [Json(1), Jsonb(2)], ["1", "2"]),
        ("jsonb", [Jsonb(1), Json(2)], ["1", "2"]),
        ("inet", [None, ip_address("1.2.3.4")], [None, "1.2.3.4/32"]),
    ],
)
async def test_first_row_decides(
    conn: Connection,
    kind: str,
    values: list[Any],
    expected: list[str | None],
    together: bool,
) -> None:
    rows = [(value,) for value in values]
    assert await stored(conn, kind, rows, together) == expected


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize(
    ("kind", "values", "error"),
    [
        ("int2", [2, 70000], e.DataError),
        ("int8", [2, 2**40], e.DataError),
        ("int2", [None, 2, 70000], e.DataError),
        ("int2[]", [[1], [70000]], e.DataError),
        ("int2", [1, 2.0], TypeError),
        ("int2", [1, "2"], TypeError),
        ("text", ["a", 1], TypeError),
        ("text", ["a", b"b"], TypeError),
        ("bool", [True, "f"], e.DataError),
        ("bool[]", [[True], ["f"]], e.DataError),
        ("float8", [1.5, Decimal("1e400")], e.DataError),
        ("numeric", [Decimal(1), 2], AttributeError),
        ("inet", [ip_address("1.2.3.4"), ip_interface("1.2.3.4/24")], e.DataError),
        ("interval", [dt.timedelta(1), 3], e.DataError),
        (
            "timestamptz",
            [dt.datetime(2020, 1, 2, tzinfo=UTC), dt.datetime(2020, 1, 2)],
            TypeError,
        ),
        (
            "timestamp",
            [dt.datetime(2020, 1, 2), dt.datetime(2020, 1, 2, tzinfo=UTC)],
            (TypeError, e.DataError),
        ),
    ],
)
async def test_what_does_not_fit_the_first_row(
    conn: Connection,
    kind: str,
    values: list[Any],
    error: type[Exception],
    together: bool,
) -> None:
    with pytest.raises(error):
        await stored(conn, kind, [(value,) for value in values], together)
    await conn.rollback()


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("row", [(), (1, 2)])
async def test_rows_of_other_lengths(
    conn: Connection, row: tuple[int, ...], together: bool
) -> None:
    with pytest.raises(e.DataError, match="the first one had 1 columns"):
        await stored(conn, "int8", [(2**40,), row], together)


async def test_types_set_later(conn: Connection) -> None:
    await conn.execute("CREATE TEMP TABLE firsts (value int8)")
    statement = "COPY firsts FROM STDIN (FORMAT binary)"
    async with conn.cursor().copy(statement) as copy:
        await copy.write_row((Int8(1),))
        copy.set_types(["int8"])
        await copy.write_row((2,))
        with pytest.raises(e.DataError, match="types were set for 1 columns"):
            await copy.write_row(())
    cur = await conn.execute("SELECT value FROM firsts")
    assert await cur.fetchall() == [(1,), (2,)]


async def test_text_takes_each_value_as_it_is(conn: Connection) -> None:
    await conn.execute("CREATE TEMP TABLE firsts (value text)")
    async with conn.cursor().copy("COPY firsts FROM STDIN") as copy:
        for value in (1, "a", 2.5, None, dt.date(2020, 1, 2)):
            await copy.write_row((value,))
    cur = await conn.execute("SELECT value FROM firsts")
    values = [value for (value,) in await cur.fetchall()]
    assert values == ["1", "a", "2.5", None, "2020-01-02"]
