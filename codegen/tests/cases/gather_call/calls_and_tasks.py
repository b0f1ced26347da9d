import asyncio


async def work(x=1): ...


async def main(xs):
    task = asyncio.create_task(work(0))
    tasks = [asyncio.create_task(work(x)) for x in xs]
    a, b = await asyncio.gather(work(), work(x=2), return_exceptions=True)
    await asyncio.gather(task, *tasks, *(work(x) for x in xs))
    return a, b

# ---- twin ----

import functools

from twin_runtime.tasks import Task, gather


def work(x=1): ...


def main(xs):
    task = Task(work, 0)
    tasks = [Task(work, x) for x in xs]
    a, b = gather(work, functools.partial(work, x=2), return_exceptions=True)
    gather(
        task.wait,
        *[functools.partial(Task.wait, _task) for _task in tasks],
        *(functools.partial(work, x) for x in xs)
    )
    return a, b
