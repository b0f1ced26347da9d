import asyncio
import concurrent.futures
import functools, sys
import time


async def one(call):
    await asyncio.sleep(1)
    return functools.reduce(call, [time.time()]), sys.argv


async def several(calls):
    return await asyncio.gather(*[one(call) for call in calls])


async def first(tasks: list[asyncio.Task[int]]):
    return await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)


# ---- twin ----
import concurrent.futures
import functools, sys
import time

from twin_runtime.tasks import Task, gather, wait


def one(call):
    time.sleep(1)
    return functools.reduce(call, [time.time()]), sys.argv


def several(calls):
    return gather(*[functools.partial(one, call) for call in calls])


def first(tasks: list[Task[int]]):
    return wait(tasks, return_when=concurrent.futures.FIRST_COMPLETED)
