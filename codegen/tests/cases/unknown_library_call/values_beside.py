import asyncio
import random

import settings


async def f(x):
    await asyncio.sleep(random.uniform(1, 2))
    await asyncio.sleep(delay=settings.delay())
    await asyncio.to_thread(print, settings.name())
    await asyncio.wait_for(asyncio.sleep(1), settings.limit())
    await asyncio.wait_for(asyncio.sleep(1), timeout=settings.limit())
    async with asyncio.timeout(settings.limit()):
        await asyncio.sleep(1)
# ---- twin ----
import random
import time

import settings

from twin_runtime.deadline import Deadline, sleep, unexpired


def f(x):
    time.sleep(max(random.uniform(1, 2), 0))
    time.sleep(max(settings.delay(), 0))
    print(settings.name())
    sleep(1, unexpired(settings.limit()))
    sleep(1, unexpired(settings.limit()))
    with Deadline(settings.limit()) as deadline:
        sleep(1, deadline.remaining())
