import asyncio


async def f(queue: asyncio.Queue[int], lock: asyncio.Lock, fd):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.add_reader(fd, future.set_result, None)
    async with asyncio.timeout(3) as limit:
        await queue.put(await queue.get())
        await lock.acquire()
        await asyncio.sleep(1)
        await asyncio.to_thread(print, 1, end="")
        await asyncio.to_thread(lambda: print)
        await future
    return limit

# ---- twin ----

import queue as _queue
import threading

from twin_runtime.deadline import (
    Deadline,
    acquire,
    call_in_thread,
    queue_get,
    queue_put,
    sleep,
)
from twin_runtime.selector_loop import SelectorLoop


def f(queue: _queue.Queue[int], lock: threading.Lock, fd):
    loop = SelectorLoop()
    future = loop.create_future()
    loop.add_reader(fd, future.set_result, None)
    with Deadline(3) as limit:
        queue_put(queue, queue_get(queue, limit.remaining()), limit.remaining())
        acquire(lock, limit.remaining())
        sleep(1, limit.remaining())
        call_in_thread(limit.remaining(), print, 1, end="")
        call_in_thread(limit.remaining(), lambda: print)
        future.wait(limit.remaining())
    return limit
