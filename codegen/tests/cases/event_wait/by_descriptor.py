import asyncio


async def f(fd):
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(fd, readable.set)
    try:
        await readable.wait()
        readable.clear()
        await asyncio.wait_for(readable.wait(), 1)
    finally:
        loop.remove_reader(fd)
    plain = asyncio.Event()
    await plain.wait()


class A:
    def __init__(self, fd):
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()
        self._loop.add_writer(fd, self._event.set)

    async def wait(self, timeout):
        async with asyncio.timeout(timeout):
            await self._event.wait()

# ---- twin ----

import threading

from twin_runtime.deadline import Deadline
from twin_runtime.selector_loop import SelectorLoop


def f(fd):
    loop = SelectorLoop()
    readable = threading.Event()
    loop.add_reader(fd, readable.set)
    try:
        loop.wait_event(readable)
        readable.clear()
        loop.wait_event(readable, 1)
    finally:
        loop.remove_reader(fd)
    plain = threading.Event()
    plain.wait()


class A:
    def __init__(self, fd):
        self._loop = SelectorLoop()
        self._event = threading.Event()
        self._loop.add_writer(fd, self._event.set)

    def wait(self, timeout):
        with Deadline(timeout) as deadline:
            self._loop.wait_event(self._event, deadline.remaining())
