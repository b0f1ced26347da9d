# python: 3.11
# needs: anyio
"""Task groups of anyio whose author says that the siblings finish."""

import anyio


async def example_task_group():
    done = []
    first, quick, slow = anyio.Event(), anyio.Event(), anyio.Event()
    first.set()

    async def work(x, before, after):
        await before.wait()
        done.append(x)
        after.set()

    async with anyio.create_task_group() as tg:  # twingen: siblings finish
        # What is started first ends last: only if they run at the same time.
        tg.start_soon(work, "slow", quick, slow)
        tg.start_soon(work, "quick", first, quick, name="quick")
    return done, slow.is_set()


async def example_failures_of_a_task_group():
    async def fail(x):
        raise KeyError(x)

    async with anyio.create_task_group() as tg:  # twingen: siblings finish
        tg.start_soon(fail, "one")
