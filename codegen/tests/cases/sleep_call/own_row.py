# row: asyncio.sleep = time.sleep
import asyncio


async def pause(delay):
    await asyncio.sleep(delay)

# ---- twin ----
# row: asyncio.sleep = time.sleep

import time


def pause(delay):
    time.sleep(delay)
