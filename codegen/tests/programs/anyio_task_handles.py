# python: 3.11
# needs: anyio
# tasks: turns
"""Handles of tasks in anyio's groups, which it has since 4.14."""

import anyio
from anyio import TaskHandle, create_task_group, sleep

Status = TaskHandle.Status


async def example_handles():
    async def work(value):
        await sleep(0.01)
        return value

    async with create_task_group() as group:
        first = group.start_soon(work, 1, name="one")
        second = group.create_task(work(2))
        print(first.name, first.status, second.name.rpartition(".")[2])
        try:
            print(first.return_value)
        except anyio.TaskNotFinished as error:
            print(error)
        print(await first)
        await second.wait()
        print(second.return_value, second.exception, second.status)
        try:
            print(second.start_value)
        except RuntimeError as error:
            print(error)
    return first.status is Status.FINISHED


async def example_cancelled_handle():
    async def work():
        await sleep(5)

    async with create_task_group() as group:
        handle = group.start_soon(work)
        await sleep(0)
        handle.cancel()
        print(handle.status)
        await handle.wait()
        print(handle.status)
        for ask in (lambda: handle.return_value, lambda: handle.exception):
            try:
                print(ask())
            except anyio.TaskCancelled as error:
                print(error, type(error.__cause__).__name__)
        try:
            await handle
        except anyio.TaskCancelled as error:
            print(error)
        await sleep(0)
        print("goes on")
    return group.cancel_scope.cancel_called


async def example_failed_handle():
    async def fail():
        raise ValueError("failed")

    try:
        async with create_task_group() as group:
            handle = group.start_soon(fail)
            await sleep(1)
    except BaseExceptionGroup as error:
        print(error.exceptions)
    try:
        print(handle.return_value)
    except anyio.TaskFailed as error:
        print(error, repr(error.__cause__))
    return handle.status, repr(handle.exception)


async def example_start_value():
    async def serve(*, task_status):
        task_status.started("ready")
        return "result"

    async with create_task_group() as group:
        handle = await group.start(serve, return_handle=True)
        print(handle.start_value)
        print(await handle)
    return handle.status


async def example_group_cancelled_by_name():
    async with create_task_group() as group:
        group.cancel("enough")
        try:
            await sleep(1)
        except anyio.get_cancelled_exc_class() as error:
            print(str(error).rpartition("; ")[2])
            raise
    return group.cancel_scope.cancelled_caught
