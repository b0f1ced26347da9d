import asyncio


async def work(x=0):
    return x


async def start(group: asyncio.TaskGroup):
    return group.create_task(work(3))


async def main(xs, other):
    async with asyncio.TaskGroup() as tg:  # twingen: siblings finish
        one = tg.create_task(work())
        two = await start(tg)
        many = [tg.create_task(work(x)) for x in xs]
    print(await one, two, [task.result() for task in many])
    async with other, asyncio.TaskGroup() as tg:  # twingen: siblings finish
        # a comment
        tg.create_task(work())

# ---- twin ----

from twin_runtime.tasks import TaskGroup


def work(x=0):
    return x


def start(group: TaskGroup):
    return group.create_task(work, 3)


def main(xs, other):
    with TaskGroup() as tg:
        one = tg.create_task(work)
        two = start(tg)
        many = [tg.create_task(work, x) for x in xs]
    print(one.wait(), two, [task.result() for task in many])
    with other, TaskGroup() as tg:
        # a comment
        tg.create_task(work)
