import asyncio


async def work(x):
    return x


async def f():
    task = asyncio.create_task(work(1))
    print(await asyncio.shield(task), await asyncio.shield(work(x=2)))
    try:
        await asyncio.wait_for(asyncio.shield(task), 0.5)
    except asyncio.TimeoutError:
        await task
    async with asyncio.timeout(3):
        await asyncio.shield(work(3))
    return await asyncio.wait_for(asyncio.shield(work(4)), timeout=1)

# ---- twin ----

from twin_runtime.deadline import Deadline
from twin_runtime.tasks import Task


def work(x):
    return x


def f():
    task = Task(work, 1)
    print(task.wait(), Task(work, x=2).wait())
    try:
        task.wait(0.5)
    except TimeoutError:
        task.wait()
    with Deadline(3) as deadline:
        Task(work, 3).wait(deadline.remaining())
    return Task(work, 4).wait(1)
