import asyncio


async def work(x=0):
    return x


async def main(xs, tasks: list[asyncio.Task[int]]):
    for each in asyncio.as_completed(tasks, timeout=3):
        print(await each)
    started = asyncio.create_task(work(3))
    for each in asyncio.as_completed([started, work(1), work(x=2)]):
        try:
            print(await each)
        except ValueError:
            pass
    return [await each for each in asyncio.as_completed({work(x) for x in xs})]

# ---- twin ----

from twin_runtime.tasks import Task, as_completed


def work(x=0):
    return x


def main(xs, tasks: list[Task[int]]):
    for each in as_completed(tasks, timeout=3):
        print(each.wait())
    started = Task(work, 3)
    for each in as_completed([started, Task(work, 1), Task(work, x=2)]):
        try:
            print(each.wait())
        except ValueError:
            pass
    return [each.wait() for each in as_completed({Task(work, x) for x in xs})]
