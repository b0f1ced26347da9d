# tasks: turns
import asyncio
import inspect
import json


class Bus:
    def __init__(self, handler, write):
        self.handler, self.write = handler, write

    async def emit(self, x):
        result = self.handler(x)
        if inspect.isawaitable(result):
            result = await result
        self.write(result, await asyncio.gather(*map(self.handler, x)))
        waiting = [self.handler(each) for each in x]
        return await asyncio.gather(asyncio.sleep(0), *waiting), json.dumps(x)

# ---- twin ----
# tasks: turns
import functools
import json

from twin_runtime.turns.dynamic_calls import await_, deferred, later
from twin_runtime.turns.entry_points import entry
from twin_runtime.turns.inspection import isawaitable
from twin_runtime.turns.waiting import gather, sleep


class Bus:
    def __init__(self, handler, write):
        self.handler, self.write = handler, write

    @entry
    def emit(self, x):
        result = deferred(self.handler, x)
        if isawaitable(result):
            result = await_(result)
        later(
            self.write,
            result,
            await_(gather(*map(functools.partial(deferred, self.handler), x))),
        )
        waiting = [deferred(self.handler, each) for each in x]
        return await_(gather(later(sleep, 0), *waiting)), json.dumps(x)
