# tasks: turns
import asyncio
from collections.abc import Awaitable


class Source:
    async def read(self): ...

    def read_all(self, *others):
        return asyncio.gather(self.read(), *others)

    def pending(self, key) -> Awaitable[int]:
        return self.futures[key]


class Started(Source):
    def read(self):
        task = asyncio.create_task(super().read())
        return task


def start(source):
    return asyncio.create_task(source.read())

# ---- twin ----

# tasks: turns

from twin_runtime.turns.dynamic_calls import deferred, later, returns_awaitable
from twin_runtime.turns.entry_points import entry
from twin_runtime.turns.task_creation import create_task
from twin_runtime.turns.waiting import gather


class Source:
    @entry
    def read(self): ...

    @returns_awaitable
    def read_all(self, *others):
        return gather(deferred(self.read), *others)

    @returns_awaitable
    def pending(self, key) -> int:
        return self.futures[key]


class Started(Source):
    @returns_awaitable
    def read(self):
        task = create_task(later(super().read))
        return task


def start(source):
    return create_task(deferred(source.read))
