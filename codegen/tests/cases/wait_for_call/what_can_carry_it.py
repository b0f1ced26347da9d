import asyncio


class A:
    def __init__(self):
        self.event = asyncio.Event()
        self.lock = asyncio.Lock()
        self.queue: asyncio.Queue[int] = asyncio.Queue()

    async def f(self, timeout, limit: asyncio.Semaphore):
        try:
            await asyncio.wait_for(self.event.wait(), 1)
            await asyncio.wait_for(self.lock.acquire(), timeout=timeout)
            await asyncio.wait_for(limit.acquire(), 0)
            await asyncio.wait_for(self.queue.put(3), None)
            await asyncio.wait_for(asyncio.sleep(3), -1)
            await asyncio.wait_for(asyncio.to_thread(print, 1, end=""), timeout)
            return await asyncio.wait_for(self.queue.get(), timeout)
        except asyncio.TimeoutError:
            return None

# ---- twin ----

import queue
import threading

from twin_runtime.deadline import (
    acquire,
    call_in_thread,
    queue_get,
    queue_put,
    sleep,
    unexpired,
    wait_event,
)


class A:
    def __init__(self):
        self.event = threading.Event()
        self.lock = threading.Lock()
        self.queue: queue.Queue[int] = queue.Queue()

    def f(self, timeout, limit: threading.Semaphore):
        try:
            wait_event(self.event, 1)
            acquire(self.lock, unexpired(timeout))
            acquire(limit, unexpired(0))
            queue_put(self.queue, 3, None)
            sleep(3, unexpired(-1))
            call_in_thread(unexpired(timeout), print, 1, end="")
            return queue_get(self.queue, unexpired(timeout))
        except TimeoutError:
            return None
