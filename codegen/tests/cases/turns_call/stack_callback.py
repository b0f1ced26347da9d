# tasks: turns
import asyncio
from contextlib import AsyncExitStack


async def close(resource, log, *calls):
    task = asyncio.create_task(resource.close())
    async with AsyncExitStack() as stack:
        stack.push_async_callback(resource.close, log=log)
        stack.push_async_callback(*calls)
        stack.push_async_exit(resource)
    await task

# ---- twin ----
# tasks: turns

from twin_runtime.turns.dynamic_calls import await_, awaited, deferred
from twin_runtime.turns.entry_points import entry
from twin_runtime.turns.exit_stacks import ExitStack as _ExitStack
from twin_runtime.turns.task_creation import create_task


@entry
def close(resource, log, *calls):
    task = create_task(deferred(resource.close))
    with _ExitStack() as stack:
        stack.callback(awaited, resource.close, log=log)
        stack.callback(awaited, *calls)
        stack.push(resource)
    await_(task)
