# tasks: turns
import asyncio
import os


class Client:
    async def get(self):
        return 1

    def keep(self, value):
        self.value = value

    def get_by_itself(self):
        return asyncio.run(self.get())

    def get_elsewhere(self, loop):
        return asyncio.run_coroutine_threadsafe(self.get(), loop).result()

    def close(self):
        self.closed = True
        self._stop(self.thread)

    def shut(self, path):
        _call(path)

    def describe(self, words):
        self.text = ", ".join(words) + os.path.join(*words)

    def start(self):
        self.task = asyncio.create_task(self.event.wait())

    def _stop(self, thread):
        thread.join()


def _call(path):
    return _run_again(path)


def _run_again(path):
    path = _call(path) if path else path
    return asyncio.new_event_loop().run_until_complete(path)

# ---- twin ----
# tasks: turns
import os

from twin_runtime.turns.dynamic_calls import deferred, later
from twin_runtime.turns.entry_points import entry, guarded
from twin_runtime.turns.events import new_event_loop
from twin_runtime.turns.runners import run
from twin_runtime.turns.task_creation import create_task, run_coroutine_threadsafe


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

    def close(self):
        self.closed = True
        self._stop(self.thread)

    def shut(self, path):
        _call(path)

    @guarded
    def describe(self, words):
        self.text = ", ".join(words) + os.path.join(*words)

    @guarded
    def start(self):
        self.task = create_task(deferred(self.event.wait))

    def _stop(self, thread):
        later(thread.join)


def _call(path):
    return _run_again(path)


def _run_again(path):
    path = _call(path) if path else path
    return new_event_loop().run_until_complete(path)
