import asyncio


async def wait(fd):
    loop = asyncio.get_running_loop()
    event = asyncio.Event()
    loop.add_reader(fd, event.set)
    await event.wait()


async def close(fd):
    loop = asyncio.get_running_loop()
    loop.remove_reader(fd)

# ---- refused ----
# 13:5: TW308 descriptor_callback: nothing in this module adds a reader or writer to this loop
#   help: keep the loop that watches: `self._loop = asyncio.get_running_loop()`
