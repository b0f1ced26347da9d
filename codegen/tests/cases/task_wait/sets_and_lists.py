import asyncio


async def work(x=0):
    return x


class A:
    def __init__(self):
        self.tasks: set[asyncio.Task[int]] = set()

    async def any(self, timeout):
        done, pending = await asyncio.wait(
            self.tasks, timeout=timeout, return_when=asyncio.FIRST_COMPLETED
        )
        self.tasks.difference_update(done)
        for task in done:
            print(await task)
        return [task.result() for task in done], pending


async def main(xs):
    tasks = [asyncio.create_task(work(x)) for x in xs]
    await asyncio.wait(tasks)
    await asyncio.wait(set(tasks), return_when="FIRST_EXCEPTION")
    one = asyncio.create_task(work())
    rest = {one, asyncio.create_task(work())}
    while rest:
        done, rest = await asyncio.wait(fs=rest, timeout=1)
    return (await asyncio.wait([one]))[0]

# ---- twin ----

import concurrent.futures

from twin_runtime.tasks import Task, wait


def work(x=0):
    return x


class A:
    def __init__(self):
        self.tasks: set[Task[int]] = set()

    def any(self, timeout):
        done, pending = wait(
            self.tasks, timeout=timeout, return_when=concurrent.futures.FIRST_COMPLETED
        )
        self.tasks.difference_update(done)
        for task in done:
            print(task.wait())
        return [task.result() for task in done], pending


def main(xs):
    tasks = [Task(work, x) for x in xs]
    wait(tasks)
    wait(set(tasks), return_when="FIRST_EXCEPTION")
    one = Task(work)
    rest = {one, Task(work)}
    while rest:
        done, rest = wait(rest, timeout=1)
    return wait([one])[0]
