import asyncio


async def work(x):
    return x


async def main(xs):
    tasks = [asyncio.create_task(work(x)) for x in xs]
    late: list[asyncio.Task[int]] = []
    late.append(asyncio.create_task(work(1)))
    for task in tasks:
        await task
    return [await task for task in late]

# ---- twin ----

from twin_runtime.tasks import Task


def work(x):
    return x


def main(xs):
    tasks = [Task(work, x) for x in xs]
    late: list[Task[int]] = []
    late.append(Task(work, 1))
    for task in tasks:
        task.wait()
    return [task.wait() for task in late]
