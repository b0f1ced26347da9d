# tasks: turns
"""Plain functions whose results are waited for, called by users and by coroutines."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable


class Jobs:
    def __init__(self) -> None:
        self.pending: dict[int, asyncio.Future[int]] = {}

    async def one(self, x: int) -> int:
        await asyncio.sleep(0)
        return x

    def many(self, *xs: int) -> asyncio.Future[list[int]]:
        return asyncio.gather(*(self.one(x) for x in xs))

    def kept(self, key: int) -> Awaitable[int]:
        if key not in self.pending:
            self.pending[key] = asyncio.ensure_future(self.one(key))
        return self.pending[key]

    def collect(self, xs: list[int]) -> Awaitable[list[int]]:
        return shared(self.one(x) for x in xs)


class Started(Jobs):
    def one(self, x: int) -> asyncio.Task[int]:
        task = asyncio.create_task(super().one(x))
        return task


async def shared(awaitables) -> list[int]:
    return [await each for each in awaitables]


async def example_generator_expression():
    return await Started().collect([5, 6])


async def example_inside():
    for jobs in (Jobs(), Started()):
        made = jobs.kept(1)
        print(made is jobs.kept(1), asyncio.isfuture(made), await made)
        group = jobs.many(2, 3)
        print(asyncio.isfuture(group), group.done(), await group)
        print(await jobs.one(4), await asyncio.wait_for(jobs.one(5), 5))
    return asyncio.isfuture(Started().one(6))


class Countdown:
    """Plain methods of the protocols of `async for` and `async with`."""

    def __init__(self, number):
        self.number = number

    def __aiter__(self):
        return self

    def __anext__(self):
        return self._next()

    async def _next(self):
        await asyncio.sleep(0)
        if not self.number:
            raise StopAsyncIteration
        self.number -= 1
        return self.number


class Futures:
    def __init__(self):
        self.number = 0

    def __aiter__(self):
        return self

    def __anext__(self):
        future = asyncio.get_running_loop().create_future()
        self.number += 1
        if self.number > 2:
            future.set_exception(StopAsyncIteration())
        else:
            future.set_result(self.number)
        return future

    def __aenter__(self):
        return asyncio.create_task(Jobs().one(self.number))

    def __aexit__(self, kind, error, traceback):
        return asyncio.shield(Jobs().one(kind is not None))


async def example_protocols():
    print([x async for x in Countdown(3)], [x async for x in Futures()])
    async with Futures() as number:
        print(number)
    async with Futures():
        raise ValueError
    countdown = Countdown(1)
    made = asyncio.ensure_future(countdown.__anext__())
    return await made, await anext(countdown, "end")
