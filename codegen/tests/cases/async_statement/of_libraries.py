# tasks: turns
import asyncio
from contextlib import asynccontextmanager

import httpx
import redis.asyncio
from websockets.asyncio.client import ClientConnection, connect


async def rows():
    yield 1


@asynccontextmanager
async def scope():
    yield


class Own:
    async def __aenter__(self): ...
    async def __aexit__(self, *exc_info): ...
    def __aiter__(self): ...
    async def __anext__(self): ...


async def known(socket: ClientConnection, client: httpx.AsyncClient):
    async for message in socket:
        print(message)
    async with connect("ws://localhost") as connection, client:
        print([message async for message in connection])
    async with client.stream("GET", "/") as response:
        print(response.status_code)
    cache = redis.asyncio.Redis()
    async for key in cache.scan_iter():
        print(key)


async def unknown(pool, source):
    async with pool.connection(1) as connection, (await pool.lock()), pool:
        async for row in connection:
            print(row)
    async for row in aiter(source):
        print(row)


async def of_the_sources(lock: asyncio.Lock):
    own = Own()
    async with scope(), lock, own, Own(), asyncio.timeout(1):
        async for row in own:
            print([each async for each in rows()])
    await asyncio.gather()

# ---- twin ----

# tasks: turns

import httpx
import redis
from websockets.sync.client import ClientConnection, connect

from twin_runtime.turns.dynamic_calls import await_, awaited
from twin_runtime.turns.entry_points import entry
from twin_runtime.turns.function_kinds import iter_method
from twin_runtime.turns.generator_managers import contextmanager as _contextmanager
from twin_runtime.turns.generators import generator
from twin_runtime.turns.iterators import aiter as _aiter, next_method
from twin_runtime.turns.library_waits import (
    blocking_each,
    blocking_entering,
    blocking_opening,
    each_of,
    entering,
    opening,
)
from twin_runtime.turns.locks import Lock
from twin_runtime.turns.timeouts import timeout
from twin_runtime.turns.waiting import gather


@generator
def rows():
    yield 1


@_contextmanager
@generator
def scope():
    yield


class Own:
    @entry
    def __enter__(self): ...
    @entry
    def __exit__(self, *exc_info): ...
    @iter_method
    def __iter__(self): ...
    @next_method
    def __next__(self): ...


@entry
def known(socket: ClientConnection, client: httpx.Client):
    for message in blocking_each(socket):
        print(message)
    with blocking_opening(connect, "ws://localhost") as connection, blocking_entering(
        client
    ):
        print([message for message in each_of(connection)])
    with blocking_opening(client.stream, "GET", "/") as response:
        print(response.status_code)
    cache = redis.Redis()
    for key in blocking_each(cache.scan_iter()):
        print(key)


@entry
def unknown(pool, source):
    with opening(pool.connection, 1) as connection, entering(
        awaited(pool.lock)
    ), entering(pool):
        for row in each_of(connection):
            print(row)
    for row in each_of(_aiter(source)):
        print(row)


@entry
def of_the_sources(lock: Lock):
    own = Own()
    with scope(), lock, own, Own(), timeout(1):
        for row in own:
            print([each for each in rows()])
    await_(gather())
