"""COPY: rows that are written together are the same data as rows written one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

import pgtwin
from pgtwin import errors as e
from pgtwin.adapt import Dumper
from pgtwin.copy import AsyncCopy, AsyncWriter

Connection = pgtwin.AsyncConnection[Any]

NOON = datetime(2026, 2, 3, 12, 4, 5)
UTC = timezone.utc
COLUMNS: dict[str, list[Any]] = {
    "int2": [0, -(2**15), 2**15 - 1],
    "int4": [0, -(2**31), 2**31 - 1],
    "int8": [0, -(2**63), 2**63 - 1],
    "oid": [0, 2**32 - 1],
    "float4": [0.0, 1.5, -1e30],
    "float8": [0.1, -0.0, 1e300, 5e-324, float("inf"), float("-inf"), float("nan")],
    "numeric": [Decimal("1.10"), Decimal("NaN"), Decimal("-1E+3")],
    "text": ["", "plain", "\b\t\n\v\f\r\\", "\\N", "é\U0001f40d", "\x01\x85\u2028"],
    "varchar": ["a", "b\tc"],
    "bool": [True, False],
    "date": [date(1, 1, 1), date(2026, 2, 3)],
    "time": [time(1, 2, 3, 4), time(23, 59)],
    "timestamp": [NOON, NOON.replace(microsecond=1), datetime(1, 2, 3)],
    "timestamptz": [NOON.replace(tzinfo=UTC), datetime(900, 1, 1, tzinfo=UTC)],
    "timestamptz ": [
        NOON.replace(tzinfo=UTC),
        NOON.replace(tzinfo=ZoneInfo("Europe/Berlin")),
        NOON.replace(tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
    ],
    "interval": [timedelta(days=1, seconds=2, microseconds=3)],
    "uuid": [UUID(int=0), UUID(int=2**128 - 1)],
    "bytea": [b"", b"\0\\\xff"],
    "int4[]": [[1, None], []],
}
NUMBER = 150  # rows: more than are taken together at first


class Keep(AsyncWriter):
    """Keeps what is written."""

    def __init__(self) -> None:
        self.data = b""

    async def write(self, data: Any) -> None:
        self.data += data


def rows_of(*columns: list[Any]) -> list[tuple[Any, ...]]:
    return [tuple(c[n % len(c)] for c in columns) for n in range(NUMBER)]


async def one_by_one(copy: AsyncCopy, rows: list[tuple[Any, ...]]) -> None:
    for row in rows:
        await copy.write_row(row)


async def check(
    conn: Connection, binary: bool, types: list[str] | None, rows: list[tuple[Any, ...]]
) -> None:
    kept: list[Any] = []
    for together in (False, True):
        writer = Keep()
        copy = AsyncCopy(conn.cursor(), binary=binary, writer=writer)
        if types:
            copy.set_types(types)
        try:
            async with copy:
                if together:
                    await copy.write_rows(rows)
                else:
                    await one_by_one(copy, rows)
        except (e.DataError, TypeError) as error:
            # The first row decides, and there are values of several types or sizes.
            assert (binary, types) == (True, None)
            kept.append((type(error), str(error)))
        else:
            assert len(writer.data) >= 2 * len(rows)
            kept.append(writer.data)
    assert kept[0] == kept[1]


@pytest.mark.parametrize("nulls", [[], [None], [None] * 2 * NUMBER])
@pytest.mark.parametrize("name", COLUMNS)
async def test_columns_send_the_same_data_as_rows(
    conn: Connection, name: str, nulls: list[None]
) -> None:
    values = nulls + COLUMNS[name] if len(nulls) < NUMBER else list(nulls)
    rows = rows_of([1, 2], values, ["x"])
    types = ["int4", name.strip(), "text"]
    await check(conn, False, types, rows)
    await check(conn, False, None, rows)
    await check(conn, True, types, rows)
    await check(conn, True, None, rows)


async def test_one_column(conn: Connection) -> None:
    for binary in (False, True):
        await check(conn, binary, ["text"], rows_of(["abc"]))
        await check(conn, binary, ["int4"], rows_of([1]))


@pytest.mark.parametrize("last", [None, 7])
@pytest.mark.parametrize(
    "names", ["int4 text float8", "int4 text text bool int4", "text int4", "bool int4"]
)
async def test_what_is_packed_together(
    conn: Connection, names: str, last: int | None
) -> None:
    types = names.split()
    rows = rows_of(*(COLUMNS[name] for name in types))
    await check(conn, True, types, rows)
    await check(conn, True, [*types, "int4"], [(*row, last) for row in rows])
    await check(conn, True, types, rows[:1])
    await check(conn, True, types, [*rows, (None,) * len(types)])
    await check(conn, True, types, [*rows, (None,) * len(types), *rows])


async def test_values_of_several_types(conn: Connection) -> None:
    rows = rows_of([1, 1.5, "x", None, NOON, Decimal(1)], ["a"])
    await check(conn, False, None, rows)
    await check(conn, True, None, rows)


async def test_own_dumper(conn: Connection) -> None:
    class Loud(Dumper):
        oid = pgtwin.adapters.types["text"].oid

        def dump(self, obj: str) -> bytes:
            return obj.upper().encode() + b"!"

    conn.adapters.register_dumper(str, Loud)
    writer = Keep()
    async with AsyncCopy(conn.cursor(), binary=False, writer=writer) as copy:
        await copy.write_rows(rows_of(["a"]))
    assert writer.data == b"A!\n" * NUMBER


async def test_values_that_change(conn: Connection) -> None:
    def rows() -> Iterator[tuple[int, list[int]]]:
        array = [0]
        for number in range(NUMBER):
            array[0] = number
            yield number, array

    writer = Keep()
    async with AsyncCopy(conn.cursor(), binary=False, writer=writer) as copy:
        await copy.write_rows(rows())
    assert writer.data == b"".join(b"%d\t{%d}\n" % (n, n) for n in range(NUMBER))


async def test_rows_of_several_lengths(conn: Connection) -> None:
    writer = Keep()
    async with AsyncCopy(conn.cursor(), binary=False, writer=writer) as copy:
        await copy.write_rows([(1,), (1, 2), (), (3,)])
    assert writer.data == b"1\n1\t2\n\n3\n"


@pytest.mark.parametrize("value", ["a\0b", "\ud800"])
async def test_strings_that_cannot_be_written(conn: Connection, value: str) -> None:
    rows = [*rows_of(["a"]), (value,)]
    with pytest.raises((e.DataError, UnicodeEncodeError)):
        async with AsyncCopy(conn.cursor(), binary=False, writer=Keep()) as copy:
            await copy.write_rows(rows)


@pytest.mark.parametrize(("name", "value"), [("int2", 2**15), ("int4", 2**31)])
async def test_number_too_large(conn: Connection, name: str, value: int) -> None:
    rows = [*rows_of([1]), (value,)]
    with pytest.raises(e.DataError):
        async with AsyncCopy(conn.cursor(), binary=True, writer=Keep()) as copy:
            copy.set_types([name])
            await copy.write_rows(rows)
