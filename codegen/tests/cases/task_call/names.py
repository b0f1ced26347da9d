import asyncio


async def work(x):
    return x


async def f(name):
    task = asyncio.create_task(work(1), name="one")
    task.set_name(task.get_name() + name)
    other = asyncio.ensure_future(work(2))
    task.remove_done_callback(print)
    await asyncio.create_task(work(x=3), name=f"{name}!")
    async with asyncio.TaskGroup() as tg:  # twingen: siblings finish
        tg.create_task(work(4), name=name)
    return await other

# ---- twin ----

from twin_runtime.tasks import Task, TaskGroup


def work(x):
    return x


def f(name):
    task = Task(work, 1).named("one")
    task.set_name(task.get_name() + name)
    other = Task(work, 2)
    task.remove_done_callback(print)
    Task(work, x=3).named(f"{name}!").wait()
    with TaskGroup() as tg:
        tg.create_task(work, 4).named(name)
    return other.wait()
