import asyncio.exceptions
import asyncio.locks as locks
from asyncio.queues import Queue
from asyncio.tasks import sleep


async def first(queue: Queue[int]):
    try:
        async with locks.Lock():
            await sleep(1)
            return queue.get_nowait()
    except asyncio.exceptions.TimeoutError:
        return None

# ---- twin ----

import threading
import time
from queue import Queue


def first(queue: Queue[int]):
    try:
        with threading.Lock():
            time.sleep(1)
            return queue.get_nowait()
    except TimeoutError:
        return None
