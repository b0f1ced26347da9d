# tasks: turns
import asyncio


async def use(tasks):
    async for each in asyncio.as_completed(tasks, timeout=1):
        print(each in tasks)
    completed = asyncio.as_completed(tasks)
    async for each in completed:
        print(await each)
    for each in asyncio.as_completed(tasks):
        print(await each)
    return [each async for each in asyncio.as_completed(tasks)]

# ---- twin ----
# tasks: turns

from twin_runtime.turns.dynamic_calls import await_, iterated
from twin_runtime.turns.entry_points import entry
from twin_runtime.turns.waiting import as_completed


@entry
def use(tasks):
    for each in iterated(as_completed(tasks, timeout=1)):
        print(each in tasks)
    completed = as_completed(tasks)
    for each in iterated(completed):
        print(await_(each))
    for each in as_completed(tasks):
        print(await_(each))
    return [each for each in iterated(as_completed(tasks))]
