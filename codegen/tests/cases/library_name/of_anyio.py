import anyio
from anyio import CapacityLimiter, Event


class A:
    def __init__(self, limit: CapacityLimiter):
        self.ready = Event()
        self.lock = anyio.Lock()
        self.limit = limit

    async def work(self):
        start = anyio.current_time()
        await self.ready.wait()
        async with self.lock, self.limit:
            await anyio.sleep(0.1)
        return anyio.current_time() - start

# ---- twin ----
import time
from threading import BoundedSemaphore, Event

from twin_runtime.owned_lock import Lock


class A:
    def __init__(self, limit: BoundedSemaphore):
        self.ready = Event()
        self.lock = Lock()
        self.limit = limit

    def work(self):
        start = time.monotonic()
        self.ready.wait()
        with self.lock, self.limit:
            time.sleep(0.1)
        return time.monotonic() - start
