# python: 3.11
"""`async with asyncio.TaskGroup()` where every sibling ends by itself."""

import asyncio


async def work(x, delay=0.0):
    await asyncio.sleep(delay)
    if isinstance(x, BaseException):
        raise x
    return x


async def after(event: asyncio.Event, x):
    """Return what was given, once the event is set: an order without a clock."""
    await asyncio.wait_for(event.wait(), 30)
    return x


def told(group):
    return str(group), [repr(error) for error in group.exceptions]


async def meet(here: list[object], together: asyncio.Event, number: int):
    """Come back when `number` are here: only if they run at the same time."""
    here.append(None)
    if len(here) == number:
        together.set()
    await asyncio.wait_for(together.wait(), 30)
    return number


async def example_results():
    event = asyncio.Event()
    async with asyncio.TaskGroup() as tg:  # twingen: siblings finish
        tasks = [tg.create_task(after(event, x)) for x in range(4)]
        print(any(task.done() for task in tasks))
        event.set()
    return [task.result() for task in tasks], await tasks[0]


async def example_at_the_same_time():
    here, together = [], asyncio.Event()
    async with asyncio.TaskGroup() as tg:  # twingen: siblings finish
        for _ in range(20):
            tg.create_task(meet(here, together, 20))
    return len(here)


async def example_nothing_started():
    async with asyncio.TaskGroup() as tg:  # twingen: siblings finish
        print("nothing")
    try:
        async with tg:
            pass
    except RuntimeError:
        return "over"


async def example_one_fails():
    try:
        async with asyncio.TaskGroup() as tg:  # twingen: siblings finish
            good = tg.create_task(work(1))
            tg.create_task(work(ValueError("mine"), 0.05))
    except* ValueError as group:
        print(told(group), good.result())


async def example_all_fail_in_order():
    try:
        async with asyncio.TaskGroup() as tg:  # twingen: siblings finish
            tg.create_task(work(ValueError("one")))
            tg.create_task(work(KeyError("two")))
    except ExceptionGroup as group:
        names = sorted(type(error).__name__ for error in group.exceptions)
        return names, isinstance(group, ExceptionGroup)


async def example_the_block_fails():
    try:
        async with asyncio.TaskGroup() as tg:  # twingen: siblings finish
            task = tg.create_task(work(1))
            await asyncio.sleep(0.05)
            raise KeyError("block")
    except ExceptionGroup as group:
        return told(group), task.result(), group.__cause__, group.__suppress_context__


async def example_task_and_block_fail():
    async def body():
        async with asyncio.TaskGroup() as tg:  # twingen: siblings finish
            tg.create_task(work(ValueError("task")))
            raise KeyError("block")

    try:
        await body()
    except BaseExceptionGroup as group:
        return "block" in str(group.exceptions[-1])


async def example_exit_is_raised_alone():
    async with asyncio.TaskGroup() as tg:  # twingen: siblings finish
        tg.create_task(work(1))
        raise SystemExit(3)


async def example_started_by_a_task():
    seen = []

    async def parent(tg: asyncio.TaskGroup):
        await asyncio.sleep(0.05)
        tg.create_task(child())

    async def child():
        await asyncio.sleep(0.05)
        seen.append("child")

    async with asyncio.TaskGroup() as tg:  # twingen: siblings finish
        tg.create_task(parent(tg))
    return seen


async def example_awaited_in_the_block():
    async with asyncio.TaskGroup() as tg:  # twingen: siblings finish
        print(await tg.create_task(work("one")), await tg.create_task(work("two")))


async def example_group_in_a_group():
    async def inner(x):
        async with asyncio.TaskGroup() as tg:  # twingen: siblings finish
            tg.create_task(work(x, 0.01))

    try:
        async with asyncio.TaskGroup() as tg:  # twingen: siblings finish
            tg.create_task(inner(ValueError("deep")))
    except* ValueError as group:
        print([told(each) for each in group.exceptions])
