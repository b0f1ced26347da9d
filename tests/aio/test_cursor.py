"""What cursors tell of their results, and how they are made and extended."""

from __future__ import annotations

import pickle
import weakref
from collections.abc import Sequence
from typing import Any

import pytest

import pgtwin
from pgtwin import errors as e
from pgtwin.adapt import Loader
from pgtwin.pq import ExecStatus, Format
from pgtwin.rows import dict_row, tuple_row


async def column_of(conn: pgtwin.AsyncConnection[Any], query: bytes) -> pgtwin.Column:
    """Return the only column of a query's result."""
    cur = await conn.execute(query)
    assert cur.description is not None
    (column,) = cur.description
    return column


@pytest.mark.parametrize(
    ("value", "display", "display_size", "internal_size", "precision", "scale"),
    [
        ("1::int4", "int4", None, 4, None, None),
        ("1::numeric", "numeric", None, None, None, None),
        ("1::numeric(8, 3)", "numeric(8,3)", None, None, 8, 3),
        ("1::numeric(4, -2)", "numeric(4,-2)", None, None, 4, -2),
        ("'{1}'::numeric(8, 3)[]", "numeric(8,3)[]", None, None, 8, 3),
        ("'x'::varchar", "varchar", None, None, None, None),
        ("'x'::varchar(20)", "varchar(20)", 20, None, None, None),
        ("'x'::char(7)", "bpchar(7)", 7, None, None, None),
        ("'x'::text", "text", None, None, None, None),
        ("'{x}'::text[]", "text[]", None, None, None, None),
        ("B'101'::bit(3)", "bit(3)", 3, None, None, None),
        ("now()::timestamptz(2)", "timestamptz(2)", None, 8, 2, None),
        ("now()::date", "date", None, 4, None, None),
    ],
)
async def test_column(
    conn: pgtwin.AsyncConnection[Any],
    value: str,
    display: str,
    display_size: int | None,
    internal_size: int | None,
    precision: int | None,
    scale: int | None,
) -> None:
    column = await column_of(conn, f"SELECT {value} AS it".encode())
    assert isinstance(column, pgtwin.Column)
    assert column.name == "it"
    assert column.type_display == display
    assert column.display_size == display_size
    assert column.internal_size == internal_size
    assert column.precision == precision
    assert column.scale == scale
    assert column.null_ok is None
    assert column.table_oid is None
    assert column.table_column is None
    oid = column.type_code
    assert repr(column) == f"<Column 'it', type: {display} (oid: {oid})>"


async def test_column_as_sequence(conn: pgtwin.AsyncConnection[Any]) -> None:
    column = await column_of(conn, b"SELECT 1.5::numeric(8, 3) AS price")
    assert isinstance(column, Sequence)
    assert len(column) == 7
    assert tuple(column) == ("price", 1700, None, None, 8, 3, None)
    assert column[0] == "price"
    assert column[-3] == 8
    assert column[:2] == ("price", 1700)
    with pytest.raises(IndexError):
        column[7]


async def test_column_of_a_table(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.execute("CREATE TEMP TABLE things (id int, name text)")
    cur = await conn.execute("SELECT 'things'::regclass::oid::int")
    row = await cur.fetchone()
    column = await column_of(conn, b"SELECT name AS title FROM things")
    assert row == (column.table_oid,)
    assert column.table_column == 2


async def test_column_of_unknown_type(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.execute("CREATE TYPE pg_temp.mood AS ENUM ('sad', 'happy')")
    column = await column_of(conn, b"SELECT 'sad'::pg_temp.mood AS mood")
    assert column.type_display == str(column.type_code)
    assert (column.display_size, column.precision, column.scale) == (None, None, None)
    assert column.type_code not in (pgtwin.NUMBER, pgtwin.STRING)


async def test_type_groups(conn: pgtwin.AsyncConnection[Any]) -> None:
    assert (await column_of(conn, b"SELECT 1")).type_code == pgtwin.NUMBER
    assert (await column_of(conn, b"SELECT 'x'::text")).type_code == pgtwin.STRING
    assert (await column_of(conn, b"SELECT now()")).type_code == pgtwin.DATETIME
    assert (await column_of(conn, b"SELECT ''::bytea")).type_code == pgtwin.BINARY


async def test_column_is_kept(conn: pgtwin.AsyncConnection[Any]) -> None:
    column = await column_of(conn, b"SELECT 1.5::numeric(8, 3) AS price")
    await conn.close()
    copy = pickle.loads(pickle.dumps(column))
    assert tuple(copy) == tuple(column)
    assert copy.type_display == "numeric(8,3)"


async def test_name_in_another_encoding(conn: pgtwin.AsyncConnection[Any]) -> None:
    await conn.execute("SET client_encoding TO latin1")
    column = await column_of(conn, 'SELECT 1 AS "\xe9t\xe9"'.encode("latin1"))
    assert column.name == "\xe9t\xe9"


async def test_repr(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = conn.cursor()
    assert "Cursor [no result]" in repr(cur)
    assert "INTRANS" not in repr(cur)
    await cur.execute("SELECT 1")
    assert "[TUPLES_OK]" in repr(cur)
    assert "INTRANS" in repr(cur)
    await cur.close()
    assert "[closed]" in repr(cur)
    await conn.close()
    assert "CLOSED" in repr(cur)


async def test_weak_reference(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = await conn.execute("SELECT 1")
    reference = weakref.ref(cur)
    await cur.fetchall()
    del cur
    assert reference() is None


async def test_result_of_libpq(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = conn.cursor()
    assert cur.pgresult is None
    await cur.execute("SELECT 1")
    assert cur.pgresult is not None
    assert cur.pgresult.status == ExecStatus.TUPLES_OK
    await cur.close()
    assert cur.pgresult is None


async def test_format(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = conn.cursor()
    assert cur.format == Format.TEXT
    cur.format = Format.BINARY
    await cur.execute("SELECT 1::int4")
    assert cur.pgresult is not None
    assert cur.pgresult.fformat(0) == Format.BINARY
    assert await cur.fetchone() == (1,)
    await cur.executemany("SELECT %s::int4", [(2,)], returning=True)
    assert cur.pgresult.fformat(0) == Format.BINARY
    assert await cur.fetchone() == (2,)


async def test_setinputsizes_and_setoutputsize_do_nothing(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    cur = conn.cursor()
    cur.setinputsizes([1])
    cur.setoutputsize(1)
    cur.setoutputsize(1, 1)
    assert cur.arraysize == 1


async def test_cursor_without_cursor_method(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = pgtwin.AsyncCursor(conn, row_factory=dict_row)
    await cur.execute("SELECT 1 AS a")
    assert await cur.fetchone() == {"a": 1}
    assert await (await pgtwin.AsyncCursor(conn).execute("SELECT 1")).fetchone() == (1,)


class Counting(pgtwin.AsyncCursor[Any]):
    """A cursor of a user's own class: counts, and names what it executes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.executed: list[Any] = []

    async def execute(self, query: Any, params: Any = None, **kwargs: Any) -> Counting:
        self.executed.append(query)
        return await super().execute(query, params, **kwargs)


async def test_subclass(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, cursor_factory=Counting) as conn:
        cur = await conn.execute("SELECT %s", (1,))
        assert isinstance(cur, Counting)
        assert cur.executed == ["SELECT %s"]
        assert await cur.fetchone() == (1,)
        conn.cursor_factory = pgtwin.AsyncCursor
        assert type(conn.cursor()) is pgtwin.AsyncCursor
        async with conn.cursor("curs") as server_cursor:
            assert type(server_cursor) is pgtwin.AsyncServerCursor


class UpperLoader(Loader):
    """Loads a text in capitals."""

    def load(self, data: Any) -> Any:
        return bytes(data).decode().upper()


async def test_loader_after_the_result(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = await conn.execute("SELECT 'a'::text FROM generate_series(1, 3)")
    assert await cur.fetchone() == ("a",)
    cur.adapters.register_loader("text", UpperLoader)
    assert await cur.fetchone() == ("A",)
    await cur.scroll(0, mode="absolute")
    assert await cur.fetchall() == [("A",)] * 3


async def test_row_factory_without_result(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = conn.cursor(row_factory=dict_row)
    await cur.execute("CREATE TEMP TABLE things (id int)")
    assert cur.row_factory is dict_row
    cur2: pgtwin.AsyncCursor[Any] = cur
    cur2.row_factory = tuple_row
    with pytest.raises(e.ProgrammingError):
        await cur2.fetchone()


async def test_results_of_nothing(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = conn.cursor()
    assert [each async for each in cur.results()] == []
    assert cur.nextset() is None
    with pytest.raises(IndexError):
        await cur.set_result(0)
