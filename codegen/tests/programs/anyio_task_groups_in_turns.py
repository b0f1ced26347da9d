# python: 3.11
# needs: anyio
# tasks: turns
"""Task groups of anyio: order, failures, cancellation, start(), handles."""

import asyncio

import anyio
from anyio import CancelScope, create_task_group, move_on_after, sleep
from anyio.abc import TaskGroup, TaskStatus
from anyio.lowlevel import checkpoint


def shown(error):
    if isinstance(error, BaseExceptionGroup):
        return error.message, sorted(map(shown, error.exceptions))
    return type(error).__name__, error.args


async def example_order():
    order = []
    quick_has_ended = anyio.Event()

    async def work(name, wait):
        order.append(f"{name} begins")
        await wait()
        order.append(f"{name} ends")
        quick_has_ended.set()

    async with create_task_group() as group:
        group.start_soon(work, "slow", quick_has_ended.wait)
        group.start_soon(work, "quick", checkpoint, name="quick")
        order.append("started")
    order.append("left")
    return order


async def example_failure_cancels_the_rest():
    async def fail():
        await sleep(0.01)
        raise KeyError("x")

    async def work():
        try:
            await sleep(5)
        except anyio.get_cancelled_exc_class():
            print("cancelled")
            raise

    try:
        async with create_task_group() as group:
            group.start_soon(work)
            group.start_soon(fail)
            await sleep(5)
            print("not reached")
    except BaseExceptionGroup as error:
        print(shown(error))
    return group.cancel_scope.cancel_called, group.cancel_scope.cancelled_caught


async def example_several_failures():
    async def fail(value):
        try:
            await sleep(0.01)
        finally:
            raise ValueError(value)

    try:
        async with create_task_group() as group:
            for each in range(3):
                group.start_soon(fail, each)
            raise TypeError("block")
    except BaseExceptionGroup as error:
        return shown(error)


async def example_failure_of_the_block():
    async def work():
        await sleep(5)

    try:
        async with create_task_group() as group:
            group.start_soon(work)
            await sleep(0)
            raise ValueError("block")
    except BaseExceptionGroup as error:
        print(shown(error), error.__context__, error.__cause__)
    return group.cancel_scope.cancelled_caught


async def example_cancelled_group():
    async def work(number):
        try:
            await sleep(5)
        finally:
            cancelled.append(number)

    cancelled = []
    async with create_task_group() as group:
        group.start_soon(work, 1)
        group.start_soon(work, 2)
        await sleep(0)
        group.cancel_scope.cancel()
        group.start_soon(work, 3)
        print("still here")
        await sleep(5)
        print("not reached")
    # anyio keeps them in a set: their order is not its promise.
    return group.cancel_scope.cancelled_caught, sorted(cancelled)


async def example_never_begun():
    async def work():
        print("begins")
        await sleep(0)
        print("not reached")

    async with create_task_group() as group:
        group.start_soon(work)
        group.cancel_scope.cancel()
    return "left"


async def example_each_wait_of_a_task():
    async def stubborn():
        for each in range(3):
            try:
                await sleep(1)
            except anyio.get_cancelled_exc_class():
                print("refused", each)
        with CancelScope(shield=True):
            await sleep(0.01)
            print("cleaned up")

    async with create_task_group() as group:
        group.start_soon(stubborn)
        await sleep(0.01)
        group.cancel_scope.cancel()
    return "left"


async def example_nested_groups():
    async def fail():
        await sleep(0.01)
        raise ValueError("inner")

    async def forever():
        try:
            await anyio.sleep_forever()
        finally:
            print("cancelled")

    async def inner():
        async with create_task_group() as group:
            group.start_soon(fail)
            group.start_soon(forever)

    try:
        async with create_task_group() as outer:
            outer.start_soon(forever)
            outer.start_soon(inner)
    except BaseExceptionGroup as error:
        return shown(error)


async def example_scope_around_a_group():
    async def work():
        try:
            await sleep(5)
        finally:
            print("cancelled")

    with move_on_after(0.1) as scope:
        async with create_task_group() as group:
            group.start_soon(work)
            await sleep(5)
    return (
        scope.cancelled_caught,
        group.cancel_scope.cancel_called,
        group.cancel_scope.cancelled_caught,
    )


async def example_start():
    async def serve(value, *, task_status: TaskStatus[int]):
        print("begins")
        await sleep(0.01)
        task_status.started(value * 2)
        print("goes on")
        await over.wait()
        print("ends")

    async def silent(*, task_status=anyio.TASK_STATUS_IGNORED):
        await sleep(0)

    async def fail(*, task_status=anyio.TASK_STATUS_IGNORED):
        await sleep(0)
        raise KeyError("start")

    async def twice(*, task_status):
        task_status.started()
        try:
            task_status.started()
        except RuntimeError as error:
            print(error)

    over = anyio.Event()
    async with create_task_group() as group:
        print(await group.start(serve, 2))
        for function in (silent, fail, twice):
            try:
                print(await group.start(function))
            except (RuntimeError, KeyError) as error:
                print(repr(error))
        group.start_soon(silent)
        await checkpoint()
        over.set()
    return "left"


async def example_start_is_cancelled():
    async def serve(*, task_status):
        try:
            await sleep(5)
        finally:
            with CancelScope(shield=True):
                await sleep(0.01)
            print("stopped")

    async with create_task_group() as group:
        with move_on_after(0.1) as scope:
            await group.start(serve)
    return scope.cancelled_caught, group.cancel_scope.cancel_called


async def example_cancelled_after_start():
    async def serve(*, task_status):
        task_status.started("ready")
        try:
            await sleep(5)
        finally:
            print("stopped")

    async with create_task_group() as group:
        with CancelScope() as scope:
            print(await group.start(serve))
            scope.cancel()
            await sleep(0.01)
        print("the task goes on")
        group.cancel_scope.cancel()
    return scope.cancelled_caught


async def example_failure_after_started():
    async def serve(*, task_status):
        task_status.started()
        raise ValueError("after")

    try:
        async with create_task_group() as group:
            await group.start(serve)
            await sleep(5)
            print("not reached")
    except BaseExceptionGroup as error:
        return shown(error)


async def example_not_active():
    async def work():
        pass

    group = create_task_group()
    for _ in range(2):
        try:
            group.start_soon(work)
        except RuntimeError as error:
            print(error)
        try:
            await group.start(work)
        except RuntimeError as error:
            print(error)
        async with group:
            group = create_task_group()
            async with group:
                pass
            try:
                await group.__aenter__()
            except RuntimeError as error:
                print(error)
    return "done"


async def example_not_a_coroutine():
    async with create_task_group() as group:
        try:
            group.start_soon(print)
        except TypeError as error:
            print("coroutine" in str(error))
    return isinstance(group, TaskGroup)


async def example_asyncio_cancels_the_host():
    async def work():
        try:
            await sleep(5)
        finally:
            print("work cancelled")

    async def host():
        async with create_task_group() as group:
            group.start_soon(work)
            await sleep(5)

    task = asyncio.create_task(host())
    await sleep(0.01)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError as error:
        print("cancelled", error.args)
    return task.cancelled()


async def example_asyncio_cancels_while_the_group_ends():
    async def work():
        try:
            await sleep(5)
        finally:
            print("work cancelled")

    async def host():
        async with create_task_group() as group:
            group.start_soon(work)

    task = asyncio.create_task(host())
    await sleep(0.01)
    task.cancel()
    await asyncio.wait([task])
    return task.cancelled()


async def example_a_task_is_cancelled_by_asyncio():
    async def work():
        tasks.append(asyncio.current_task())
        await sleep(5)

    tasks = []
    async with create_task_group() as group:
        group.start_soon(work)
        await sleep(0.01)
        tasks[0].cancel()
        try:
            await sleep(0.01)
        except asyncio.CancelledError:
            print("so is the group")
            raise
    return group.cancel_scope.cancel_called


async def example_starts_from_a_task():
    async def work(group, depth):
        if depth:
            group.start_soon(work, group, depth - 1)
        await sleep(0)
        order.append(depth)

    order = []
    async with create_task_group() as group:
        group.start_soon(work, group, 3)
    return order


async def example_information():
    async def work():
        info = anyio.get_current_task()
        print(info.name.rpartition(".")[2], info.parent_id == parent.id)
        print(info in anyio.get_running_tasks(), info.has_pending_cancellation())
        group.cancel_scope.cancel()
        print(info.has_pending_cancellation())

    parent = anyio.get_current_task()
    async with create_task_group() as group:
        group.start_soon(work)
        group.start_soon(work, name="named")
    return parent == anyio.get_current_task(), parent.parent_id


async def example_all_blocked():
    async def work():
        for _ in range(5):
            await sleep(0)
        print("waits")
        await event.wait()
        print("goes on")

    event = anyio.Event()
    async with create_task_group() as group:
        group.start_soon(work)
        await anyio.wait_all_tasks_blocked()
        print("all wait")
        event.set()
    return "left"


async def example_contexts():
    import contextvars

    var = contextvars.ContextVar("var", default=0)

    async def work(value):
        print(var.get())
        var.set(value)
        await sleep(0)
        print(var.get())

    var.set(1)
    async with create_task_group() as group:
        group.start_soon(work, 2)
        group.start_soon(work, 3)
    return var.get()


async def example_whichever_is_first():
    async def disconnected():
        await event.wait()
        return "disconnected"

    async def receive():
        await checkpoint()
        return "received"

    async def receive_or_disconnect():
        async with create_task_group() as group:

            async def wrap(function):
                result = await function()
                group.cancel_scope.cancel()
                return result

            group.start_soon(wrap, disconnected)
            message = await wrap(receive)
        return message

    async def work():
        with scopes[0]:
            try:
                print(await receive_or_disconnect(), await receive_or_disconnect())
                print(await receive())
            finally:
                print("work ends")

    event = anyio.Event()
    scopes = [CancelScope()]
    async with create_task_group() as group:
        group.start_soon(work)
        await sleep(0.01)
        print("goes on")
    return await receive_or_disconnect()
