import asyncio

from elsewhere import *


class A:
    async def f(self):
        _time = time()
        await asyncio.sleep(_time)

# ---- twin ----
import time as _time_

from elsewhere import *


class A:
    def f(self):
        _time = time()
        _time_.sleep(max(_time, 0))
