import asyncio


async def f(fd):
    loop = asyncio.get_running_loop()
    event = asyncio.Event()
    loop.add_reader(fd, event.set)
    await event.wait()
    if not loop.is_closed() and loop.time() > 3:
        loop.remove_reader(fd)

# ---- twin ----

import threading
import time

from twin_runtime.selector_loop import SelectorLoop


def f(fd):
    loop = SelectorLoop()
    event = threading.Event()
    loop.add_reader(fd, event.set)
    loop.wait_event(event)
    if not loop.is_closed() and time.monotonic() > 3:
        loop.remove_reader(fd)
