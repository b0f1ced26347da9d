import asyncio


class A:
    def __init__(self):
        self._loop = asyncio.get_running_loop()
        self._waiter: asyncio.Future[None] | None = None

    async def wait(self, fd):
        loop = self._loop
        waiter = self._waiter = loop.create_future()
        self._loop.add_reader(fd, self._ready)
        await waiter

    def _ready(self):
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)


def settle(future: asyncio.Future[int]) -> None:
    future.set_result(1)


async def f(fd):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.add_writer(fd, settle, future)
    return await future

# ---- twin ----

from twin_runtime.selector_loop import Future, SelectorLoop


class A:
    def __init__(self):
        self._loop = SelectorLoop()
        self._waiter: Future[None] | None = None

    def wait(self, fd):
        loop = self._loop
        waiter = self._waiter = loop.create_future()
        self._loop.add_reader(fd, self._ready)
        waiter.wait()

    def _ready(self):
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)


def settle(future: Future[int]) -> None:
    future.set_result(1)


def f(fd):
    loop = SelectorLoop()
    future = loop.create_future()
    loop.add_writer(fd, settle, future)
    return future.wait()
