"""What libraries for psycopg ask of the connections and cursors that they are given."""

from __future__ import annotations

import copy
import pickle
import weakref
from typing import Any

import psycopg
import psycopg.types.composite
import psycopg.types.enum
import psycopg.types.multirange
import psycopg.types.range
import pytest

import pgtwin
from pgtwin import sql
from pgtwin.client_cursor import ClientCursorMixin
from pgtwin.raw_cursor import RawCursorMixin
from pgtwin.rows import dict_row


class Mine(pgtwin.AsyncConnection[Any]):
    """A class of a user's, which looks at itself by `__class__`."""

    opened = 0
    heard: list[type] = []  # noqa: RUF012

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        Mine.heard.append(cls)

    def count(self) -> str:
        self.__class__.opened += 1
        return self.__class__.__name__


def is_theirs(conn: Any) -> bool:
    """Ask as a library does."""
    return isinstance(conn, psycopg.AsyncConnection)


async def test_connection_is_an_instance_of_psycopgs_class(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    seen: Any = conn
    assert is_theirs(conn)
    assert isinstance(seen, psycopg.BaseConnection)
    assert isinstance(seen, pgtwin.AsyncConnection)
    assert isinstance(seen, pgtwin.BaseConnection)
    assert not isinstance(seen, psycopg.AsyncCursor)
    assert type(conn) is pgtwin.AsyncConnection
    assert not issubclass(pgtwin.AsyncConnection, psycopg.AsyncConnection)
    assert conn.__class__ == pgtwin.AsyncConnection
    assert {pgtwin.AsyncConnection: 1}[conn.__class__] == 1
    assert repr(conn).startswith("<pgtwin.")
    proxy: Any = weakref.proxy(conn)
    assert is_theirs(proxy)
    assert isinstance(proxy, pgtwin.AsyncConnection)


async def test_other_form_is_not_seen(conn: pgtwin.AsyncConnection[Any]) -> None:
    theirs = {psycopg.Connection, psycopg.AsyncConnection}
    seen: Any = conn
    assert {cls for cls in theirs if isinstance(seen, cls)} == {psycopg.AsyncConnection}
    assert not isinstance(seen, pgtwin.Connection)  # twingen: async-only


async def test_own_class(dsn: str) -> None:
    async with Mine.connect(dsn) as conn:
        assert is_theirs(conn)
        assert conn.count() == "Mine"
        assert Mine.opened == 1
        assert Mine.heard == []
        del conn.__class__.opened
        assert "opened" not in vars(Mine)
        Mine.opened = 0
        async with conn.__class__.connect(dsn) as other:
            assert type(other) is Mine
            assert isinstance(other, conn.__class__)
        assert issubclass(Mine, conn.__class__)


async def test_class_is_set(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        conn.__class__ = Mine
        assert type(conn) is Mine
        assert is_theirs(conn)


async def test_connection_cannot_be_copied_for_libraries(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    for function in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="cannot be copied or pickled"):
            function(conn)


@pytest.fixture
async def mood(conn: pgtwin.AsyncConnection[Any]) -> str:
    """The name of a new enumeration, beside which there is a composite type."""
    await conn.execute("CREATE TYPE pg_temp.mood AS ENUM ('sad', 'ok')")
    await conn.execute("CREATE TYPE pg_temp.spot AS (x int, y pg_temp.mood)")
    await conn.commit()
    return "mood"


async def test_types_by_psycopg(conn: pgtwin.AsyncConnection[Any], mood: str) -> None:
    given: Any = conn
    info = await psycopg.types.TypeInfo.fetch(given, "text")
    assert type(info) is psycopg.types.TypeInfo
    assert (info.name, info.oid, info.array_oid) == ("text", 25, 1009)
    enum = await psycopg.types.enum.EnumInfo.fetch(given, mood)
    assert enum is not None
    assert list(enum.labels) == ["sad", "ok"]
    spot = await psycopg.types.composite.CompositeInfo.fetch(given, "spot")
    assert spot is not None
    assert list(spot.field_names) == ["x", "y"]
    assert list(spot.field_types) == [23, enum.oid]
    name = sql.Identifier("int4range")
    range_info = await psycopg.types.range.RangeInfo.fetch(given, name)
    assert range_info is not None
    assert range_info.subtype_oid == 23
    multi = await psycopg.types.multirange.MultirangeInfo.fetch(given, "int4multirange")
    assert multi is not None
    assert multi.range_oid == range_info.oid
    assert await psycopg.types.TypeInfo.fetch(given, "missing") is None
    assert conn.info.transaction_status == pgtwin.pq.TransactionStatus.IDLE

    psycopg.types.enum.register_enum(enum, given)
    cur = await conn.execute("SELECT 'ok'::pg_temp.mood")
    row = await cur.fetchone()
    assert row is not None
    assert row[0].name == "ok"


async def test_own_class_of_types(conn: pgtwin.AsyncConnection[Any]) -> None:
    class Info(psycopg.types.TypeInfo):
        pass

    given: Any = conn
    info = await Info.fetch(given, "int8")
    assert type(info) is Info
    assert info.oid == 20


@pytest.mark.needs_readers
async def test_types_of_psycopgs_connections(dsn: str) -> None:
    async with await psycopg.AsyncConnection.connect(dsn) as conn:
        info = await psycopg.types.TypeInfo.fetch(conn, "int8")
        assert info is not None
        assert info.oid == 20
        ours = await pgtwin.types.TypeInfo.fetch(conn, "int8")
        assert type(ours) is pgtwin.types.TypeInfo


async def test_types_of_others() -> None:
    other: Any = "dbname=test"
    with pytest.raises(TypeError, match="expected Connection or AsyncConnection"):
        await psycopg.types.TypeInfo.fetch(other, "int8")


async def last(cur: Any) -> tuple[bytes, Any] | None:
    """Return what a library for psycopg takes from `_query`."""
    return cur._query and (cur._query.query, cur._query.params)


async def test_query_of_cursor(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = conn.cursor()
    assert await last(cur) is None
    await cur.execute("SELECT %s", ["a"])
    assert await last(cur) == (b"SELECT $1", [b"a"])
    for number in range(10):  # prepared by then
        await cur.execute("SELECT %s::text", (str(number),))
    assert await last(cur) == (b"SELECT $1::text", [b"9"])
    await cur.execute("SELECT '%s'")
    assert await last(cur) == (b"SELECT '%s'", None)
    with pytest.raises(pgtwin.errors.DivisionByZero):
        await cur.execute("SELECT 1 / %s::int", (0,))
    found = await last(cur)
    assert found is not None
    assert found[0] == b"SELECT 1 / $1::int"
    await conn.rollback()
    with pytest.raises(pgtwin.ProgrammingError):
        await cur.execute("SELECT %s", (1, 2))
    assert await last(cur) is None
    await cur.executemany("SELECT %s", [(1,)])
    assert await last(cur) is None


async def test_query_of_client_cursor(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = pgtwin.AsyncClientCursor(conn)
    await cur.execute("SELECT %s, %s", ["it's", 1])
    assert await last(cur) == (b"SELECT 'it''s', 1", None)
    await cur.close()
    assert await last(cur) == (b"SELECT 'it''s', 1", None)


async def test_query_of_server_cursor(conn: pgtwin.AsyncConnection[Any]) -> None:
    async with pgtwin.AsyncServerCursor(conn, "c") as cur:
        await cur.execute("SELECT %s::int", [1])
        found = await last(cur)
        assert found is not None
        assert found[0] == b'DECLARE "c" CURSOR FOR SELECT $1::int'


class MergingServerCursor(ClientCursorMixin[Any, Any], pgtwin.AsyncServerCursor[Any]):
    """As Django makes it: a server-side cursor without parameters to send."""


class RawServerCursor(RawCursorMixin[Any, Any], pgtwin.AsyncServerCursor[Any]):
    """A server-side cursor for `$1`."""


async def test_mixins(conn: pgtwin.AsyncConnection[Any]) -> None:
    async with MergingServerCursor(conn, "c", row_factory=dict_row) as cur:
        await cur.execute("SELECT %s AS a, %s AS b", ["x%", 1])
        assert await cur.fetchall() == [{"a": "x%", "b": 1}]
        assert cur.mogrify("SELECT %s", [None]) == "SELECT NULL"
        found = await last(cur)
        assert found == (b"DECLARE \"c\" CURSOR FOR SELECT 'x%' AS a, 1 AS b", ())
        with pytest.raises(pgtwin.NotSupportedError):
            await cur.execute("SELECT 1", binary=True)
    async with RawServerCursor(conn, "c") as raw:
        await raw.execute("SELECT $1::int + 1", [1])
        assert await raw.fetchone() == (2,)
    assert issubclass(pgtwin.AsyncClientCursor, ClientCursorMixin)
    assert issubclass(pgtwin.AsyncRawCursor, RawCursorMixin)
