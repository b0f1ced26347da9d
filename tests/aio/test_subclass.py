"""Connections and cursors of classes that users derive."""

from __future__ import annotations

from typing import Any

import pytest

import pgtwin
from pgtwin import pq
from pgtwin.rows import dict_row, scalar_row, tuple_row
from pgtwin.types.string import StrDumper

QUERY = "SELECT 1 AS a"


class Keyword(pgtwin.AsyncConnection[Any]):
    """Sets a keyword, as psycopg's documentation shows it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["row_factory"] = dict_row
        super().__init__(*args, **kwargs)


class Default(pgtwin.AsyncConnection[Any]):
    """Has another default."""

    def __init__(self, pgconn: Any, row_factory: Any = dict_row) -> None:
        super().__init__(pgconn, row_factory)


class OneArgument(pgtwin.AsyncConnection[Any]):
    """Takes what `connect()` must give, and nothing else."""

    def __init__(self, pgconn: Any) -> None:
        assert pgconn.transaction_status == pq.TransactionStatus.IDLE
        super().__init__(pgconn, row_factory=dict_row)


class Attribute(pgtwin.AsyncConnection[Any]):
    """Sets an attribute when it has been made."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row_factory = dict_row


@pytest.mark.parametrize("cls", [Keyword, Default, OneArgument, Attribute])
async def test_row_factory(cls: type[pgtwin.AsyncConnection[Any]], dsn: str) -> None:
    async with cls.connect(dsn) as conn:
        assert type(conn) is cls
        cur = await conn.execute(QUERY)
        assert await cur.fetchone() == {"a": 1}


@pytest.mark.parametrize("cls", [Keyword, Default, OneArgument, Attribute])
async def test_what_is_given_counts(
    cls: type[pgtwin.AsyncConnection[Any]], dsn: str
) -> None:
    async with cls.connect(dsn, row_factory=scalar_row) as conn:
        cur = await conn.execute(QUERY)
        assert await cur.fetchone() == 1


class Cursor(pgtwin.AsyncCursor[Any]):
    """A cursor of a user's own class, with rows of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["row_factory"] = dict_row
        super().__init__(*args, **kwargs)


class ServerCursor(pgtwin.AsyncServerCursor[Any]):
    """A server-side cursor of a user's own class."""


class Settings(pgtwin.AsyncConnection[Any]):
    """Sets all that `connect()` may set too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cursor_factory = Cursor
        self.server_cursor_factory = ServerCursor
        self.prepared_max = 7
        self.command_timeout = 60
        self.prepare_threshold = 3


async def test_settings_of_the_class(dsn: str) -> None:
    async with Settings.connect(dsn) as conn:
        assert type(conn.cursor()) is Cursor
        assert conn.server_cursor_factory is ServerCursor
        assert conn.prepared_max == 7
        assert conn.command_timeout == 60
        # As psycopg's connect(), which sets it in any case.
        assert conn.prepare_threshold == 5
        cur = await conn.execute(QUERY)
        assert await cur.fetchone() == {"a": 1}


async def test_settings_that_are_given(dsn: str) -> None:
    async with Settings.connect(
        dsn,
        cursor_factory=pgtwin.AsyncCursor,
        server_cursor_factory=pgtwin.AsyncServerCursor,
        prepared_max=None,
        command_timeout=30,
        prepare_threshold=None,
    ) as conn:
        assert type(conn.cursor()) is pgtwin.AsyncCursor
        assert conn.server_cursor_factory is pgtwin.AsyncServerCursor
        assert conn.prepared_max is None
        assert conn.command_timeout == 30
        assert conn.prepare_threshold is None


async def test_cursor_class(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, cursor_factory=Cursor) as conn:
        rows: list[Any] = await (await conn.execute(QUERY)).fetchall()
        assert rows == [{"a": 1}]


class NameDumper(StrDumper):
    """Dumps strings as names."""

    oid = pgtwin.adapters.types["name"].oid


async def test_context_after_init(dsn: str, other: pgtwin.AsyncConnection[Any]) -> None:
    class Adapting(pgtwin.AsyncConnection[Any]):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.adapters.register_dumper(str, NameDumper)

    query = "SELECT pg_typeof(%s)::text"
    async with Adapting.connect(dsn, row_factory=scalar_row) as conn:
        assert await (await conn.execute(query, ("a",))).fetchone() == "name"
        other.adapters.register_dumper(str, StrDumper)
        async with Adapting.connect(dsn, context=other) as plain:
            cur = await plain.execute(query, ("a",))
            assert await cur.fetchone() == ("text",)
        async with pgtwin.AsyncConnection.connect(dsn, context=conn) as same:
            cur = await same.execute(query, ("a",))
            assert await cur.fetchone() == ("name",)


class Wrapped(pgtwin.AsyncConnection[Any]):
    """Does something when it has been connected."""

    answer = 0

    @classmethod
    async def connect(cls, conninfo: str = "", **kwargs: Any) -> Any:  # type: ignore[override, unused-ignore]  # pyright: ignore
        conn: Any = await super().connect(conninfo, **kwargs)
        conn.answer = 42
        return conn


async def test_connect_overridden(dsn: str) -> None:
    async with await Wrapped.connect(dsn, row_factory=tuple_row) as conn:
        assert type(conn) is Wrapped
        assert conn.answer == 42
        assert await (await conn.execute(QUERY)).fetchone() == (1,)


async def test_init_that_fails(dsn: str, other: pgtwin.AsyncConnection[Any]) -> None:
    pids: list[int] = []

    class Refusing(pgtwin.AsyncConnection[Any]):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            pids.append(self.info.backend_pid)
            raise ValueError("not this one")

    with pytest.raises(ValueError, match="not this one"):
        await Refusing.connect(dsn)
    query = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)"
    while await (await other.execute(query, (pids,))).fetchone() != (0,):
        pass


async def test_connection_of_a_libpq_handle(dsn: str) -> None:
    pgconn = pq.PGconn.connect(dsn.encode())
    async with pgtwin.AsyncConnection(pgconn) as conn:
        assert conn.pgconn is pgconn
        assert await (await conn.execute(QUERY)).fetchone() == (1,)
    assert conn.closed
