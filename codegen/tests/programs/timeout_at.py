"""Deadlines that are moments on the loop's clock."""
# python: 3.11

from __future__ import annotations

import asyncio
import time

from support.elapsed_time import took


async def example_timeout_at():
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[int] = asyncio.Queue()
    start = time.monotonic()
    moment = loop.time() + 1
    try:
        async with asyncio.timeout_at(moment) as limit:
            print(limit.when() == moment, limit.expired())
            await queue.get()
    except TimeoutError:
        print("timeout", took(start, 1), limit.expired())


async def example_no_moment():
    async with asyncio.timeout_at(None) as limit:
        await asyncio.sleep(0)
    print(limit.when(), limit.expired())


async def example_moment_that_is_over():
    loop = asyncio.get_running_loop()
    event = asyncio.Event()
    async with asyncio.timeout_at(loop.time() - 1):
        await event.wait()


async def example_streams_in_a_timeout_block():
    async def silent(reader, writer):
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with asyncio.timeout(60):
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"x")
        await writer.drain()
    start = time.monotonic()
    try:
        async with asyncio.timeout(0.5):
            await reader.readline()
    except TimeoutError:
        print("timeout", took(start, 0.5))
    writer.close()
    await writer.wait_closed()
    server.close()
    await asyncio.sleep(0.1)


async def example_process_in_a_timeout_block():
    process = await asyncio.create_subprocess_exec("sleep", "60")
    try:
        async with asyncio.timeout(0.2):
            await process.wait()
    except TimeoutError:
        process.kill()
    print(await process.wait())


async def example_barrier_in_a_timeout_block():
    barrier = asyncio.Barrier(2)
    async with asyncio.timeout(0.1):
        await barrier.wait()
