import asyncio


async def work(x=0):
    return x


async def main(loop: asyncio.AbstractEventLoop):
    print(await asyncio.create_task(work(1)), await loop.create_task(work()))
    async with asyncio.TaskGroup() as tg:  # twingen: siblings finish
        return await tg.create_task(work(2))

# ---- twin ----

from twin_runtime.selector_loop import SelectorLoop
from twin_runtime.tasks import Task, TaskGroup


def work(x=0):
    return x


def main(loop: SelectorLoop):
    print(Task(work, 1).wait(), Task(work).wait())
    with TaskGroup() as tg:
        return tg.create_task(work, 2).wait()
