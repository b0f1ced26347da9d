"""Functions that start a task, which others are given, keep or decorate with."""

import asyncio
import functools
from collections.abc import Awaitable
from typing import Optional


async def work(n):
    return n


def start(n) -> Awaitable[int]:
    return asyncio.create_task(work(n))


def perhaps(n) -> "Optional[asyncio.Task[int]]":
    raise NotImplementedError


async def call(function, n, *, other=None):
    return await function(n), await other(n)


def background(name=None):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args):
            return asyncio.create_task(function(*args))

        return wrapper

    return decorate


def later():
    return lambda n: asyncio.create_task(work(n))


class Jobs:
    def __init__(self, factory):
        self.factory = factory
        self.running = {}
        self.hooks = []

    def get(self, n):
        if n not in self.running:
            self.running[n] = asyncio.create_task(work(n))
        return self.running[n]

    def find(self, n):
        found = self.running.get(n)
        if found is None:
            found = self.running[n] = asyncio.create_task(work(n))
        return found

    def add(self, hook):
        self.hooks.append(hook)

    @background()
    async def decorated(self): ...

    async def main(self):
        await self.get(1)
        await self.find(1)
        await self.factory(1)
        await self.decorated()
        for hook in self.hooks:
            await hook(1)


async def main():
    await call(start, 1, other=work)
    await start(1)
    await perhaps(1)
    await later()(1)
    await Jobs(start).main()
    Jobs(work).add(start)

# ---- refused ----
# 22:18: TW101 await_expression: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`; or await it inside the function: `async def f(): return await start()`
# 64:15: TW101 await_expression: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`
# 65:15: TW101 await_expression: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`
# 66:15: TW101 await_expression: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`; or await it inside the function: `async def f(): return await start()`
# 67:15: TW101 await_expression: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`
# 69:19: TW101 await_expression: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`; or await it inside the function: `async def f(): return await start()`
# 74:11: TW101 await_expression: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`
# 75:11: TW101 await_expression: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`
# 76:11: TW101 await_expression: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`
