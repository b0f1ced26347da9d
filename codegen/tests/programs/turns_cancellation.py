# tasks: turns
# python: 3.11
"""Tasks that are cancelled, and deadlines around coroutines of one's own."""

import asyncio
from contextlib import suppress


async def hold(log, name, delay=10):
    try:
        await asyncio.sleep(delay)
        log.append(f"{name} done")
        return name
    except asyncio.CancelledError as error:
        log.append(f"{name} cancelled {error.args}")
        raise
    finally:
        log.append(f"{name} left")


async def example_cancel_where_it_waits():
    log = []
    task = asyncio.create_task(hold(log, "a"))
    await asyncio.sleep(0)
    print(task.cancel("enough"), task.cancelling(), task.done())
    try:
        await task
    except asyncio.CancelledError as error:
        log.append(error.args)
    return log, task.cancelled(), task.done()


async def example_cancel_before_it_starts():
    log = []
    task = asyncio.create_task(hold(log, "never"))
    task.cancel()
    result = await asyncio.gather(task, return_exceptions=True)
    return log, repr(result)


async def example_cancellation_that_is_declined():
    async def stubborn():
        for _ in range(3):
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(10)
                return "slept"
        return "declined"

    task = asyncio.create_task(stubborn())
    for _ in range(3):
        await asyncio.sleep(0)
        task.cancel()
    return await task, task.cancelled()


async def example_uncancel():
    async def body():
        task = asyncio.current_task()
        assert task is not None
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            return task.cancelling(), task.uncancel(), task.cancelling()

    task = asyncio.create_task(body())
    await asyncio.sleep(0)
    task.cancel()
    return await task


async def example_deadline_of_an_own_coroutine():
    log = []
    try:
        await asyncio.wait_for(hold(log, "slow"), 0.01)
    except asyncio.TimeoutError as error:
        log.append(type(error).__name__)
    log.append(await asyncio.wait_for(hold(log, "quick", 0), 10))
    return log


async def example_deadline_around_several_waits():
    log = []
    try:
        async with asyncio.timeout(0.01) as scope:
            await hold(log, "first", 0)
            await hold(log, "second")
    except TimeoutError:
        log.append(f"expired {scope.expired()}")
    return log


async def example_deadlines_within_each_other():
    log = []
    try:
        async with asyncio.timeout(0.01):
            async with asyncio.timeout(10):
                await hold(log, "inner")
    except TimeoutError:
        log.append("the outer one")
    return log


async def example_deadline_that_moves():
    async with asyncio.timeout(None) as scope:
        print(scope.when())
        scope.reschedule(asyncio.get_running_loop().time() + 10)
        await asyncio.sleep(0)
    return scope.expired()


async def example_shield():
    log = []
    inner = asyncio.create_task(hold(log, "inner", 0.02))
    outer = asyncio.ensure_future(asyncio.shield(inner))
    await asyncio.sleep(0)
    outer.cancel()
    result = await asyncio.gather(outer, return_exceptions=True)
    log.append(repr(result))
    return await inner, log


async def example_cancelled_while_it_has_a_lock():
    lock = asyncio.Lock()

    async def first():
        async with lock:
            await asyncio.sleep(10)

    async def second():
        async with lock:
            return "second"

    one, other = asyncio.create_task(first()), asyncio.create_task(second())
    await asyncio.sleep(0)
    one.cancel()
    return await other, lock.locked(), one.cancelled()


async def example_cancelled_while_it_waits_for_a_queue():
    queue = asyncio.Queue(1)
    getter = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    getter.cancel()
    await queue.put("kept")
    await asyncio.wait([getter])
    return getter.cancelled(), queue.get_nowait()


class Firm(asyncio.Future):
    def cancel(self, msg=None):
        raise ValueError("not to be cancelled")


async def example_future_that_cannot_be_cancelled():
    log = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, told: log.append(str(told["exception"])))
    firm = Firm()

    async def wait():
        asyncio.current_task().cancel()
        try:
            log.append(await firm)
        except BaseException as error:
            log.append(type(error).__name__)
            raise

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    log.append(task.done())
    firm.set_result("over")
    await asyncio.wait([task])
    return log, task.cancelled()
