import asyncio


async def f(fd):
    loop = asyncio.get_running_loop()
    event = asyncio.Event()
    loop.add_reader(fd, event.set)
    loop.call_later(1, event.set)
    await event.wait()

# ---- refused ----
# 9:11: TW305 event_wait: a descriptor and a call set this event; a thread of the twin that waits for the descriptor would not notice the call
#   help: keep one event for the descriptor and another for the call
