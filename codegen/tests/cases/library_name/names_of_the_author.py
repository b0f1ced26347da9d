import asyncio

time = "author's"


class Queue: ...


def threading(queue):
    return queue


async def f(delay):
    await asyncio.sleep(1)
    return asyncio.Queue(), asyncio.Lock(), Queue(), threading(time)

# ---- twin ----

import queue as _queue
import threading as _threading
import time as _time

time = "author's"


class Queue: ...


def threading(queue):
    return queue


def f(delay):
    _time.sleep(1)
    return _queue.Queue(), _threading.Lock(), Queue(), threading(time)
