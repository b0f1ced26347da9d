import asyncio.exceptions
import asyncio.locks as locks
from asyncio.queues import Queue
from asyncio.tasks import sleep


async def first(queue: Queue[int]):
    try:
        async with locks.Lock():
            await sleep(1)
            return queue.get_nowait()
    except asyncio.exceptions.TimeoutError:
        return None


# ---- refused ----
# 7:24: TW201 library_name: asyncio.queues.Queue has no sync twin: its public name is in asyncio itself
#   help: write asyncio.X, or `from asyncio import X`
# 9:20: TW201 library_name: asyncio.locks.Lock has no sync twin: its public name is in asyncio itself
#   help: write asyncio.X, or `from asyncio import X`
# 10:19: TW201 library_name: asyncio.tasks.sleep has no sync twin: its public name is in asyncio itself
#   help: write asyncio.X, or `from asyncio import X`
# 12:12: TW201 library_name: asyncio.exceptions.TimeoutError has no sync twin: its public name is in asyncio itself
#   help: write asyncio.X, or `from asyncio import X`
