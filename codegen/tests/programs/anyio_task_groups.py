# python: 3.11
# needs: anyio
"""Task groups of anyio whose author says that the siblings finish."""

import anyio


async def example_task_group():
    done = []

    async def work(x, delay=0.0):
        await anyio.sleep(delay)
        done.append(x)

    start = anyio.current_time()
    async with anyio.create_task_group() as tg:  # twingen: siblings finish
        tg.start_soon(work, "slow", 0.4)
        tg.start_soon(work, "quick", 0.2)
        tg.start_soon(work, "at once", name="first")
    return done, anyio.current_time() - start < 0.58


async def example_failures_of_a_task_group():
    async def fail(x):
        raise KeyError(x)

    async with anyio.create_task_group() as tg:  # twingen: siblings finish
        tg.start_soon(fail, "one")
