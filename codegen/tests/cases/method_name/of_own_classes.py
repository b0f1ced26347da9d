# method: AsyncClient.a* = *
# method: AsyncClient.stream_async = stream
# renames: Async* = *
from contextlib import asynccontextmanager


class AsyncClient:
    """Its `aget` awaits."""

    def add(self): ...

    async def aget(self, key):
        return key

    @asynccontextmanager
    async def aopen(self):
        yield await self.aget(1)

    async def aiter(self):
        yield 1

    def stream_async(self): ...

    afetch = aget


class Special(AsyncClient):
    async def aget(self, key):
        return await super().aget(key)

    async def arest(self): ...


class Other:
    async def arun(self): ...


async def f(client: AsyncClient, special: Special, other: Other, unknown):
    await client.aget(1)
    await special.aget(client.add())
    await special.arest()
    await other.arun()
    await AsyncClient.aget(special, 2)
    async with client.aopen():
        client.stream_async()
    await unknown.aget(3)
    await unknown.arun()

# ---- twin ----
# method: Client.a* = *
# method: Client.stream_async = stream
# renames: Async* = *
from contextlib import contextmanager


class Client:
    """Its `aget` awaits."""

    def add(self): ...

    def get(self, key):
        return key

    @contextmanager
    def open(self):
        yield self.get(1)

    def iter(self):
        yield 1

    def stream(self): ...

    afetch = get


class Special(Client):
    def get(self, key):
        return super().get(key)

    def arest(self): ...


class Other:
    def arun(self): ...


def f(client: Client, special: Special, other: Other, unknown):
    client.get(1)
    special.get(client.add())
    special.arest()
    other.arun()
    Client.get(special, 2)
    with client.open():
        client.stream()
    unknown.get(3)
    unknown.arun()
