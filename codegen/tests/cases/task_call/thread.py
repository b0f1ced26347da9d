import asyncio


async def work(x, *, y=1): ...


class A:
    async def run(self): ...

    async def main(self):
        task = asyncio.create_task(self.run())
        other: asyncio.Task[None] = asyncio.create_task(work(await work(1), y=2))
        await task
        if other.done():
            return other.result()

# ---- twin ----

from twin_runtime.tasks import Task


def work(x, *, y=1): ...


class A:
    def run(self): ...

    def main(self):
        task = Task(self.run)
        other: Task[None] = Task(work, work(1), y=2)
        task.wait()
        if other.done():
            return other.result()
