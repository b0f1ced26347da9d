# python: 3.11
"""`async with asyncio.timeout()`: one deadline for several waits."""

import asyncio
import time

from support.elapsed_time import took


async def example_one_deadline_for_all():
    start = time.monotonic()
    rounds = 0
    try:
        async with asyncio.timeout(1) as limit:
            while True:
                await asyncio.sleep(0.1)
                rounds += 1
    except TimeoutError:
        print(rounds <= 10, limit.expired(), took(start, 1))


async def example_in_time():
    queue: asyncio.Queue[int] = asyncio.Queue()
    event, lock = asyncio.Event(), asyncio.Lock()
    event.set()
    queue.put_nowait(3)
    async with asyncio.timeout(60) as limit:
        print(await queue.get(), await lock.acquire())
        await asyncio.to_thread(time.sleep, 0)
    return limit.expired()


async def example_no_deadline():
    async with asyncio.timeout(None):
        await asyncio.sleep(0.01)
    return "done"


async def example_over_already():
    queue: asyncio.Queue[int] = asyncio.Queue()
    queue.put_nowait(3)
    async with asyncio.timeout(0.05) as limit:
        time.sleep(0.1)
        print(await queue.get())
    return limit.expired()


async def example_cleaning_up():
    queue: asyncio.Queue[int] = asyncio.Queue()
    async with asyncio.timeout(0.05):
        try:
            await queue.get()
        except ValueError:
            print("never")
        except BaseException:
            print("cleaning up")
            raise
        finally:
            print("at last")


async def example_other_exceptions_pass():
    async with asyncio.timeout(60):
        await asyncio.sleep(0)
        raise KeyError("mine")


async def example_barrier():
    barrier = asyncio.Barrier(2)

    async def party():
        return await barrier.wait() in (0, 1)

    return await asyncio.gather(party(), party()), barrier.parties
