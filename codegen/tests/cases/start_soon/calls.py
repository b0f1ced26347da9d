import anyio
from anyio import create_task_group
from anyio.abc import TaskGroup


async def work(x):
    await anyio.sleep(x)


async def f(name):
    async with anyio.create_task_group() as tg:  # twingen: siblings finish
        tg.start_soon(work, 1)
        tg.start_soon(work, 2, name=name)
    async with create_task_group() as group:  # twingen: siblings finish
        await more(group)


async def more(group: TaskGroup):
    group.start_soon(
        work,
        3,
    )

# ---- twin ----

import time

from twin_runtime.tasks import TaskGroup as _TaskGroup


def work(x):
    time.sleep(x)


def f(name):
    with _TaskGroup() as tg:
        tg.create_task(work, 1)
        tg.create_task(work, 2).named(name)
    with _TaskGroup() as group:
        more(group)


def more(group: _TaskGroup):
    group.create_task(work, 3)
