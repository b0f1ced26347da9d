"""Names, callbacks, shields and futures of tasks."""

from __future__ import annotations

import asyncio


async def work(x, delay=0.0):
    await asyncio.sleep(delay)
    if isinstance(x, Exception):
        raise x
    return x


async def after(event: asyncio.Event, x):
    """Return what was given, once the event is set: an order without a clock."""
    await asyncio.wait_for(event.wait(), 30)
    return x


async def example_names():
    task = asyncio.create_task(work(1), name="mine")
    other = asyncio.create_task(work(2), name=None)
    print(task.get_name(), other.get_name().startswith("Task-"))
    task.set_name(7)
    print(task.get_name(), await task, await other)


async def example_ensure_future():
    event = asyncio.Event()
    task = asyncio.ensure_future(after(event, "ensured"))
    print(task.done())
    event.set()
    print(await task, task.result())


async def example_callbacks():
    done: asyncio.Queue[str] = asyncio.Queue()

    def first(task):
        done.put_nowait(f"first {task.result()}")

    def second(task):
        done.put_nowait("second")

    event = asyncio.Event()
    task = asyncio.create_task(after(event, 3))
    task.add_done_callback(first)
    task.add_done_callback(second)
    print(task.remove_done_callback(second), task.remove_done_callback(second))
    event.set()
    print(await task, await asyncio.wait_for(done.get(), 30), done.empty())


async def example_shielded_task_goes_on():
    event = asyncio.Event()
    task = asyncio.create_task(after(event, "done"))
    try:
        await asyncio.wait_for(asyncio.shield(task), 0.1)
    except asyncio.TimeoutError:
        print("timeout", task.done())
    event.set()
    print(await asyncio.shield(task), await task)


async def example_shielded_call():
    print(await asyncio.shield(work("call")))
    print(await asyncio.wait_for(asyncio.shield(work("in time")), 30))
    await asyncio.shield(work(ValueError("mine")))


async def example_shield_with_a_deadline_is_raised():
    await asyncio.wait_for(asyncio.shield(work(1, 60)), 0.05)


async def example_exception_that_nobody_asks_for():
    task = asyncio.create_task(work(KeyError("lost")))
    await asyncio.wait({task})
    print(repr(task.exception()))


async def example_started_at_once():
    order = []
    started, event = asyncio.Event(), asyncio.Event()

    async def step(x):
        order.append(x)
        started.set()
        await event.wait()
        order.append(-x)

    task = asyncio.create_task(step(1))
    await asyncio.wait_for(started.wait(), 30)
    order.append("between")
    event.set()
    await task
    print(order)


async def example_arguments_are_evaluated_when_started():
    x = [1]
    task = asyncio.create_task(work(x[0], 0.05))
    x[0] = 2
    print(await task)


async def example_tasks_in_a_dictionary():
    tasks: dict[str, asyncio.Task[int]] = {}
    for name in "abc":
        tasks[name] = asyncio.create_task(work(ord(name)))
    for name in tasks:
        task: asyncio.Task[int] = tasks[name]
        print(name, await task)


async def example_stored_function():
    functions = [work, work]
    print([await function(number) for number, function in enumerate(functions)])


async def example_conditional_await():
    flag = True
    print(await (work(1) if flag else work(2)), (await work(3)) if flag else None)
