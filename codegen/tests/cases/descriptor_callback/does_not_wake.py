import asyncio


class A:
    def start(self, fd):
        loop = asyncio.get_running_loop()
        loop.add_reader(fd, self._ready)
        loop.add_reader(fd, self._print)

    def _ready(self):
        self._future.set_result(None)

    def _print(self):
        print("readable")

    async def wait(self, fd):
        loop = asyncio.get_running_loop()
        self._future = loop.create_future()
        self.start(fd)
        await self._future


async def f(fd):
    loop = asyncio.get_running_loop()
    event = asyncio.Event()
    loop.add_reader(fd, event.set)
    loop.add_reader(fd, print)
    other = event
    await other.wait()

# ---- refused ----
# 7:9: TW308 descriptor_callback: the callback of add_reader() wakes neither an event nor a future of this loop that is awaited here
#   help: pass `event.set` and await that event by the same name, or a function of this module that settles a future made by this loop's create_future()
# 8:9: TW308 descriptor_callback: the callback of add_reader() wakes neither an event nor a future of this loop that is awaited here
#   help: pass `event.set` and await that event by the same name, or a function of this module that settles a future made by this loop's create_future()
# 26:5: TW308 descriptor_callback: the callback of add_reader() wakes neither an event nor a future of this loop that is awaited here
#   help: pass `event.set` and await that event by the same name, or a function of this module that settles a future made by this loop's create_future()
# 27:5: TW308 descriptor_callback: the callback of add_reader() wakes neither an event nor a future of this loop that is awaited here
#   help: pass `event.set` and await that event by the same name, or a function of this module that settles a future made by this loop's create_future()
