# tasks: turns
import asyncio


class Pool:
    def __init__(self):
        self.idle = []

    async def get(self):
        return self.idle.pop() if self.idle else await self._open()

    async def _open(self): ...

    def put(self, connection):
        self.idle.append(connection)

    async def drain(self):
        while self.idle:
            yield self.idle.pop()


def started(pool: Pool):
    return asyncio.ensure_future(pool.get())


def got(pool: Pool):
    return pool.get()

# ---- twin ----

# tasks: turns

from twin_runtime.turns.dynamic_calls import later, returns_awaitable
from twin_runtime.turns.entry_points import entry, guarded
from twin_runtime.turns.function_kinds import coroutine
from twin_runtime.turns.generators import generator
from twin_runtime.turns.task_creation import ensure_future


class Pool:
    def __init__(self):
        self.idle = []

    @entry
    def get(self):
        return self.idle.pop() if self.idle else self._open()

    @coroutine
    def _open(self): ...

    @guarded
    def put(self, connection):
        self.idle.append(connection)

    @generator
    def drain(self):
        while self.idle:
            yield self.idle.pop()


def started(pool: Pool):
    return ensure_future(later(pool.get))


@returns_awaitable
def got(pool: Pool):
    return later(pool.get)
