import asyncio


async def own(): ...


async def f(event, x, barrier: asyncio.Barrier):
    await asyncio.wait_for(own(), 1)
    await asyncio.wait_for(event.wait(), 1)
    await asyncio.wait_for(x, 1)
    await asyncio.wait_for(barrier.wait(), 1)
    await asyncio.wait_for(*x)
    y = asyncio.wait_for(own(), 1)
    return y

# ---- refused ----
# 8:28: TW302 wait_for_call: this call cannot be given a deadline in the twin
#   help: give the function a timeout parameter of its own, down to an event, a lock, a queue or a future
# 9:28: TW302 wait_for_call: this call cannot be given a deadline in the twin
#   help: give the function a timeout parameter of its own, down to an event, a lock, a queue or a future, or annotate what it is called on, as in `queue: asyncio.Queue[int]`
# 10:11: TW302 wait_for_call: nothing shows that this waits for a future or a task
#   help: pass the call itself, or annotate the name as asyncio.Future or asyncio.Task
# 12:11: TW302 wait_for_call: the arguments of asyncio.wait_for() must be a wait and its timeout
#   help: write `asyncio.wait_for(wait, timeout)`
# 13:9: TW302 wait_for_call: asyncio.wait_for() is not awaited here
#   help: await it in place
