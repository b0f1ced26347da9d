# tasks: turns
"""Coroutines, futures, tasks and loops that are kept, passed on and asked."""

import asyncio
import functools
import inspect
from collections.abc import Awaitable


async def double(x):
    await asyncio.sleep(0)
    return x * 2


def plain(x):
    return x + 1


class Later:
    """What is awaited is another's."""

    def __init__(self, x):
        self.x = x

    def __await__(self):
        return double(self.x).__await__()


async def example_kept_coroutines():
    kept = [double(1), double(2)]
    first, second = kept
    print(inspect.iscoroutine(first), inspect.getcoroutinestate(first))
    results = await second, await first
    print(inspect.getcoroutinestate(first))
    try:
        await first
    except RuntimeError as error:
        print(error)
    return results


async def example_coroutine_that_is_closed():
    coroutine = double(1)
    coroutine.close()
    return inspect.getcoroutinestate(coroutine)


async def example_gather_over_what_is_computed():
    coroutines = [double(x) for x in range(3)]
    coroutines.append(asyncio.sleep(0, "slept"))
    by_name = {name: double(name) for name in "ab"}
    results = await asyncio.gather(*coroutines)
    return results, dict(zip(by_name, await asyncio.gather(*by_name.values())))


async def example_gather_of_map():
    return await asyncio.gather(*map(double, range(3)), *map(plain_or_not, range(2)))


def plain_or_not(x):
    return double(x) if x else asyncio.sleep(0, "zero")


async def example_gather_with_failures():
    async def fail():
        raise ValueError("no")

    results = await asyncio.gather(fail(), double(1), return_exceptions=True)
    try:
        await asyncio.gather(double(1), fail())
    except ValueError as error:
        return repr(results), str(error)


async def example_callbacks_that_may_be_async():
    async def call(hook, x):
        result = hook(x)
        if inspect.isawaitable(result):
            result = await result
        return result

    partial = functools.partial(double, 5)
    found = [await call(hook, 3) for hook in (double, plain, lambda x: double(x))]
    return found, await call(lambda _: partial(), 0)


async def example_functions_that_are_told_apart():
    hooks = (double, plain, functools.partial(double, 1), print)
    return [inspect.iscoroutinefunction(hook) for hook in hooks]


async def example_own_awaitables():
    later = Later(4)
    print(isinstance(later, Awaitable), isinstance(double, Awaitable))
    return await later, await asyncio.gather(Later(1), Later(2))


async def example_futures():
    loop = asyncio.get_running_loop()
    future, log = loop.create_future(), []
    future.add_done_callback(lambda done: log.append(("called", done.result())))
    loop.call_soon(future.set_result, 7)
    log.append(await future)
    await asyncio.sleep(0)
    try:
        future.set_result(8)
    except asyncio.InvalidStateError as error:
        log.append(type(error).__name__)
    return log, future.done(), isinstance(future, asyncio.Future)


async def example_future_with_several_waiters():
    future = asyncio.get_running_loop().create_future()

    async def wait(name):
        return name, await future

    tasks = [asyncio.create_task(wait(name), name=name) for name in "abc"]
    await asyncio.sleep(0)
    future.set_result("set")
    return await asyncio.gather(*tasks), [task.get_name() for task in tasks]


async def example_future_that_fails():
    future = asyncio.get_running_loop().create_future()
    future.set_exception(KeyError("k"))
    try:
        await future
    except KeyError as error:
        return error.args, repr(future.exception())


async def example_tasks_kept_by_name():
    tasks = {}
    for x in (1, 2):
        tasks[x] = asyncio.ensure_future(double(x))
    done, pending = await asyncio.wait(tasks.values())
    print(len(done), len(pending))
    return {name: task.result() for name, task in tasks.items()}


async def example_as_completed():
    waiting = [asyncio.sleep(delay, delay) for delay in (0.02, 0, 0.01)]
    return [await each for each in asyncio.as_completed(waiting)]


async def example_first_of_several():
    tasks = [asyncio.create_task(asyncio.sleep(d, d)) for d in (0, 10)]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    return [task.result() for task in done], len(pending)


async def example_one_loop():
    loop = asyncio.get_running_loop()

    async def inner():
        return asyncio.get_running_loop()

    locks = {loop: "own"}
    found = await asyncio.gather(inner(), asyncio.create_task(inner()))
    return [each is loop for each in found], locks[found[0]], loop.is_running()


async def example_loop_that_is_missing():
    def outside():
        try:
            asyncio.get_running_loop()
        except RuntimeError as error:
            return str(error)

    return await asyncio.to_thread(outside)


async def example_order_of_callbacks():
    loop, log = asyncio.get_running_loop(), []
    loop.call_later(0.01, log.append, "later")
    loop.call_soon(log.append, "soon")
    handle = loop.call_soon(log.append, "never")
    handle.cancel()
    asyncio.create_task(hold(log))
    log.append("here")
    await asyncio.sleep(0.03)
    return log, handle.cancelled()


async def hold(log):
    log.append("task")
    await asyncio.sleep(0)
    log.append("task again")


async def example_starting_order():
    log = []

    async def step(name):
        log.append(f"{name} 1")
        await asyncio.sleep(0)
        log.append(f"{name} 2")

    one, two = asyncio.create_task(step("a")), asyncio.create_task(step("b"))
    log.append("both are created")
    await step("c")
    await asyncio.gather(one, two)
    return log


async def example_nothing_runs_between_two_awaits():
    count = 0

    async def add():
        nonlocal count
        for _ in range(200):
            before = count
            sum(range(50))
            count = before + 1
        await asyncio.sleep(0)

    await asyncio.gather(*(add() for _ in range(10)))
    return count
