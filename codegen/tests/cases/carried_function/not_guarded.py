# tasks: turns
import asyncio


class Client:
    async def get(self):
        return 1

    def keep(self, value):
        self.value = value

    def get_by_itself(self):
        return asyncio.run(self.get())

    def get_elsewhere(self, loop):
        return asyncio.run_coroutine_threadsafe(self.get(), loop).result()

# ---- twin ----
# tasks: turns

from twin_runtime.turns.calls import later
from twin_runtime.turns.entries import entry, guarded
from twin_runtime.turns.runners import run
from twin_runtime.turns.starting import run_coroutine_threadsafe


class Client:
    @entry
    def get(self):
        return 1

    @guarded
    def keep(self, value):
        self.value = value

    def get_by_itself(self):
        return run(later(self.get))

    def get_elsewhere(self, loop):
        return run_coroutine_threadsafe(later(self.get), loop).result()
