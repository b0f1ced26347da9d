import asyncio


class A:
    def __init__(self, fd):
        self._event = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(fd, self._event.set)

    async def wait(self):
        loop = asyncio.get_running_loop()
        print(loop.time())
        await self._event.wait()

# ---- refused ----
# 13:15: TW305 event_wait: loop is not known here, and the twin waits for this event with the selector of that loop
#   help: keep the loop in an attribute: `self._loop = asyncio.get_running_loop()`
