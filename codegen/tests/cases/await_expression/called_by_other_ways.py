"""Coroutine functions, called by other ways than their names; a task that is kept."""

import asyncio
import functools


async def work(n):
    return n


async def start(n):
    return asyncio.create_task(work(n))


async def main(name, chosen):
    table = {"start": start, "work": work}
    await functools.partial(start, 1)()
    await table[name](1)
    await table.get(name, work)(1)
    await (start if chosen else work)(1)
    again = lambda n: again(n - 1)
    await again(1)
    for each in (work, start):
        await each(1)
    first = (await asyncio.create_task(work(1))) if chosen else (await work(1))
    return first, await (start(1) if chosen else work(1))

# ---- twin ----

"""Coroutine functions, called by other ways than their names; a task that is kept."""

import functools

from twin_runtime.tasks import Task


def work(n):
    return n


def start(n):
    return Task(work, n)


def main(name, chosen):
    table = {"start": start, "work": work}
    functools.partial(start, 1)()
    table[name](1)
    table.get(name, work)(1)
    (start if chosen else work)(1)
    again = lambda n: again(n - 1)
    again(1)
    for each in (work, start):
        each(1)
    first = Task(work, 1).wait() if chosen else (work(1))
    return first, (start(1) if chosen else work(1))
