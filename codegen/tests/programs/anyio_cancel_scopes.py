# python: 3.11
# needs: anyio
# tasks: turns
"""Cancel scopes of anyio: nesting, shields, deadlines, cancellation at each wait."""

import asyncio
import math

import anyio
from anyio import CancelScope, create_task_group, fail_after, move_on_after, sleep
from anyio.lowlevel import (
    cancel_shielded_checkpoint,
    checkpoint,
    checkpoint_if_cancelled,
)


def state(scope):
    return scope.cancel_called, scope.cancelled_caught, scope.shield


async def example_cancelled_at_each_wait():
    with CancelScope() as scope:
        scope.cancel()
        for each in range(3):
            try:
                await sleep(1)
            except anyio.get_cancelled_exc_class() as error:
                print(each, type(error).__name__, str(error)[:27])
        print("still in")
        await sleep(10)
        print("not reached")
    return state(scope)


async def example_swallowed_once_and_left():
    with CancelScope() as scope:
        scope.cancel()
        try:
            await checkpoint()
        except anyio.get_cancelled_exc_class():
            print("swallowed")
    await checkpoint()
    return state(scope), asyncio.current_task().cancelling()


async def example_cancelled_before_it_is_entered():
    scope = CancelScope()
    scope.cancel()
    with scope:
        print("in")
        await checkpoint()
        print("not reached")
    return state(scope)


async def example_shield():
    with CancelScope() as outer:
        with CancelScope(shield=True) as inner:
            outer.cancel()
            await sleep(0.01)
            print("shielded", state(inner))
            inner.shield = False
            try:
                await sleep(0.01)
            finally:
                print("no more")
        print("not reached")
    return state(outer), state(inner)


async def example_shield_is_left():
    with CancelScope() as outer:
        outer.cancel()
        with CancelScope(shield=True):
            await sleep(0.01)
            print("cleaned up")
        print("out of the shield")
        await checkpoint()
        print("not reached")
    return state(outer)


async def example_inner_scope():
    with CancelScope() as outer:
        with CancelScope() as inner:
            inner.cancel()
            await sleep(1)
        print("went on", state(inner))
        await sleep(0)
    return state(outer), state(inner)


async def example_outer_scope_cancels_inner():
    with CancelScope() as outer, CancelScope() as inner:
        outer.cancel()
        await sleep(1)
    return state(outer), state(inner)


async def example_both_cancelled():
    with CancelScope() as outer:
        with CancelScope() as inner:
            inner.cancel()
            outer.cancel()
            await sleep(1)
        print("not reached")
    return state(outer), state(inner)


async def example_deadlines():
    with move_on_after(0.02) as scope:
        await sleep(5)
        print("not reached")
    print(state(scope))
    with move_on_after(5) as other:
        await sleep(0.01)
    print(state(other))
    with move_on_after(None) as endless:
        await sleep(0)
    print(endless.deadline == math.inf)
    try:
        with fail_after(0.02) as failed:
            await sleep(5)
    except TimeoutError as error:
        print("timeout", error.args, state(failed))
    with fail_after(5):
        await sleep(0)
    with move_on_after(-1):
        print("in")
        await sleep(0)
        print("not reached")
    return "done"


async def example_fail_after_that_is_cancelled():
    with fail_after(5) as scope:
        scope.cancel()
        await sleep(1)
    return state(scope)


async def example_deadline_is_moved():
    with CancelScope() as scope:
        print(scope.deadline)
        scope.deadline = anyio.current_time() + 0.01
        await sleep(5)
        print("not reached")
    with move_on_after(0.01) as other:
        other.deadline = math.inf
        await sleep(0.05)
        print("reached")
    try:
        other.deadline = math.nan
    except ValueError as error:
        print(error)
    return state(scope), state(other)


async def example_effective_deadline():
    print(anyio.current_effective_deadline())
    now = anyio.current_time()
    with move_on_after(100):
        with move_on_after(10):
            print(9 < anyio.current_effective_deadline() - now < 11)
        with CancelScope(shield=True):
            print(anyio.current_effective_deadline())
        with CancelScope() as scope:
            scope.cancel()
            print(anyio.current_effective_deadline())
    return "done"


async def example_exception_in_a_cancelled_scope():
    try:
        with CancelScope() as scope:
            scope.cancel()
            try:
                await sleep(1)
            finally:
                raise ValueError("other")
    except ValueError as error:
        print(error, type(error.__context__).__name__)
    return state(scope)


async def example_group_of_exceptions():
    try:
        with CancelScope() as scope:
            scope.cancel()
            try:
                await sleep(1)
            except BaseException as error:
                raise BaseExceptionGroup("both", [error, KeyError("x")])
    except BaseExceptionGroup as group:
        print(group.message, group.exceptions)
    return state(scope)


async def example_checkpoints():
    order = []

    async def other():
        order.append("other")

    async with create_task_group() as group:
        group.start_soon(other)
        await checkpoint_if_cancelled()
        order.append("no switch")
        await cancel_shielded_checkpoint()
        order.append("switched")
    with CancelScope() as scope:
        scope.cancel()
        await cancel_shielded_checkpoint()
        order.append("shielded")
        await checkpoint_if_cancelled()
        order.append("not reached")
    return order, state(scope)


async def example_asyncio_cancels():
    async def work():
        try:
            with CancelScope() as scope:
                await sleep(5)
        finally:
            print(state(scope))

    task = asyncio.create_task(work())
    await sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError as error:
        print("cancelled", error.args)
    return task.cancelled()


async def example_both_cancel_at_once():
    async def work():
        with CancelScope() as scope:
            scopes.append(scope)
            await sleep(5)
        print("not reached")

    scopes = []
    task = asyncio.create_task(work())
    await sleep(0)
    scopes[0].cancel()
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled")
    return state(scopes[0])


async def example_asyncio_timeout_around():
    try:
        async with asyncio.timeout(0.02):
            with CancelScope() as scope:
                await sleep(5)
    except TimeoutError:
        print("timeout", state(scope))
    with CancelScope() as outer:
        async with asyncio.timeout(5):
            outer.cancel()
            await sleep(1)
    return state(outer), asyncio.current_task().cancelling()


async def example_misuse():
    with CancelScope() as scope:
        for act in (scope.__enter__, lambda: CancelScope(deadline=math.nan)):
            try:
                act()
            except (RuntimeError, ValueError) as error:
                print(type(error).__name__, error)
        other = CancelScope()
        other.__enter__()
        try:
            scope.__exit__(None, None, None)
        except RuntimeError as error:
            print(error)
        other.__exit__(None, None, None)

    async def leave():
        scopes[0].__exit__(None, None, None)

    scopes = [CancelScope()]
    scopes[0].__enter__()
    try:
        await asyncio.create_task(leave())
    except RuntimeError as error:
        print(error)
    scopes[0].__exit__(None, None, None)
    try:
        await sleep(-1)
    except ValueError as error:
        print(error)
    return "done"


async def example_yields_in_a_scope():
    async def numbers():
        with CancelScope() as scope:
            yield scope
            await sleep(1)
            yield 2

    made = numbers()
    scope = await made.__anext__()
    scope.cancel()
    async for each in made:
        print(each)
    return state(scope)


async def example_sleeps():
    start = anyio.current_time()
    await anyio.sleep_until(start + 0.02)
    print(anyio.current_time() - start >= 0.02)
    with move_on_after(0.01) as scope:
        await anyio.sleep_forever()
    return state(scope)
