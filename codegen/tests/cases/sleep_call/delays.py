import asyncio
from asyncio import sleep as pause


async def f(delay, n):
    await asyncio.sleep(0)
    await asyncio.sleep(0.5)
    await pause(delay=delay)
    await pause(delay or 2 ** -n)
    await asyncio.sleep(-1)

# ---- twin ----

import time


def f(delay, n):
    time.sleep(0)
    time.sleep(0.5)
    time.sleep(max(delay, 0))
    time.sleep(max(delay or 2**-n, 0))
    time.sleep(max(-1, 0))
