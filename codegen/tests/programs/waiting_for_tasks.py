"""`asyncio.wait`, `asyncio.as_completed` and the default executor."""

import asyncio
import threading
import time


async def work(x, delay=0.0):
    await asyncio.sleep(delay)
    if isinstance(x, Exception):
        raise x
    return x


def results(tasks):
    return sorted(task.result() for task in tasks)


async def example_wait_for_all():
    tasks = [asyncio.create_task(work(x, x / 50)) for x in range(4)]
    done, pending = await asyncio.wait(tasks)
    return results(done), pending, type(done).__name__


async def example_wait_for_the_first():
    tasks = {asyncio.create_task(work(x, x / 5)) for x in (1, 2, 3)}
    pending = tasks
    seen = []
    while pending:
        done, pending = await asyncio.wait(
            pending, return_when=asyncio.FIRST_COMPLETED
        )
        seen.append((results(done), len(pending)))
    return seen


async def example_wait_for_an_exception():
    slow = asyncio.create_task(work(1, 0.5))
    quick = asyncio.create_task(work(2))
    wrong = asyncio.create_task(work(ValueError("wrong"), 0.1))
    start = time.monotonic()
    done, pending = await asyncio.wait(
        [slow, quick, wrong], return_when=asyncio.FIRST_EXCEPTION
    )
    print(quick in done, wrong in done, pending == {slow}, time.monotonic() - start < 0.4)
    done, pending = await asyncio.wait([quick, slow], return_when="FIRST_EXCEPTION")
    print(results(done), pending)
    try:
        await wrong
    except ValueError as error:
        return str(error)


async def example_wait_with_a_timeout():
    tasks = {asyncio.create_task(work(x, x / 2)) for x in (0, 3)}
    start = time.monotonic()
    done, pending = await asyncio.wait(tasks, timeout=0.5)
    print(results(done), len(pending), round((time.monotonic() - start) * 2) / 2)
    done, pending = await asyncio.wait(pending, timeout=0)
    print(len(done), len(pending))
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
    task = asyncio.create_task(work("late", 0.2))
    for _ in range(2):
        done, pending = await asyncio.wait({task}, timeout=0.15)
        print(task in done, task in pending)
    return await task


async def example_as_completed():
    tasks = [asyncio.create_task(work(x, x / 20)) for x in (3, 1, 2)]
    return [await each for each in asyncio.as_completed(tasks)]


async def example_as_completed_starts_calls():
    start = time.monotonic()
    seen = []
    for each in asyncio.as_completed([work(2, 0.3), work(x=1, delay=0.1)]):
        seen.append(await each)
    for each in asyncio.as_completed({work(x, 0.1) for x in range(3)}):
        await each
    return seen, time.monotonic() - start < 0.55


async def example_as_completed_raises():
    tasks = [asyncio.create_task(work(1, 0.1)), asyncio.create_task(work(KeyError(3)))]
    for each in asyncio.as_completed(tasks):
        try:
            print(await each)
        except KeyError as error:
            print("raised", error)


async def example_as_completed_with_a_timeout():
    tasks = [asyncio.create_task(work(x, x)) for x in (0, 1, 2)]
    start = time.monotonic()
    for each in asyncio.as_completed(tasks, timeout=0.5):
        try:
            print(await each)
        except asyncio.TimeoutError:
            print("timeout", round((time.monotonic() - start) * 2) / 2)
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
    print(round(loop.time() - start, 1))
    await loop.run_in_executor(None, int, "x")


async def example_task_of_a_loop():
    loop = asyncio.get_running_loop()
    task = loop.create_task(work(1, 0.05))
    other = asyncio.get_running_loop().create_task(work(2))
    return task.done(), await task, await other


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
        print(await asyncio.wait_for(condition.wait_for(lambda: ready), 5))
    await task


async def example_join_deadline():
    queue: asyncio.Queue[int] = asyncio.Queue()
    await asyncio.wait_for(queue.join(), 1)
    queue.put_nowait(1)

    async def consume():
        await asyncio.sleep(0.2)
        await queue.get()
        queue.task_done()

    task = asyncio.create_task(consume())
    try:
        await asyncio.wait_for(queue.join(), 0.05)
    except asyncio.TimeoutError:
        print("timeout", queue.qsize())
    await asyncio.wait_for(queue.join(), 5)
    await task
    try:
        queue.task_done()
    except ValueError:
        return "done too often", threading.active_count() > 0
