"""Row factories, given to connections and cursors, and replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

import pgtwin
from pgtwin.rows import (
    args_row,
    class_row,
    dict_row,
    kwargs_row,
    namedtuple_row,
    scalar_row,
    tuple_row,
)

QUERY = "SELECT 1 AS id, 'Ada' AS name"


@dataclass
class Person:
    """What a row of the query describes."""

    id: int
    name: str


def describe(person_id: int, name: str) -> str:
    return f"{name} is {person_id}"


def describe_by_name(**kwargs: Any) -> list[str]:
    return sorted(kwargs)


@pytest.mark.parametrize(
    ("row_factory", "expected"),
    [
        (tuple_row, (1, "Ada")),
        (dict_row, {"id": 1, "name": "Ada"}),
        (scalar_row, 1),
        (class_row(Person), Person(1, "Ada")),
        (args_row(describe), "Ada is 1"),
        (kwargs_row(describe_by_name), ["id", "name"]),
    ],
)
async def test_row_factory(
    conn: pgtwin.AsyncConnection[Any], row_factory: Any, expected: Any
) -> None:
    async with conn.cursor(row_factory=row_factory) as cur:
        await cur.execute(QUERY)
        assert await cur.fetchone() == expected
        await cur.execute(QUERY)
        assert await cur.fetchall() == [expected]
        await cur.execute(QUERY)
        assert await cur.fetchmany(5) == [expected]
        await cur.execute(QUERY)
        assert [row async for row in cur] == [expected]


async def test_namedtuple_row(conn: pgtwin.AsyncConnection[Any]) -> None:
    async with conn.cursor(row_factory=namedtuple_row) as cur:
        await cur.execute(QUERY)
        row: Any = await cur.fetchone()
        assert row.name == "Ada"
        assert row._fields == ("id", "name")
        assert row == (1, "Ada")


async def test_rows_of_connection(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, row_factory=dict_row) as conn:
        assert conn.row_factory is dict_row
        cur = await conn.execute(QUERY)
        assert await cur.fetchone() == {"id": 1, "name": "Ada"}
        plain = conn.cursor(row_factory=tuple_row)
        await plain.execute(QUERY)
        assert await plain.fetchone() == (1, "Ada")


async def test_replaced_on_connection(conn: pgtwin.AsyncConnection[Any]) -> None:
    before = conn.cursor()
    conn.row_factory = dict_row
    after = await conn.execute(QUERY)
    assert await after.fetchone() == {"id": 1, "name": "Ada"}
    await before.execute(QUERY)
    assert await before.fetchone() == (1, "Ada")


async def test_replaced_between_rows(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = await conn.execute("SELECT n AS number FROM generate_series(1, 4) AS n")
    assert await cur.fetchone() == (1,)
    cur.row_factory = dict_row
    assert await cur.fetchone() == {"number": 2}
    cur.row_factory = scalar_row
    assert await cur.fetchall() == [3, 4]


async def test_columns_change(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = conn.cursor(row_factory=dict_row)
    await cur.execute("SELECT 1 AS a; SELECT 2 AS b, 3 AS c")
    assert await cur.fetchall() == [{"a": 1}]
    cur.nextset()
    assert await cur.fetchall() == [{"b": 2, "c": 3}]
    await cur.execute("SELECT 4 AS d")
    assert await cur.fetchone() == {"d": 4}


async def test_own_row_factory(conn: pgtwin.AsyncConnection[Any]) -> None:
    def reversed_row(cursor: Any) -> Any:
        names = [column.name for column in cursor.description or ()]

        def make_row(values: Sequence[Any]) -> list[Any]:
            return [*zip(names, values, strict=True)][::-1]

        return make_row

    cur = conn.cursor(row_factory=reversed_row)
    await cur.execute(QUERY)
    assert await cur.fetchone() == [("name", "Ada"), ("id", 1)]


async def test_row_factory_that_fails(conn: pgtwin.AsyncConnection[Any]) -> None:
    def refuse(_id: int, _name: str) -> Any:
        raise ValueError("not this one")

    cur = conn.cursor(row_factory=args_row(refuse))
    await cur.execute(QUERY)
    with pytest.raises(ValueError, match="not this one"):
        await cur.fetchone()
    cur.row_factory = tuple_row
    assert await cur.fetchone() == (1, "Ada")


async def test_null_values(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = conn.cursor(row_factory=dict_row)
    await cur.execute("SELECT NULL AS a, NULL::int AS b")
    assert await cur.fetchone() == {"a": None, "b": None}
