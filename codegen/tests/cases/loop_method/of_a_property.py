import asyncio
from functools import cached_property


class Limiter:
    def __init__(self) -> None:
        self._loop = None
        self._started = asyncio.Event()

    @property
    def loop(self):
        if self._loop is None:
            self._loop = asyncio.get_event_loop()
        return self._loop

    @property
    def clock(self) -> asyncio.AbstractEventLoop | None:
        return self.loop

    @cached_property
    def started(self):
        return self._started

    async def now(self) -> float:
        await asyncio.wait_for(self.started.wait(), 1)
        return self.loop.time() + self.clock.time()


# ---- twin ----
import threading
import time
from functools import cached_property

from twin_runtime.deadline import wait_event
from twin_runtime.selector_loop import SelectorLoop


class Limiter:
    def __init__(self) -> None:
        self._loop = None
        self._started = threading.Event()

    @property
    def loop(self):
        if self._loop is None:
            self._loop = SelectorLoop()
        return self._loop

    @property
    def clock(self) -> SelectorLoop | None:
        return self.loop

    @cached_property
    def started(self):
        return self._started

    def now(self) -> float:
        wait_event(self.started, 1)
        return time.monotonic() + time.monotonic()
