import asyncio


async def work(x=0):
    return x


async def main(loop: asyncio.AbstractEventLoop):
    start = asyncio.get_running_loop().time()
    task = loop.create_task(work())
    other = asyncio.get_event_loop().create_task(work())
    return await task, await other, loop.time() - start

# ---- twin ----

import time

from twin_runtime.selector_loop import SelectorLoop
from twin_runtime.tasks import Task


def work(x=0):
    return x


def main(loop: SelectorLoop):
    start = time.monotonic()
    task = Task(work)
    other = Task(work)
    return task.wait(), other.wait(), time.monotonic() - start
