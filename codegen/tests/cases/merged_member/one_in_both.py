from collections.abc import AsyncIterable
from contextlib import AsyncExitStack

import httpx


class Client(httpx.AsyncClient):
    async def aclose(self):
        await super().aclose()


class Auth(httpx.Auth):
    async def async_auth_flow(self, request):
        yield request


class Stack(AsyncExitStack):
    async def aclose(self):
        await super().aclose()


class Rows(AsyncIterable[int]):
    async def __aiter__(self):
        yield 1


class Pool:
    def __init__(self):
        self.close = self.aclose

    async def aclose(self): ...

# ---- twin ----
from collections.abc import Iterable
from contextlib import ExitStack

import httpx


class Client(httpx.Client):
    def close(self):
        super().close()


class Auth(httpx.Auth):
    def sync_auth_flow(self, request):
        yield request


class Stack(ExitStack):
    def close(self):
        super().close()


class Rows(Iterable[int]):
    def __iter__(self):
        yield 1


class Pool:
    def __init__(self):
        self.close = self.close

    def close(self): ...
