import asyncio


async def work(x=0):
    return x


class Pool:
    def spawn(self) -> "asyncio.Task[int]":
        return asyncio.create_task(work())

    def start(self):
        def inner():
            return asyncio.create_task(work())

        return work

    async def run(self): ...


class Own(Pool):
    async def spawn(self): ...


async def main(pool: Pool, other, own: Own):
    await pool.spawn()
    await other.spawn()
    await own.spawn()
    await pool.run()
    later = lambda: asyncio.ensure_future(work())
    await later()
    await asyncio.gather(pool.spawn())
    await asyncio.shield(pool.spawn())
    await again(1)
    same = again
    await same(2)

    def local(n):
        return local(n - 1) if n else None

    await local(1)


def again(n):
    return again(n - 1) if n else Pool().spawn()

# ---- refused ----
# 26:11: TW101 await_expression: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`
# 27:11: TW101 await_expression: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`; or annotate the object
# 31:11: TW101 await_expression: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`; or await it inside the function: `async def f(): return await start()`
# 32:26: TW310 gather_call: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`
# 33:26: TW318 shield_call: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`
# 34:11: TW101 await_expression: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`
# 36:11: TW101 await_expression: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`; or await it inside the function: `async def f(): return await start()`
