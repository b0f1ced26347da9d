# tasks: turns
import asyncio


async def fetch(key): ...


async def main(keys, call):
    task = asyncio.create_task(fetch("a"))
    waiting = [fetch(key) for key in keys]
    await asyncio.gather(*waiting, *map(fetch, keys), call(task))

# ---- twin ----

# tasks: turns

import functools

from twin_runtime.turns.dynamic_calls import await_, deferred, later
from twin_runtime.turns.entry_points import entry
from twin_runtime.turns.task_creation import create_task
from twin_runtime.turns.waiting import gather


@entry
def fetch(key): ...


@entry
def main(keys, call):
    task = create_task(later(fetch, "a"))
    waiting = [later(fetch, key) for key in keys]
    await_(
        gather(
            *waiting, *map(functools.partial(later, fetch), keys), deferred(call, task)
        )
    )
