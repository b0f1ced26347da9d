"""Rows copied into a table without a statement."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from psycopg.types import numeric

import pgtwin
from pgtwin import errors as e, sql
from pgtwin.core.copy.dumpers import careful
from pgtwin.core.copy.records import columns_query
from tests.support.copy_data import LOADED, ROWS

if TYPE_CHECKING:
    from typing_extensions import LiteralString

Connection = pgtwin.AsyncConnection[Any]
Usable = Callable[[Connection], Awaitable[None]]
Content = Callable[[Connection], Awaitable[list[tuple[Any, ...]]]]


async def later(rows: list[tuple[Any, ...]]) -> AsyncIterator[tuple[Any, ...]]:
    for row in rows:
        await asyncio.sleep(0)
        yield row


async def test_records(
    conn: Connection, table: LiteralString, content: Content
) -> None:
    assert await conn.copy_records(table, ["id", "a", "b"], ROWS) == 3
    assert await conn.copy_records(table, ["b", "id"], [("x", 1)]) == 1
    assert await conn.copy_records(table, None, later([(2, "y", "z")])) == 1
    assert await conn.copy_records(table, None, []) == 0
    assert await content(conn) == [(1, None, "x"), (2, "y", "z"), *ROWS]


async def test_records_with_difficult_names(conn: Connection) -> None:
    await conn.execute("""
        CREATE SCHEMA "my ""schema";
        CREATE TABLE "my ""schema"."Table; --" (
            "%s" int, "Sp ace" text, twice int GENERATED ALWAYS AS ("%s" * 2) STORED)
    """)
    name = sql.Identifier('my "schema', "Table; --")
    assert await conn.copy_records(name, None, [(1, "a")]) == 1
    assert await conn.copy_records(name, ["Sp ace", "%s"], [("b", 2)]) == 1
    cur = await conn.execute(sql.SQL("SELECT * FROM {} ORDER BY 1").format(name))
    assert await cur.fetchall() == [(1, "a", 2), (2, "b", 4)]
    await conn.rollback()


async def test_records_among_many_types(conn: Connection) -> None:
    await conn.execute(
        "DO $$ BEGIN FOR i IN 1..2000 LOOP "
        "EXECUTE format('CREATE DOMAIN pg_temp.many_%s AS int', i); END LOOP; END $$"
    )
    await conn.execute("CREATE TEMP TABLE things (a pg_temp.many_1, b pg_temp.many_2)")
    assert await conn.copy_records("things", None, [(1, 2)]) == 1
    query = b"EXPLAIN (ANALYZE, FORMAT json) " + columns_query("things")
    ((found,),) = await (await conn.execute(query)).fetchall()
    plans = [found[0]["Plan"]]
    for plan in plans:
        plans += plan.get("Plans", ())
    # It may read the list of types as a whole, but join it once.
    (walked,) = [each for each in plans if each["Node Type"] == "Recursive Union"]
    assert walked["Actual Rows"] < 100
    await conn.rollback()


async def test_records_of_all_types(conn: Connection) -> None:
    columns = [f"c{number}" for number in range(len(LOADED))]
    row = tuple(
        pgtwin.types.json.Jsonb(value) if isinstance(value, dict) else value
        for _, value in LOADED
    )
    definitions = ", ".join(
        f"{column} {name}" for column, (name, _) in zip(columns, LOADED, strict=True)
    )
    await conn.execute(f"CREATE TEMP TABLE all_types ({definitions})".encode())
    await conn.execute("SET timezone TO 'UTC'")
    await conn.copy_records("all_types", columns, [row, (None,) * len(row)])
    cur = await conn.execute("SELECT * FROM all_types WHERE c0 IS NOT NULL")
    assert await cur.fetchall() == [tuple(value for _, value in LOADED)]


async def test_records_as_text(conn: Connection) -> None:
    await conn.execute("CREATE TYPE pg_temp.mood AS ENUM ('ok', 'bad')")
    await conn.execute(
        "CREATE TEMP TABLE moods (m pg_temp.mood, c char(3), n numeric, d date)"
    )
    rows = [("ok", "a", 1.5, "2024-01-02"), ("bad", None, Decimal(2), None)]
    assert await conn.copy_records("moods", None, rows) == 2
    cur = await conn.execute("SELECT * FROM moods ORDER BY n")
    assert await cur.fetchall() == [
        ("ok", "a  ", Decimal("1.5"), date(2024, 1, 2)),
        ("bad", None, Decimal(2), None),
    ]
    await conn.rollback()


async def test_records_too_large(
    conn: Connection, table: LiteralString, usable: Usable, content: Content
) -> None:
    with pytest.raises(e.DataError):
        await conn.copy_records(table, ["id"], [(1,), (2**40,)])
    await usable(conn)
    with pytest.raises(e.NumericValueOutOfRange):
        await conn.copy_records(table, ["id"], [(2**40,)])
    await usable(conn)
    assert await content(conn) == []


async def test_records_errors(
    conn: Connection, table: LiteralString, usable: Usable
) -> None:
    with pytest.raises(e.UndefinedTable):
        await conn.copy_records("no_such_table", ["a"], [(1,)])
    await usable(conn)
    with pytest.raises(e.UndefinedColumn):
        await conn.copy_records(table, ["no_such_column"], [(1,)])
    await usable(conn)
    with pytest.raises(e.UniqueViolation):
        await conn.copy_records(table, ["id"], [(1,), (1,)])
    await usable(conn)


async def test_format(conn: pgtwin.AsyncConnection[Any]) -> None:
    events: list[pgtwin.QueryEvent] = []
    conn.add_query_hook(events.append)
    await conn.execute("CREATE TEMP TABLE formats (a int, b float4, c json)")

    async def copied(*rows: tuple[Any, ...]) -> list[bool]:
        events.clear()
        await conn.copy_records("formats", None, rows)
        texts = [event.query for event in events if event.query.startswith("COPY")]
        return ["BINARY" in text.upper() for text in texts]

    assert await copied((1, 0.5, {"a": 1}), (None, None, None)) == [True]
    assert await copied((None, None, None)) == [True]
    # Up to the first row that does not fit.
    assert await copied((1, 0.5, None), ("2", 0.5, None)) == [True, False]
    assert await copied(("1", 0.5, None)) == [False]
    cur = await conn.execute("SELECT sum(a), count(*) FROM formats")
    assert await cur.fetchall() == [(5, 6)]


def test_numbers_are_not_cut_off_by_psycopg_in_python() -> None:
    for cls in (numeric.Int2Dumper, numeric.Int4Dumper, numeric.Int8Dumper):
        dumper: Any = careful(cls)(int)
        assert dumper.dump(5) == b"5"
        for value in (1.5, Decimal("1.5"), "5"):
            with pytest.raises(e.DataError):
                dumper.dump(value)
