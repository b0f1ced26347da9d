import asyncio


async def f(queue: asyncio.Queue[int], condition: asyncio.Condition):
    async with condition:
        condition.notify_all()
        await condition.wait_for(lambda: queue.full())
    queue.put_nowait(await queue.get())
    queue.task_done()
    await queue.join()

# ---- twin ----

import queue as _queue
import threading


def f(queue: _queue.Queue[int], condition: threading.Condition):
    with condition:
        condition.notify_all()
        condition.wait_for(lambda: queue.full())
    queue.put_nowait(queue.get())
    queue.task_done()
    queue.join()
