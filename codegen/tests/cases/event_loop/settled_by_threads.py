import asyncio


async def f(fd):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.add_reader(fd, future.set_result, None)
    settled = loop.create_future()
    loop.call_later(1, settled.set_result, None)
    await settled

# ---- twin ----

from twin_runtime.selector_loop import SelectorLoop
from twin_runtime.timers import call_later


def f(fd):
    loop = SelectorLoop(wakeable=True)
    future = loop.create_future()
    loop.add_reader(fd, future.set_result, None)
    settled = loop.create_future()
    call_later(1, settled.set_result, None)
    settled.wait()
