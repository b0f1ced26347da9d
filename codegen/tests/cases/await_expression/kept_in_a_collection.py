import asyncio
from collections import deque


async def work(x=0):
    return x


class Store:
    async def pop(self): ...

    async def get(self): ...


class Jobs:
    def __init__(self):
        self.running: dict[str, asyncio.Task[int]] = {}

    async def one(self, name):
        self.running[name] = asyncio.create_task(work())
        await self.running.get(name)
        return await self.running.pop(name)


async def main(queue: asyncio.Queue, store: Store, other, waiting: deque):
    tasks = [asyncio.create_task(work())]
    await next(iter(tasks))
    await tasks.pop()
    await waiting.popleft()
    await queue.get()
    await store.pop()
    await other.get()
    await asyncio.gather(queue.get_nowait(), other.setdefault(1, tasks[0]))
    await getattr(store, "task")


# ---- refused ----
# 21:15: TW101 await_expression: this call takes a task or a future from a collection, and it has already started
#   help: keep it first: `task: asyncio.Task[...] = tasks.pop()`, then `await task`
# 22:22: TW101 await_expression: this call takes a task or a future from a collection, and it has already started
#   help: keep it first: `task: asyncio.Task[...] = tasks.pop()`, then `await task`
# 27:11: TW101 await_expression: this call takes a task or a future from a collection, and it has already started
#   help: keep it first: `task: asyncio.Task[...] = tasks.pop()`, then `await task`
# 28:11: TW101 await_expression: this call takes a task or a future from a collection, and it has already started
#   help: keep it first: `task: asyncio.Task[...] = tasks.pop()`, then `await task`
# 29:11: TW101 await_expression: this call takes a task or a future from a collection, and it has already started
#   help: keep it first: `task: asyncio.Task[...] = tasks.pop()`, then `await task`
# 33:26: TW310 gather_call: this call takes a task or a future from a collection, and it has already started
#   help: keep it first: `task: asyncio.Task[...] = tasks.pop()`, then `await task`
# 34:11: TW101 await_expression: this call takes a task or a future from a collection, and it has already started
#   help: keep it first: `task: asyncio.Task[...] = tasks.pop()`, then `await task`
