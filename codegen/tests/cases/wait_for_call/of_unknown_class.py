import asyncio


async def first(queue, client):
    await asyncio.wait_for(queue.get(), 1)
    await asyncio.wait_for(client.fetch(), 1)


# ---- refused ----
# 5:28: TW302 wait_for_call: this call cannot be given a deadline in the twin
#   help: give the function a timeout parameter of its own, down to an event, a lock, a queue or a future, or annotate what it is called on, as in `queue: asyncio.Queue[int]`
# 6:28: TW302 wait_for_call: this call cannot be given a deadline in the twin
#   help: give the function a timeout parameter of its own, down to an event, a lock, a queue or a future
