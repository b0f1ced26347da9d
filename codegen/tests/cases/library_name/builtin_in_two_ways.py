# row: concurrent.futures.TimeoutError = TimeoutError
import asyncio

try:
    from asyncio.exceptions import TimeoutError
except ImportError:
    from concurrent.futures import TimeoutError


async def wait(event: asyncio.Event):
    try:
        await asyncio.wait_for(event.wait(), 1)
    except TimeoutError:
        return False
    return True
# ---- twin ----
# row: concurrent.futures.TimeoutError = TimeoutError

import threading

from twin_runtime.deadline import wait_event

try:
    pass
except ImportError:
    pass


def wait(event: threading.Event):
    try:
        wait_event(event, 1)
    except TimeoutError:
        return False
    return True
