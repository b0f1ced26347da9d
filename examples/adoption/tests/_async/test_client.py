"""What the client promises, on a server that does harm."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from cachette import AsyncClient, AsyncRate, CacheError, OutcomeUnknown

from .server import Server, running


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
async def client(server: Server) -> AsyncIterator[AsyncClient]:
    async with (
        running(server) as port,
        AsyncClient(port=port, connections=2, timeout=60, pause=0.01) as made,
    ):
        yield made


async def test_values(client: AsyncClient) -> None:
    assert await client.get("a") is None
    await client.set("a", b"1\r\n2")
    await client.set("b", b"")
    assert await client.get_many(["a", "b", "c"]) == {"a": b"1\r\n2", "b": b""}
    await client.delete("a")
    await client.delete("a")
    assert await client.get("a") is None


async def test_lost_connection(client: AsyncClient, server: Server) -> None:
    await client.set("a", b"1")
    server.lost = 2
    assert await client.get("a") == b"1"
    assert server.asked == [b"set", b"get", b"get", b"get"]
    assert server.connections == 3


async def test_gives_up(client: AsyncClient, server: Server) -> None:
    server.lost = 3
    with pytest.raises(CacheError, match="no answer in 3 attempts"):
        await client.set("a", b"1")
    assert await client.get("a") == b"1"


async def test_increment_is_not_repeated(client: AsyncClient, server: Server) -> None:
    await client.set("n", b"1")
    server.lost = 1
    with pytest.raises(OutcomeUnknown):
        await client.increment("n")
    assert await client.increment("n", 5) == 7
    with pytest.raises(KeyError):
        await client.increment("other")


async def test_deadline(server: Server) -> None:
    async with (
        running(server) as port,
        AsyncClient(port=port, timeout=0.3, pause=0.01) as client,
    ):
        server.answering.clear()
        began = time.monotonic()
        with pytest.raises(CacheError, match="no answer"):
            await client.get("a")
        assert 0.9 <= time.monotonic() - began < 60
        server.answering.set()


async def test_few_connections(client: AsyncClient, server: Server) -> None:
    server.answering.clear()
    setting = [asyncio.create_task(client.set(f"key-{n}", b"x")) for n in range(6)]
    patience = time.monotonic() + 60
    while len(server.asked) < 2:
        assert time.monotonic() < patience
        await asyncio.sleep(0.01)
    server.answering.set()
    for each in setting:
        await each
    assert len(server.values) == 6
    assert server.connections == 2


async def test_rate(server: Server) -> None:
    async with (
        running(server) as port,
        AsyncClient(port=port, timeout=60, rate=AsyncRate(5, 0.2)) as client,
    ):
        began = time.monotonic()
        await asyncio.gather(*[client.get("a") for _ in range(6)])
        assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize("key", ["", "two words", "new\r\nline", "x" * 251])
async def test_no_key(client: AsyncClient, server: Server, key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        await client.set(key, b"1")
    assert not server.asked
