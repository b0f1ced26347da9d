import asyncio


async def f(queue: asyncio.Queue[int]):
    loop = asyncio.get_running_loop()
    async with asyncio.timeout_at(loop.time() + 1) as limit:
        print(limit.when())
        return await queue.get()

# ---- twin ----

import queue as _queue
import time

from twin_runtime.deadline import Deadline, queue_get


def f(queue: _queue.Queue[int]):
    with Deadline.at(time.monotonic() + 1) as limit:
        print(limit.when())
        return queue_get(queue, limit.remaining())
