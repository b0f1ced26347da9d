import asyncio


class Watcher:
    def __init__(self, fd: int) -> None:
        self.fd = fd

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.get_running_loop()
        return loop

    async def wait(self) -> None:
        ready = asyncio.Event()
        self.loop.add_reader(self.fd, ready.set)
        await ready.wait()


# ---- refused ----
# 10:16: TW306 event_loop: the running loop is returned; the twin would make a new one for each call, and a wait of one would not notice the readers of another
#   help: keep it in an attribute, and return that
