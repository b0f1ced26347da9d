"""Locks, events, conditions, semaphores and queues, with and without deadlines."""

import asyncio
import threading
import time

from support.elapsed_time import took


async def example_lock():
    lock = asyncio.Lock()
    print(lock.locked(), await lock.acquire(), lock.locked())
    lock.release()
    async with lock as entered:
        print(entered in (None, True), lock.locked())
    try:
        lock.release()
    except RuntimeError:
        print("released twice")


async def example_lock_deadline():
    lock = asyncio.Lock()
    await asyncio.wait_for(lock.acquire(), 30)
    start = time.monotonic()
    try:
        await asyncio.wait_for(lock.acquire(), timeout=0.5)
    finally:
        print(took(start, 0.5), lock.locked())


async def example_event():
    event = asyncio.Event()
    print(event.is_set())
    event.set()
    print(await event.wait(), await asyncio.wait_for(event.wait(), 30))
    event.clear()
    try:
        await asyncio.wait_for(event.wait(), 0.1)
    except asyncio.TimeoutError:
        print("timeout")


async def example_event_deadline_is_raised():
    event = asyncio.Event()
    await asyncio.wait_for(event.wait(), 0.01)


async def example_event_set_by_a_task():
    event = asyncio.Event()

    async def setter():
        await asyncio.sleep(0.05)
        event.set()

    task = asyncio.create_task(setter())
    print(await asyncio.wait_for(event.wait(), 30))
    await task


async def example_condition():
    condition = asyncio.Condition()
    items: list[int] = []

    async def producer():
        await asyncio.sleep(0.05)
        async with condition:
            items.append(1)
            condition.notify_all()

    task = asyncio.create_task(producer())
    async with condition:
        print(await condition.wait_for(lambda: bool(items)))
    await task
    return items


async def example_semaphore():
    limit = asyncio.Semaphore(2)
    bounded = asyncio.BoundedSemaphore(1)
    async with limit, limit:
        try:
            await asyncio.wait_for(limit.acquire(), 0.05)
        except asyncio.TimeoutError:
            print("full")
    print(await limit.acquire(), await bounded.acquire())
    bounded.release()
    try:
        bounded.release()
    except ValueError:
        print("released twice")


async def example_queue():
    queue: asyncio.Queue[int] = asyncio.Queue(2)
    await queue.put(1)
    queue.put_nowait(2)
    print(queue.full(), queue.qsize(), queue.maxsize)
    try:
        queue.put_nowait(3)
    except asyncio.QueueFull:
        print("full")
    try:
        await asyncio.wait_for(queue.put(3), 0.05)
    except asyncio.TimeoutError:
        print("still full")
    print(await queue.get(), await asyncio.wait_for(queue.get(), 30), queue.empty())
    queue.task_done()
    queue.task_done()
    await queue.join()
    try:
        queue.get_nowait()
    except asyncio.QueueEmpty:
        print("empty")
    await asyncio.wait_for(queue.get(), 0.05)


async def example_other_queues():
    last: asyncio.LifoQueue[int] = asyncio.LifoQueue()
    least: asyncio.PriorityQueue[int] = asyncio.PriorityQueue()
    for item in (2, 3, 1):
        await last.put(item)
        await least.put(item)
    return [await last.get() for _ in range(3)], [await least.get() for _ in range(3)]


async def example_timeout_that_is_over():
    queue: asyncio.Queue[int] = asyncio.Queue()
    queue.put_nowait(1)
    for timeout in (0, -1):
        try:
            print(await asyncio.wait_for(queue.get(), timeout))
        except asyncio.TimeoutError:
            print("nothing was begun", queue.qsize())
    return await asyncio.wait_for(queue.get(), None)


async def example_sleep():
    start = time.monotonic()
    for delay in (-1, 0, 0.25):
        await asyncio.sleep(delay)
    await asyncio.sleep(0.25)
    return took(start, 0.5)


async def example_sleep_deadline():
    start = time.monotonic()
    await asyncio.wait_for(asyncio.sleep(0.01), 30)
    try:
        await asyncio.wait_for(asyncio.sleep(60), 0.5)
    finally:
        print(took(start, 0.5))


async def example_to_thread():
    def work(x, *, y):
        return x + y

    print(await asyncio.to_thread(work, 1, y=2))
    print(await asyncio.wait_for(asyncio.to_thread(work, 1, y=2), 30))
    gate = threading.Event()
    try:
        await asyncio.wait_for(asyncio.to_thread(gate.wait, 30), 0.05)
    except asyncio.TimeoutError:
        print("timeout")
    gate.set()
    await asyncio.wait_for(asyncio.to_thread(work, 1, y="x"), 30)
