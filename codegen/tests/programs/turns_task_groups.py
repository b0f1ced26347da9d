# tasks: turns
# python: 3.11
"""Task groups whose tasks are cancelled."""

import asyncio


async def wait(log, name, delay=10):
    try:
        await asyncio.sleep(delay)
        return name
    except asyncio.CancelledError:
        log.append(f"{name} cancelled")
        raise


async def fail(delay=0):
    await asyncio.sleep(delay)
    raise ValueError("failed")


async def example_group():
    log = []
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(wait(log, name, 0)) for name in "ab"]
        log.append("block ends")
    return [task.result() for task in tasks], log


async def example_a_failure_cancels_the_others():
    log = []
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(wait(log, "sibling"))
            group.create_task(fail())
            await wait(log, "block")
    except* ValueError as errors:
        log.append(repr(errors.exceptions))
    return log


async def example_two_failures():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail())
            group.create_task(fail())
    except ExceptionGroup as errors:
        return errors.message, [repr(each) for each in errors.exceptions]


async def example_cancelled_group():
    log = []

    async def work():
        async with asyncio.TaskGroup() as group:
            group.create_task(wait(log, "one"))
            group.create_task(wait(log, "two"))

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    return sorted(log), task.cancelled()  # a group keeps its tasks in a set


async def example_tasks_that_start_tasks():
    log = []

    async def parent(group, depth):
        log.append(depth)
        if depth:
            group.create_task(parent(group, depth - 1))

    async with asyncio.TaskGroup() as group:
        group.create_task(parent(group, 3))
    return log
