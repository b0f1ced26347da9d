"""Tasks of other makes, and the debug mode, where tasks take turns."""

# tasks: turns

from __future__ import annotations

import asyncio
import sys


class Stepper:
    """A task of its own make: a step for each turn of the loop."""

    def __init__(self, coroutine, loop):
        self._coroutine = coroutine
        self._loop = loop
        self._done = loop.create_future()
        asyncio._register_task(self)
        loop.call_soon(self._step)

    def get_loop(self):
        return self._loop

    def done(self):
        return self._done.done()

    def _step(self):
        asyncio._enter_task(self._loop, self)
        try:
            self._coroutine.send(None)
        except StopIteration as stop:
            self._done.set_result(stop.value)
        else:
            self._loop.call_soon(self._step)
        finally:
            asyncio._leave_task(self._loop, self)

    def __await__(self):
        result = yield from self._done.__await__()
        asyncio._unregister_task(self)
        return result


def makes(tasks):
    return [type(each).__name__ for each in tasks]


async def steps(log):
    for number in range(3):
        log.append((number, type(asyncio.current_task()).__name__))
        await asyncio.sleep(0)
    return "stepped"


async def example_other_task():
    loop = asyncio.get_running_loop()
    # A loop that many calls share has tasks of others.
    before = asyncio.all_tasks()
    print(asyncio.current_task() in before)
    log = []
    task = Stepper(steps(log), loop)
    print(makes(asyncio.all_tasks() - before))
    print(await task, log)
    print(makes(asyncio.all_tasks() - before))
    return asyncio.current_task() is task


async def example_one_at_a_time():
    loop = asyncio.get_running_loop()
    for step in (asyncio._enter_task, asyncio._leave_task):
        try:
            step(loop, object())
        except RuntimeError as error:
            print(str(error).split(" ")[0])


async def example_debug_mode():
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    future = loop.create_future()
    task = asyncio.create_task(steps([]))
    loop.set_debug(False)
    print("created at" in repr(future), "created at" in repr(task))
    print("created at" in repr(loop.create_future()))
    future.cancel()
    return await task


if sys.version_info >= (3, 11):

    async def example_refused_by_a_group():
        async with asyncio.TaskGroup() as group:
            pass
        coroutine = steps([])
        try:
            group.create_task(coroutine)
        except RuntimeError as error:
            print(str(error).endswith("is finished"))
        try:
            print(await coroutine)  # since Python 3.13 it is closed
        except RuntimeError as error:
            print(error)
