import asyncio


class Watcher:
    def __init__(self, fd):
        self._loop = asyncio.get_running_loop()
        self._ready = asyncio.Event()
        self._loop.add_reader(fd, self._ready.set)

    def stop(self):
        self._ready.set()

    async def wait(self):
        await self._ready.wait()

# ---- refused ----
# 14:15: TW305 event_wait: a descriptor and a call set this event; a thread of the twin that waits for the descriptor would not notice the call
#   help: keep one event for the descriptor and another for the call
