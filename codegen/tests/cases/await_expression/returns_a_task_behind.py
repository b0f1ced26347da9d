"""Functions that start a task, called by other ways than their names."""

import asyncio
import functools


async def work(n):
    return n


def start(n):
    return asyncio.create_task(work(n))


class Jobs:
    table = {"start": start}

    def __init__(self):
        self.first = start

    async def main(self, name):
        await self.table[name](1)
        await self.table.get(name, work)(1)
        await self.first(1)


async def main(name, chosen):
    await functools.partial(start, 1)()
    later = functools.partial(start, 1)
    await later()
    await {"start": start, "work": work}[name](1)
    await (start if chosen else work)(1)
    await (lambda: start(1))()
    for each in (work, start):
        await each(1)
    await (start(1) if chosen else work(1))
    await (asyncio.create_task(work(1)) if chosen else work(1))
    await asyncio.gather(functools.partial(start, 1)())
    async with asyncio.timeout(1):
        await (work(1) if chosen else work(2))

# ---- refused ----
# 22:15: TW101 await_expression: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`; or await it inside the function: `async def f(): return await start()`
# 23:15: TW101 await_expression: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`; or await it inside the function: `async def f(): return await start()`
# 24:15: TW101 await_expression: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`; or await it inside the function: `async def f(): return await start()`
# 28:11: TW101 await_expression: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`; or await it inside the function: `async def f(): return await start()`
# 30:11: TW101 await_expression: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`; or await it inside the function: `async def f(): return await start()`
# 31:11: TW101 await_expression: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`; or await it inside the function: `async def f(): return await start()`
# 32:11: TW101 await_expression: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`; or await it inside the function: `async def f(): return await start()`
# 33:11: TW101 await_expression: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`; or await it inside the function: `async def f(): return await start()`
# 35:15: TW101 await_expression: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`; or await it inside the function: `async def f(): return await start()`
# 36:12: TW101 await_expression: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`
# 37:12: TW101 await_expression: a task that is started in a choice is not waited for
#   help: await in each branch: `(await p) if c else (await q)`
# 38:26: TW310 gather_call: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`; or await it inside the function: `async def f(): return await start()`
# 40:9: TW101 await_expression: the deadline cannot be passed to a choice between awaitables
#   help: await in each branch: `(await p) if c else (await q)`
