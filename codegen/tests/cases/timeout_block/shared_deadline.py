import asyncio


async def f(queue: asyncio.Queue[int], deadline):
    try:
        async with asyncio.timeout(3) as limit:
            while True:
                item = await queue.get()
                try:
                    print(item, await asyncio.sleep(item))
                except (ValueError, asyncio.QueueEmpty):
                    pass
                except BaseException:
                    print("cleaning up")
                    raise
                finally:
                    print("next")
    except TimeoutError:
        print(limit.expired())
    async with asyncio.timeout(None):
        await queue.get()

# ---- twin ----

import queue as _queue

from twin_runtime.deadline import Deadline, queue_get, sleep


def f(queue: _queue.Queue[int], deadline):
    try:
        with Deadline(3) as limit:
            while True:
                item = queue_get(queue, limit.remaining())
                try:
                    print(item, sleep(max(item, 0), limit.remaining()))
                except (ValueError, _queue.Empty):
                    pass
                except BaseException:
                    print("cleaning up")
                    raise
                finally:
                    print("next")
    except TimeoutError:
        print(limit.expired())
    with Deadline(None) as _deadline:
        queue_get(queue, _deadline.remaining())
