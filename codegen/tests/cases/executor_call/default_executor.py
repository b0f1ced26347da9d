import asyncio
from functools import partial


class A:
    def __init__(self):
        self._loop = asyncio.get_running_loop()

    async def work(self, xs):
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, print, "x", *xs)
        await self._loop.run_in_executor(None, partial(print, end=""))
        return await asyncio.get_running_loop().run_in_executor(None, lambda: 3)

# ---- twin ----

import contextvars
from functools import partial

from twin_runtime.selector_loop import SelectorLoop


class A:
    def __init__(self):
        self._loop = SelectorLoop()

    def work(self, xs):
        print("x", *xs)
        contextvars.Context().run(partial(print, end=""))
        return contextvars.Context().run(lambda: 3)
