import asyncio


async def work(x=0):
    return x


class A:
    def start(self):
        self.task = asyncio.create_task(work())
        return self.task

    async def main(self):
        await self.start()


def start() -> asyncio.Task[int]:
    return asyncio.create_task(work())


async def main():
    await start()
    task: asyncio.Task[int] = start()
    await task

# ---- refused ----
# 14:15: TW101 await_expression: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`
# 22:11: TW101 await_expression: this call returns a task or a future that has already started
#   help: keep it first: `task: asyncio.Task[...] = f()`, then `await task`
