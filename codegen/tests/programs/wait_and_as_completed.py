"""`asyncio.wait`, `asyncio.as_completed` and the default executor."""

import asyncio
import threading
import time

from support.elapsed_time import took


async def work(x, delay=0.0):
    await asyncio.sleep(delay)
    if isinstance(x, Exception):
        raise x
    return x


async def after(event: asyncio.Event, x):
    """Return what was given, once the event is set: an order without a clock."""
    await asyncio.wait_for(event.wait(), 30)
    return x


def results(tasks):
    return sorted(task.result() for task in tasks)


async def example_wait_for_all():
    tasks = [asyncio.create_task(work(x, x / 50)) for x in range(4)]
    done, pending = await asyncio.wait(tasks)
    return results(done), pending, type(done).__name__


async def example_wait_for_the_first():
    events = [asyncio.Event() for _ in range(3)]
    tasks = {asyncio.create_task(after(event, x)) for x, event in enumerate(events)}
    pending = tasks
    seen = []
    for event in events:
        event.set()
        done, pending = await asyncio.wait(
            pending, return_when=asyncio.FIRST_COMPLETED
        )
        seen.append((results(done), len(pending)))
    return seen


async def example_wait_for_an_exception():
    later = asyncio.Event()
    slow = asyncio.create_task(after(later, 1))
    quick = asyncio.create_task(work(2))

    async def fail():
        await quick
        raise ValueError("wrong")

    wrong = asyncio.create_task(fail())
    done, pending = await asyncio.wait(
        [slow, quick, wrong], return_when=asyncio.FIRST_EXCEPTION
    )
    print(quick in done, wrong in done, pending == {slow})
    later.set()
    done, pending = await asyncio.wait([quick, slow], return_when="FIRST_EXCEPTION")
    print(results(done), pending)
    try:
        await wrong
    except ValueError as error:
        return str(error)


async def example_wait_with_a_timeout():
    later = asyncio.Event()
    quick = asyncio.create_task(work(0))
    tasks = {quick, asyncio.create_task(after(later, 3))}
    await quick
    start = time.monotonic()
    done, pending = await asyncio.wait(tasks, timeout=0.5)
    print(results(done), len(pending), took(start, 0.5))
    done, pending = await asyncio.wait(pending, timeout=0)
    print(len(done), len(pending))
    later.set()
    done, pending = await asyncio.wait(pending, timeout=None)
    return results(done), pending


async def example_wait_for_nothing():
    tasks: set[asyncio.Task[int]] = set()
    try:
        await asyncio.wait(tasks)
    except ValueError:
        print("nothing to wait for")
    tasks.add(asyncio.create_task(work(1)))
    try:
        await asyncio.wait(tasks, return_when="SOMETIME")
    except ValueError:
        print("no such moment")
    return results((await asyncio.wait(tasks))[0])


async def example_one_task_with_a_timeout():
    event = asyncio.Event()
    task = asyncio.create_task(after(event, "late"))
    for timeout in (0.1, 30):
        done, pending = await asyncio.wait({task}, timeout=timeout)
        print(task in done, task in pending)
        event.set()
    return await task


async def example_as_completed():
    events = [asyncio.Event() for _ in range(4)]
    tasks = [asyncio.create_task(after(events[x], x)) for x in (2, 0, 1)]
    events[0].set()
    seen = []
    for each in asyncio.as_completed(tasks):
        seen.append(await each)
        events[seen[-1] + 1].set()
    return seen


async def example_as_completed_starts_calls():
    event = asyncio.Event()

    async def let_go(x, event):
        event.set()
        return x

    seen = []
    # The first ends only if the second is running as well.
    for each in asyncio.as_completed([after(event, 2), let_go(x=1, event=event)]):
        seen.append(await each)
    for each in asyncio.as_completed({work(x, 0.1) for x in range(3)}):
        await each
    return sorted(seen)


async def example_as_completed_raises():
    event = asyncio.Event()
    wrong = asyncio.create_task(work(KeyError(3)))
    tasks = [asyncio.create_task(after(event, 1)), wrong]
    for each in asyncio.as_completed(tasks):
        try:
            print(await each)
        except KeyError as error:
            print("raised", error)
            event.set()


async def example_as_completed_with_a_timeout():
    event = asyncio.Event()
    tasks = [asyncio.create_task(after(event, x)) for x in (1, 2)]
    quick = asyncio.create_task(work(0))
    tasks.append(quick)
    await quick
    start = time.monotonic()
    for each in asyncio.as_completed(tasks, timeout=0.5):
        try:
            print(await each)
        except asyncio.TimeoutError:
            print("timeout", took(start, 0.5))
    event.set()
    return [await task for task in tasks]


async def example_as_completed_of_nothing():
    tasks: list[asyncio.Task[int]] = []
    return [await each for each in asyncio.as_completed(tasks)]


async def example_default_executor():
    loop = asyncio.get_running_loop()
    print(await loop.run_in_executor(None, int, "12"))
    print(await asyncio.get_running_loop().run_in_executor(None, lambda: "lambda"))
    start = loop.time()
    await loop.run_in_executor(None, time.sleep, 0.1)
    print(took(start, 0.1))
    await loop.run_in_executor(None, int, "x")


async def example_task_of_a_loop():
    loop = asyncio.get_running_loop()
    event = asyncio.Event()
    task = loop.create_task(after(event, 1))
    other = asyncio.get_running_loop().create_task(work(2))
    print(task.done(), await other)
    event.set()
    return await task


async def example_condition_deadlines():
    condition = asyncio.Condition()
    ready = []

    async def notify():
        await asyncio.sleep(0.1)
        async with condition:
            ready.append(1)
            condition.notify_all()

    async with condition:
        for wait in (1, 2):
            try:
                if wait == 1:
                    await asyncio.wait_for(condition.wait(), 0.05)
                else:
                    await asyncio.wait_for(condition.wait_for(lambda: ready), 0.05)
            except asyncio.TimeoutError:
                print("timeout", wait, ready)
    task = asyncio.create_task(notify())
    async with condition:
        print(await asyncio.wait_for(condition.wait_for(lambda: ready), 30))
    await task


async def example_join_deadline():
    queue: asyncio.Queue[int] = asyncio.Queue()
    await asyncio.wait_for(queue.join(), 30)
    queue.put_nowait(1)
    event = asyncio.Event()

    async def consume():
        await event.wait()
        await queue.get()
        queue.task_done()

    task = asyncio.create_task(consume())
    try:
        await asyncio.wait_for(queue.join(), 0.05)
    except asyncio.TimeoutError:
        print("timeout", queue.qsize())
    event.set()
    await asyncio.wait_for(queue.join(), 30)
    await task
    try:
        queue.task_done()
    except ValueError:
        return "done too often", threading.active_count() > 0
