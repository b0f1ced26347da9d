import asyncio


async def f(condition: asyncio.Condition, queue: asyncio.Queue[int], timeout):
    async with condition:
        await asyncio.wait_for(condition.wait(), 1)
        await asyncio.wait_for(condition.wait_for(queue.empty), timeout)
    await asyncio.wait_for(queue.join(), timeout)
    async with asyncio.timeout(3):
        await queue.join()

# ---- twin ----

import queue as _queue
import threading

from twin_runtime.deadline import (
    Deadline,
    condition_wait,
    condition_wait_for,
    queue_join,
    unexpired,
)


def f(condition: threading.Condition, queue: _queue.Queue[int], timeout):
    with condition:
        condition_wait(condition, 1)
        condition_wait_for(condition, queue.empty, unexpired(timeout))
    queue_join(queue, unexpired(timeout))
    with Deadline(3) as deadline:
        queue_join(queue, deadline.remaining())
