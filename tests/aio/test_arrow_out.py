"""What queries return as tables of Arrow."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pyarrow as pa
import pytest

import pgtwin
from pgtwin import errors as e, sql
from tests.support.arrow_values import VALUES

Connection = pgtwin.AsyncConnection[Any]
Usable = Callable[[Connection], Awaitable[None]]


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


TEXTS = ("inet", "int4range", "timetz")


@pytest.mark.parametrize(("type_", "text", "arrow", "value"), VALUES)
async def test_values(
    conn: Connection, type_: str, text: str, arrow: Any, value: object
) -> None:
    made: Any = f"CREATE TEMP TABLE things (v {type_})"
    await conn.execute(made)
    await conn.execute("INSERT INTO things VALUES (NULL), (%s)", [text])
    query = (
        "SELECT v FROM things ORDER BY v NULLS LAST"
        if type_ != "json"
        else ("SELECT v FROM things ORDER BY v::text NULLS LAST")
    )
    expected = [value, None]
    table = await conn.fetch_arrow(query)
    assert table.schema == pa.schema([("v", arrow)])
    assert table.column("v").to_pylist() == expected
    table.validate(full=True)
    if type_ not in TEXTS:
        cur = await conn.execute(query, binary=True)
        assert (await cur.fetch_arrow()).equals(table)
        assert await cur.fetchone() is None
    if type_ in TEXTS or type_.endswith("[]"):
        return
    # An array of them.
    made = f"CREATE TEMP TABLE arrays (v {type_}[])"
    await conn.execute(made)
    await conn.execute(
        "INSERT INTO arrays SELECT array_agg(v ORDER BY v NULLS LAST) FROM things"
        if type_ != "json"
        else "INSERT INTO arrays SELECT array_agg(v ORDER BY v::text) FROM things"
    )
    table = await conn.fetch_arrow("SELECT v FROM arrays")
    assert table.schema == pa.schema([("v", pa.list_(arrow))])
    assert table.column("v").to_pylist() == [expected]
    table.validate(full=True)


async def test_infinite_and_odd_values(conn: Connection, usable: Usable) -> None:
    odd = [
        ("infinity", "date"),
        ("-infinity", "date"),
        ("infinity", "timestamp"),
        ("-infinity", "timestamptz"),
        ("24:00", "time"),
        ("NaN", "numeric(10,2)"),
        ("294276-12-31", "timestamp"),
        ("9000000 hours", "interval"),
        ("{{1,2},{3,4}}", "int[]"),
        ("{infinity}", "date[]"),
    ]
    if conn.info.server_version >= 170000:
        odd += [("infinity", "interval"), ("-infinity", "interval")]
    for text, type_ in odd:
        query: Any = f"SELECT 1 AS n, {literal(text)}::{type_} AS v"
        message = "column 'v': .*: cast the column to text"
        with pytest.raises(e.DataError, match=message):
            await conn.fetch_arrow(query)
        await usable(conn)
        cur = await conn.execute(query, binary=True)
        with pytest.raises(e.DataError, match=message):
            await cur.fetch_arrow()
        as_text: Any = f"SELECT ({literal(text)}::{type_})::text AS v"
        assert (await conn.fetch_arrow(as_text)).num_rows == 1
        await conn.rollback()


async def test_extreme_values(conn: Connection) -> None:
    for text in ("4713-01-01 BC", "5874897-12-31"):
        query: Any = (
            f"SELECT d, d - '1970-01-01' FROM (SELECT {literal(text)}::date d) q"
        )
        table = await conn.fetch_arrow(query)
        assert table.column(0).cast(pa.int32()) == table.column(1)
    for text in ("4713-01-01 00:00:00 BC", "294246-12-31 23:59:59.999999"):
        query = (
            "SELECT t, (extract(epoch FROM t) * 1000000)::int8 "
            f"FROM (SELECT {literal(text)}::timestamp t) q"
        )
        table = await conn.fetch_arrow(query)
        assert table.column(0).cast(pa.int64()) == table.column(1)


async def test_numbers_of_many_digits(conn: Connection) -> None:
    table = await conn.fetch_arrow(
        "SELECT n, n::text FROM (VALUES (10::numeric ^ 5000), "
        "(-1 - 10::numeric ^ 9000), (1 + 10::numeric ^ -4999), "
        "(-(10::numeric ^ -4999))) v (n)"
    )
    assert table.column(0).to_pylist() == table.column(1).to_pylist()


async def test_nothing_keeps_its_columns(conn: Connection) -> None:
    query = "SELECT 1::int8 AS a, 'x' AS b, ARRAY[1] AS c, 1.5 AS d WHERE false"
    types = {"a": pa.int64(), "b": pa.string(), "c": pa.list_(pa.int32())}
    schema = pa.schema({**types, "d": pa.string()})
    table = await conn.fetch_arrow(query)
    assert (table.schema, table.num_rows) == (schema, 0)
    cur = await conn.execute(query, binary=True)
    table = await cur.fetch_arrow()
    assert (table.schema, table.num_rows) == (schema, 0)


async def test_rows_without_columns(conn: Connection) -> None:
    query = "SELECT FROM generate_series(1, 70000)"
    table = await conn.fetch_arrow(query)
    assert (table.schema.names, table.num_rows) == ([], 70_000)
    cur = await conn.execute(query, binary=True)
    assert (await cur.fetch_arrow()).num_rows == 70_000


async def test_batches(conn: Connection) -> None:
    steps = []
    table = await conn.fetch_arrow(
        "SELECT i, nullif(i % 3, 0) AS n, repeat('é', i % 5) AS t, "
        "CASE WHEN i % 7 > 0 THEN array_fill(i, ARRAY[i % 7]) END AS l "
        "FROM generate_series(1, 200000) i",
        progress=lambda copy: steps.append(copy.rows_done),
    )
    assert table.num_rows == 200_000
    assert table.column("i").num_chunks >= 3
    table.validate(full=True)
    assert steps[-1] == 200_000
    numbers = list(range(1, 200_001))
    assert table.column("i").to_pylist() == numbers
    assert table.column("n").to_pylist() == [i % 3 or None for i in numbers]
    assert table.column("t").to_pylist() == ["é" * (i % 5) for i in numbers]
    lists = [[i] * (i % 7) or None for i in numbers]
    assert table.column("l").to_pylist() == lists


async def test_queries(conn: Connection) -> None:
    queries: list[tuple[Any, Any]] = [
        ("SELECT 1 AS n;\n", None),
        ("SELECT 1 AS n -- the end", None),
        (b"SELECT 1 AS n", None),
        (sql.SQL("SELECT {} AS n").format(1), None),
        ("SELECT %(one)s AS n", {"one": 1}),
        ("SELECT 1 % 2 AS n", None),
        ("SELECT 3 %% %s AS n", (2,)),
    ]
    for query, params in queries:
        table = await conn.fetch_arrow(query, params)
        assert table.to_pydict() == {"n": [1]}
    await conn.execute('CREATE TEMP TABLE "my table" (n int)')
    query = 'INSERT INTO "my table" VALUES (5), (6) RETURNING n'
    assert (await conn.fetch_arrow(query)).to_pydict() == {"n": [5, 6]}
    name = sql.Identifier("my table")
    assert (await conn.fetch_arrow(name)).to_pydict() == {"n": [5, 6]}
    with pytest.raises(e.ProgrammingError, match=r"sql\.Identifier"):
        await conn.fetch_arrow("things")


async def test_same_names_and_types_without_binary_format(conn: Connection) -> None:
    await conn.execute("CREATE TYPE mood AS ENUM ('sad', 'happy')")
    await conn.execute("CREATE DOMAIN small AS numeric(4,1) CHECK (value < 9)")
    query = (
        "SELECT 'happy'::mood AS x, 2::small AS x, '::1'::inet AS \"%s \"\"y\", "
        "ROW(1, 'a') AS r, i FROM generate_series(3, 1, -1) i ORDER BY i DESC"
    )
    table = await conn.fetch_arrow(query)
    assert table.schema.names == ["x", "x", '%s "y', "r", "i"]
    assert table.column(0).to_pylist() == ["happy"] * 3
    assert table.column(1).to_pylist() == [Decimal("2.0")] * 3
    assert table.column(2).to_pylist() == ["::1/128"] * 3
    assert table.column(3).to_pylist() == ["(1,a)"] * 3
    assert table.column(4).to_pylist() == [3, 2, 1]
    cur = await conn.execute(query, binary=True)
    with pytest.raises(e.NotSupportedError, match=r"column 'x'.*cast it to text"):
        await cur.fetch_arrow()
    await conn.rollback()


async def test_changes_that_return_what_is_text_here(conn: Connection) -> None:
    await conn.execute("CREATE TEMP TABLE hosts (id int, address inet)")
    changes: list[tuple[Any, list[str]]] = [
        (
            "INSERT INTO hosts VALUES (1, '::1'), (2, '::2') RETURNING address, id",
            ["::1/128", "::2/128"],
        ),
        (
            " update hosts SET address = '::3' WHERE id = 1 RETURNING address;",
            ["::3/128"],
        ),
        ("DELETE FROM hosts WHERE id = 2 RETURNING address -- all", ["::2/128"]),
        (
            "/* as\nbefore */ -- and\n INSERT INTO hosts VALUES (4, '::4') RETURNING *",
            ["::4/128"],
        ),
    ]
    if conn.info.server_version >= 170000:
        merge = (
            "MERGE INTO hosts USING (VALUES (4)) v (i) ON id = i WHEN MATCHED THEN "
            "UPDATE SET address = '::5' RETURNING address"
        )
        changes.append((merge, ["::5/128"]))
    for query, expected in changes:
        table = await conn.fetch_arrow(query)
        assert table.column("address").to_pylist() == expected
    assert (await conn.fetch_arrow(sql.Identifier("hosts"))).num_rows == 2


async def test_results_of_cursors(conn: Connection) -> None:
    query = "SELECT i FROM generate_series(1, 5) i"
    cur = await conn.execute(query)
    with pytest.raises(e.ProgrammingError, match="binary=True"):
        await cur.fetch_arrow()
    cur = await conn.execute(query, binary=True)
    assert await cur.fetchone() == (1,)
    assert (await cur.fetch_arrow()).to_pydict() == {"i": [2, 3, 4, 5]}
    assert (await cur.fetch_arrow()).to_pydict() == {"i": []}
    await cur.execute("SET search_path = public")
    with pytest.raises(e.ProgrammingError, match="no rows to fetch"):
        await cur.fetch_arrow()


async def test_errors(conn: Connection, usable: Usable) -> None:
    for query in ("SELECT nothing", "SELECT 1; SELECT 2", "CREATE TABLE t (n int)"):
        with pytest.raises(e.ProgrammingError):
            await conn.fetch_arrow(query)
        await usable(conn)
    with pytest.raises(e.DivisionByZero):
        await conn.fetch_arrow("SELECT 1 / (5000 - i) FROM generate_series(1, 9999) i")
    await usable(conn)
    async with conn.pipeline():
        with pytest.raises(e.NotSupportedError):
            await conn.fetch_arrow("SELECT 1")
    await usable(conn)


async def test_transactions(dsn: str, conn: Connection) -> None:
    await conn.fetch_arrow("SELECT 1 AS n")
    assert conn.info.transaction_status == pgtwin.pq.TransactionStatus.INTRANS
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as other:
        assert (await other.fetch_arrow("SELECT 1 AS n")).to_pydict() == {"n": [1]}
        assert other.info.transaction_status == pgtwin.pq.TransactionStatus.IDLE


@pytest.mark.parametrize("encoding", ["latin1", "UTF8", "euc_jp", "SQL_ASCII"])
async def test_encodings(conn: Connection, encoding: str) -> None:
    text = {"latin1": "ü", "euc_jp": "漢字", "SQL_ASCII": "plain"}.get(encoding, "ü漢")
    await conn.execute("SELECT set_config('client_encoding', %s, false)", [encoding])
    table = await conn.fetch_arrow(
        sql.SQL("SELECT {} AS t, ARRAY[{}] AS l, to_jsonb({}::text) AS {}").format(
            text, text, text, sql.Identifier(text)
        )
    )
    expected = {"t": [text], "l": [[text]], text: [f'"{text}"']}
    assert table.to_pydict() == expected


async def test_library_is_missing(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    cur = await conn.execute("SELECT 1", binary=True)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportError, match=r'pip install "pgtwin\[arrow\]"'):
        await conn.fetch_arrow("SELECT 1")
    with pytest.raises(ImportError, match=r'pip install "pgtwin\[arrow\]"'):
        await cur.fetch_arrow()
    with pytest.raises(ImportError, match=r'pip install "pgtwin\[arrow\]"'):
        await conn.copy_arrow("things", pa.table({"n": [1]}))
    assert await cur.fetchone() == (1,)


async def test_values_of_other_kinds(conn: Connection) -> None:
    table = await conn.fetch_arrow(
        "SELECT '2024-02-29 01:02:03.456+05:30'::timestamptz AS z, "
        "'13:14:15'::time AS t, "
        "'00000000-0000-0000-0000-000000000007'::uuid AS u, '0001-01-01'::date AS d"
    )
    assert table.to_pylist() == [
        {
            "z": datetime(2024, 2, 28, 19, 32, 3, 456000, tzinfo=timezone.utc),
            "t": time(13, 14, 15),
            "u": UUID(int=7),
            "d": date(1, 1, 1),
        }
    ]
