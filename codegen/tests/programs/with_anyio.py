# needs: anyio
"""anyio's sleep, locks, events, limiters and worker threads."""

import anyio
from anyio import to_thread
from support.elapsed_time import took


async def double(x):
    await anyio.sleep(0.01)
    return x * 2


async def example_locks():
    lock, event, limit = anyio.Lock(), anyio.Event(), anyio.CapacityLimiter(2)
    async with lock, limit:
        print(event.is_set(), await double(2), lock.locked())
    event.set()
    await event.wait()
    return event.is_set(), lock.locked()


async def example_worker_thread():
    return await to_thread.run_sync(int, "3"), await anyio.to_thread.run_sync(dict)


async def example_clock():
    start = anyio.current_time()
    await anyio.sleep(0.1)
    return took(start, 0.1)


async def example_condition():
    condition = anyio.Condition()
    async with condition:
        condition.notify_all()
        condition.notify(1)
    return "notified"
