import asyncio


async def took(work):
    loop = asyncio.get_running_loop()
    start = loop.time()
    await work()
    return loop.time() - start


async def noted(work):
    # the clock of the loop
    loop = asyncio.get_running_loop()
    await work()
    return loop.time()


async def nested(work):
    loop = asyncio.get_running_loop()

    def now():
        return loop.time(), loop.is_closed()

    return now


# ---- twin ----
import time

from twin_runtime.selector_loop import SelectorLoop


def took(work):
    start = time.monotonic()
    work()
    return time.monotonic() - start


def noted(work):
    # the clock of the loop
    loop = SelectorLoop()
    work()
    return time.monotonic()


def nested(work):
    loop = SelectorLoop()

    def now():
        return time.monotonic(), loop.is_closed()

    return now
