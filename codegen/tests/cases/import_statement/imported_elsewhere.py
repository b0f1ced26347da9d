import asyncio

LOCK = asyncio.Lock()

import threading


async def pause():
    import time

    await asyncio.sleep(1)
    return time.time(), threading.active_count()


async def nap():
    await asyncio.sleep(2)

# ---- twin ----

import threading
import time

LOCK = threading.Lock()


def pause():
    import time

    time.sleep(1)
    return time.time(), threading.active_count()


def nap():
    time.sleep(2)
