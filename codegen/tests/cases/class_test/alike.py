import asyncio
import queue


async def get(value):
    if isinstance(value, asyncio.Queue):
        return await value.get()
    elif isinstance(value, queue.Queue):
        return value.get()
    elif isinstance(value.queue, asyncio.LifoQueue):
        return 1
    elif isinstance(value, queue.LifoQueue):
        return 2


def matched(value):
    match value:
        case asyncio.Queue() if value.empty():
            return 1
        case queue.Queue():
            return 2
        case asyncio.LifoQueue(maxsize=1):
            return 3
        case queue.LifoQueue():
            return 4

# ---- twin ----

import queue


def get(value):
    if isinstance(value, queue.Queue):
        return value.get()
    elif isinstance(value, queue.Queue):
        return value.get()
    elif isinstance(value.queue, queue.LifoQueue):
        return 1
    elif isinstance(value, queue.LifoQueue):
        return 2


def matched(value):
    match value:
        case queue.Queue() if value.empty():
            return 1
        case queue.Queue():
            return 2
        case queue.LifoQueue(maxsize=1):
            return 3
        case queue.LifoQueue():
            return 4
