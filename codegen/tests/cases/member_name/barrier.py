import asyncio


async def f(barrier: asyncio.Barrier):
    async with barrier as position:
        print(position, barrier.n_waiting)
    await asyncio.wait_for(barrier.wait(), 3)
    async with asyncio.timeout(3):
        await barrier.wait()
    await barrier.reset()

# ---- twin ----

from twin_runtime.barrier import Barrier
from twin_runtime.deadline import Deadline


def f(barrier: Barrier):
    with barrier as position:
        print(position, barrier.n_waiting)
    barrier.wait(timeout=3)
    with Deadline(3) as deadline:
        barrier.wait(timeout=deadline.remaining())
    barrier.reset()
