import asyncio as aio
import contextlib as c
from asyncio import Event as E, Lock, QueueEmpty


@c.asynccontextmanager
async def f(lock: aio.Lock):
    async with Lock(), aio.Semaphore(2):
        yield E(), aio.Queue[int](3)


try:
    pass
except (QueueEmpty, aio.TimeoutError):
    pass

# ---- twin ----

import contextlib as c
import queue
import threading
from queue import Empty
from threading import Event as E, Lock


@c.contextmanager
def f(lock: threading.Lock):
    with Lock(), threading.Semaphore(2):
        yield E(), queue.Queue[int](3)


try:
    pass
except (Empty, TimeoutError):
    pass
