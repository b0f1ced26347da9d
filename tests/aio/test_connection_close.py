"""Connections that are closed or forgotten, and what they leave behind."""

from __future__ import annotations

import gc
import socket

import pytest

import pgtwin
from pgtwin import errors as e


async def test_close_twice(dsn: str) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn)
    await conn.close()
    await conn.close()
    assert conn.closed
    assert not conn.broken


async def test_failed_connect_leaves_no_descriptor(closed_port: int) -> None:
    async def lowest_free() -> int:
        with socket.socket() as probe:
            return probe.fileno()

    with pytest.raises(e.OperationalError):
        await pgtwin.AsyncConnection.connect(f"host=127.0.0.1 port={closed_port}")
    before = await lowest_free()
    for _ in range(5):
        with pytest.raises(e.OperationalError):
            await pgtwin.AsyncConnection.connect(f"host=127.0.0.1 port={closed_port}")
    gc.collect()
    assert await lowest_free() == before


async def test_close_leaves_no_descriptor(dsn: str) -> None:
    async def lowest_free() -> int:
        with socket.socket() as probe:
            return probe.fileno()

    async with pgtwin.AsyncConnection.connect(dsn):
        pass
    before = await lowest_free()
    for _ in range(5):
        async with pgtwin.AsyncConnection.connect(dsn) as conn:
            await conn.execute("SELECT 1")
    assert await lowest_free() == before


async def test_forgotten_connection_warns(dsn: str) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn)
    with pytest.warns(ResourceWarning, match="forgotten"):
        del conn


async def test_closed_connection(dsn: str) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn)
    cur = conn.cursor()
    await conn.close()
    with pytest.raises(e.OperationalError, match="closed"):
        await conn.execute("SELECT 1")
    with pytest.raises(e.OperationalError, match="closed"):
        await cur.execute("SELECT 1")
    with pytest.raises(e.OperationalError, match="closed"):
        conn.cursor()
    with pytest.raises(e.OperationalError, match="closed"):
        await conn.commit()
    with pytest.raises(e.OperationalError, match="closed"):
        await conn.rollback()
    with pytest.raises(e.OperationalError, match="closed"):
        conn.fileno()
    with pytest.raises(e.OperationalError, match="closed"):
        async with conn.transaction():
            pytest.fail("entered a transaction on a closed connection")
    with pytest.raises(e.OperationalError, match="closed"):
        async for _ in conn.notifies(timeout=1):
            pytest.fail("notified by a closed connection")
    assert not conn.broken


async def test_fetch_after_connection_closed(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        cur = await conn.execute("SELECT generate_series(1, 3)")
    assert await cur.fetchall() == [(1,), (2,), (3,)]
