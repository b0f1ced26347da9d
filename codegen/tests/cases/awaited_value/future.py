import asyncio


async def ready(fd):
    loop = asyncio.get_running_loop()
    waiter = loop.create_future()
    loop.add_reader(fd, waiter.set_result, None)
    try:
        await waiter
    finally:
        loop.remove_reader(fd)

# ---- twin ----

from twin_runtime.selector_loop import SelectorLoop


def ready(fd):
    loop = SelectorLoop()
    waiter = loop.create_future()
    loop.add_reader(fd, waiter.set_result, None)
    try:
        waiter.wait()
    finally:
        loop.remove_reader(fd)
