import asyncio
import queue

NAMES = {asyncio.QueueEmpty: "empty", queue.Empty: "empty", asyncio.QueueFull: "full"}


async def answers(get):
    return {asyncio.QueueEmpty: await get(), queue.Empty: get()}

# ---- twin ----

import queue

NAMES = {queue.Empty: "empty", queue.Empty: "empty", queue.Full: "full"}


def answers(get):
    return {queue.Empty: get(), queue.Empty: get()}
