"""Barriers: who passes, who breaks them, who runs out of time."""
# python: 3.11

from __future__ import annotations

import asyncio


async def example_pass_together():
    barrier = asyncio.Barrier(3)
    passed: list[int] = []

    async def come(turn: int):
        while barrier.n_waiting < turn:
            await asyncio.sleep(0.01)
        position = await barrier.wait()
        passed.append(position)
        return position

    first = await asyncio.gather(come(0), come(1), come(2))
    again = await asyncio.gather(come(2), come(1), come(0))
    print(list(first), list(again), barrier.n_waiting, barrier.parties, len(passed))


async def example_enter():
    barrier = asyncio.Barrier(1)
    async with barrier as position:
        print(position, barrier.broken)


async def example_time_out_breaks_nothing():
    barrier = asyncio.Barrier(2)
    try:
        await asyncio.wait_for(barrier.wait(), 0.1)
    except asyncio.TimeoutError:
        print("timeout", barrier.broken, barrier.n_waiting)
    task = asyncio.create_task(barrier.wait())
    while not barrier.n_waiting:
        await asyncio.sleep(0.01)
    print(barrier.n_waiting)
    print(sorted([await asyncio.wait_for(barrier.wait(), 30), await task]))


async def example_abort():
    barrier = asyncio.Barrier(2)
    task = asyncio.create_task(barrier.wait())
    while not barrier.n_waiting:
        await asyncio.sleep(0.01)
    await barrier.abort()
    print(barrier.broken)
    try:
        await task
    except asyncio.BrokenBarrierError:
        print("broken")
    try:
        await barrier.wait()
    except asyncio.BrokenBarrierError:
        print("still broken")


async def example_reset():
    barrier = asyncio.Barrier(2)
    task = asyncio.create_task(barrier.wait())
    while not barrier.n_waiting:
        await asyncio.sleep(0.01)
    await barrier.reset()
    try:
        await task
    except asyncio.BrokenBarrierError:
        print("reset", barrier.broken, barrier.n_waiting)
    print(sorted(await asyncio.gather(barrier.wait(), barrier.wait())))


async def example_parties():
    try:
        asyncio.Barrier(0)
    except ValueError:
        print("at least one")
