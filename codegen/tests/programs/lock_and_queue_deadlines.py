"""Deadlines at a moment, semaphores, conditions, queues: the rarer ways to wait."""

from __future__ import annotations

import asyncio
import time

from support.elapsed_time import took


async def example_semaphore_deadline():
    semaphore = asyncio.Semaphore(1)
    await asyncio.wait_for(semaphore.acquire(), 30)
    start = time.monotonic()
    try:
        await asyncio.wait_for(semaphore.acquire(), 0.5)
    except asyncio.TimeoutError:
        print("timeout", took(start, 0.5))
    semaphore.release()
    print(await asyncio.wait_for(semaphore.acquire(), 30))


async def example_bounded_semaphore():
    semaphore = asyncio.BoundedSemaphore(2)
    async with semaphore:
        print("inside")
    try:
        semaphore.release()
    except ValueError:
        print("released too often")


async def example_condition_deadline():
    condition = asyncio.Condition()
    async with condition:
        try:
            await asyncio.wait_for(condition.wait(), 0.1)
        except asyncio.TimeoutError:
            print("timeout")
    condition.notify()


async def example_condition_predicate_deadline():
    condition = asyncio.Condition()
    async with condition:
        print(await asyncio.wait_for(condition.wait_for(lambda: "there"), 30))
        await asyncio.wait_for(condition.wait_for(lambda: False), 0.1)


async def example_notify_one_of_two():
    condition = asyncio.Condition()
    waiting: list[int] = []
    woken: list[int] = []

    async def wait(number: int):
        async with condition:
            waiting.append(number)
            await condition.wait()
            woken.append(number)

    tasks = [asyncio.create_task(wait(number)) for number in range(2)]
    while len(waiting) < 2:
        await asyncio.sleep(0.01)
    async with condition:
        condition.notify(1)
    while not woken:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    print(len(woken))
    async with condition:
        condition.notify_all()
    await asyncio.wait(tasks)
    print(sorted(woken))


async def example_queue_put_deadline():
    queue: asyncio.Queue[int] = asyncio.Queue(1)
    await asyncio.wait_for(queue.put(1), 30)
    try:
        await asyncio.wait_for(queue.put(2), 0.1)
    except asyncio.TimeoutError:
        print("full", queue.full(), queue.qsize())
    try:
        queue.put_nowait(3)
    except asyncio.QueueFull:
        print("still full")


async def example_queue_get_nowait():
    queue: asyncio.Queue[int] = asyncio.Queue()
    try:
        queue.get_nowait()
    except asyncio.QueueEmpty:
        print("empty")


async def example_priority_and_lifo():
    first: asyncio.PriorityQueue[int] = asyncio.PriorityQueue()
    last: asyncio.LifoQueue[int] = asyncio.LifoQueue()
    for number in (3, 1, 2):
        await first.put(number)
        await last.put(number)
    print([await first.get() for _ in range(3)], [await last.get() for _ in range(3)])


async def example_join_deadline():
    queue: asyncio.Queue[int] = asyncio.Queue()
    await queue.put(1)
    try:
        await asyncio.wait_for(queue.join(), 0.1)
    except asyncio.TimeoutError:
        print("not done")
    await queue.get()
    queue.task_done()
    print(await asyncio.wait_for(queue.join(), 30))
    queue.task_done()


async def example_zero_and_negative_deadlines():
    event = asyncio.Event()
    event.set()
    for timeout in (0, -1):
        try:
            await asyncio.wait_for(event.wait(), timeout)
        except asyncio.TimeoutError:
            print("not begun", timeout)


async def example_no_deadline():
    event = asyncio.Event()
    event.set()
    print(await asyncio.wait_for(event.wait(), None))


async def example_sleep_of_nothing():
    print(await asyncio.sleep(0), await asyncio.sleep(-1))


async def example_sleep_deadline():
    start = time.monotonic()
    try:
        await asyncio.wait_for(asyncio.sleep(60), 0.5)
    finally:
        print(took(start, 0.5))


async def example_producers_and_consumers():
    queue: asyncio.Queue[int] = asyncio.Queue(2)
    seen: list[int] = []

    async def consume():
        while (item := await queue.get()) >= 0:
            seen.append(item)
            queue.task_done()
        queue.task_done()

    tasks = [asyncio.create_task(consume()) for _ in range(3)]
    for number in range(20):
        await queue.put(number)
    for _ in tasks:
        await queue.put(-1)
    await queue.join()
    await asyncio.wait(tasks)
    print(sorted(seen) == list(range(20)))
