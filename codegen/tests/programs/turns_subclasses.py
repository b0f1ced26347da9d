# tasks: turns
"""Subclasses of asyncio's classes, and what is true of its objects."""

import asyncio
import math


class Counting(asyncio.Queue):
    def _init(self, maxsize):
        self.puts = 0
        self._queue = []

    def _put(self, item):
        self.puts += 1
        self._queue.append(item)

    def _get(self):
        return self._queue.pop()


class Slots(asyncio.Semaphore):
    taken = 0

    async def acquire(self):
        await super().acquire()
        self.taken += 1
        return True


class Pulse(asyncio.Event):
    def set(self):
        super().set()
        self.clear()


async def example_queue():
    queue = Counting()
    for x in range(3):
        await queue.put(x)
    return [queue.get_nowait() for _ in range(3)], queue.puts, queue.empty()


async def example_semaphore():
    slots = Slots(2)
    async with slots, slots:
        return slots.taken, slots.locked()


async def example_event():
    pulse = Pulse()
    waiter = asyncio.create_task(pulse.wait())
    await asyncio.sleep(0)
    pulse.set()
    return await waiter, pulse.is_set()


async def example_condition():
    condition, log = asyncio.Condition(), []

    async def wait(name):
        async with condition:
            await condition.wait()
            log.append(name)

    tasks = [asyncio.create_task(wait(name)) for name in "abc"]
    await asyncio.sleep(0)
    async with condition:
        condition.notify(2)
    await asyncio.sleep(0.01)
    log.append(condition.locked())
    async with condition:
        condition.notify_all()
    await asyncio.gather(*tasks)
    return log


async def example_locks_are_fair():
    lock, log = asyncio.Lock(), []

    async def take(name):
        async with lock:
            log.append(name)
            await asyncio.sleep(0)

    await asyncio.gather(*(take(name) for name in "abcd"))
    try:
        lock.release()
    except RuntimeError as error:
        log.append(str(error))
    return log


async def example_no_deadline():
    return await asyncio.wait_for(asyncio.sleep(0, "slept"), math.inf)


async def example_task_is_a_future():
    task = asyncio.create_task(asyncio.sleep(0, 1))
    kinds = isinstance(task, asyncio.Future), asyncio.isfuture(task)
    return kinds, await task, task in asyncio.all_tasks()


async def example_current_task():
    async def name():
        task = asyncio.current_task()
        return task.get_name() if task else None

    return await asyncio.create_task(name(), name="own"), await name() is not None
