import asyncio


class A:
    def __init__(self):
        self._loop = asyncio.get_running_loop()
        loop: asyncio.AbstractEventLoop = asyncio.get_event_loop()
        self.started = loop.time()

# ---- twin ----

import time

from twin_runtime.selector_loop import SelectorLoop


class A:
    def __init__(self):
        self._loop = SelectorLoop()
        loop: SelectorLoop = SelectorLoop()
        self.started = time.monotonic()
