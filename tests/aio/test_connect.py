"""Connections that are opened, with settings of all kinds."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import pgtwin
from pgtwin import errors as e
from pgtwin.conninfo import conninfo_to_dict, make_conninfo
from pgtwin.rows import dict_row


async def test_connect(dsn: str) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn)
    try:
        assert not conn.closed
        assert not conn.broken
        cur = await conn.execute("SELECT 1")
        assert await cur.fetchone() == (1,)
    finally:
        await conn.close()
    assert conn.closed
    assert not conn.broken


async def test_connect_as_block(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        assert isinstance(conn, pgtwin.AsyncConnection)
        cur = await conn.execute("SELECT 1")
        assert await cur.fetchone() == (1,)
    assert conn.closed


async def test_connect_then_block(dsn: str) -> None:
    async with await pgtwin.AsyncConnection.connect(dsn) as conn:
        assert not conn.closed
    assert conn.closed
    conn = await pgtwin.AsyncConnection.connect(dsn)
    async with conn:
        assert not conn.closed
    assert conn.closed


async def test_connect_in_a_task(dsn: str) -> None:
    opening: asyncio.Task[pgtwin.AsyncConnection[Any]] = asyncio.create_task(
        pgtwin.AsyncConnection.connect(dsn)
    )
    async with await opening as conn:
        cur = await conn.execute("SELECT 1")
        assert await cur.fetchone() == (1,)


async def test_subclass(dsn: str) -> None:
    class Mine(pgtwin.AsyncConnection[Any]):
        pass

    async with Mine.connect(dsn) as conn:
        assert type(conn) is Mine


async def test_keywords(dsn: str) -> None:
    params: dict[str, Any] = conninfo_to_dict(dsn)
    async with pgtwin.AsyncConnection.connect(
        **params,
        application_name="from keywords",
        autocommit=True,
        prepare_threshold=None,
        row_factory=dict_row,
    ) as conn:
        assert conn.autocommit is True
        assert conn.prepare_threshold is None
        cur = await conn.execute("SELECT current_setting('application_name') AS name")
        assert await cur.fetchone() == {"name": "from keywords"}


async def test_keyword_wins_over_conninfo(dsn: str) -> None:
    conninfo = make_conninfo(dsn, application_name="from conninfo")
    async with pgtwin.AsyncConnection.connect(
        conninfo, application_name="from keyword"
    ) as conn:
        assert conn.info.parameter_status("application_name") == "from keyword"


async def test_cursor_factory(dsn: str) -> None:
    class Mine(pgtwin.AsyncCursor[Any]):
        pass

    async with pgtwin.AsyncConnection.connect(dsn, cursor_factory=Mine) as conn:
        assert type(conn.cursor()) is Mine
        assert type(await conn.execute("SELECT 1")) is Mine


async def test_server_cursor_factory(dsn: str) -> None:
    class Mine(pgtwin.AsyncServerCursor[Any]):
        pass

    async with pgtwin.AsyncConnection.connect(dsn, server_cursor_factory=Mine) as conn:
        cur = conn.cursor("mine")
        assert type(cur) is Mine
        await cur.close()


async def test_prepared_max(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, prepared_max=None) as conn:
        assert conn.prepared_max is None
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        assert conn.prepared_max == 100


async def test_adapters_of_the_context(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as first:
        text_loader = first.adapters.get_loader(25, pgtwin.pq.Format.TEXT)
        assert text_loader is not None
        first.adapters.register_loader("int4", text_loader)
        async with pgtwin.AsyncConnection.connect(dsn, context=first) as conn:
            cur = await conn.execute("SELECT 1")
            assert await cur.fetchone() == ("1",)


async def test_ssl_is_passed_on(tcp_dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(tcp_dsn, sslmode="disable") as conn:
        assert not conn.pgconn.ssl_in_use
    with pytest.raises(e.OperationalError, match=r"root\.crt|SSL"):
        await pgtwin.AsyncConnection.connect(
            tcp_dsn, sslmode="verify-ca", sslrootcert="/nowhere/root.crt"
        )
