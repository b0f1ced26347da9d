"""Queues that are shut down."""
# python: 3.13

from __future__ import annotations

import asyncio


async def example_get_after_shutdown():
    queue: asyncio.Queue[int] = asyncio.Queue()
    await queue.put(1)
    queue.shutdown()
    print(await queue.get())
    try:
        await queue.get()
    except asyncio.QueueShutDown:
        print("shut down")


async def example_put_after_shutdown():
    queue: asyncio.Queue[int] = asyncio.Queue()
    queue.shutdown()
    try:
        await asyncio.wait_for(queue.put(1), 30)
    except asyncio.QueueShutDown:
        print("shut down")


async def example_immediate_shutdown():
    queue: asyncio.Queue[int] = asyncio.Queue()
    await queue.put(1)
    queue.shutdown(immediate=True)
    await asyncio.wait_for(queue.join(), 30)
    try:
        await asyncio.wait_for(queue.get(), 30)
    except asyncio.QueueShutDown:
        print("shut down")


async def example_shutdown_wakes_who_waits():
    queue: asyncio.Queue[int] = asyncio.Queue()

    async def wait():
        try:
            await queue.get()
        except asyncio.QueueShutDown:
            return "woken"

    task = asyncio.create_task(wait())
    await asyncio.sleep(0.1)
    queue.shutdown()
    print(await task)
