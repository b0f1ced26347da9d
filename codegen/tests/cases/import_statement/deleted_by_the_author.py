import asyncio
import time

STARTED = time.time()
del time


async def pause():
    await asyncio.sleep(1)


# ---- twin ----
import time
import time as _time

STARTED = time.time()
del time


def pause():
    _time.sleep(1)
