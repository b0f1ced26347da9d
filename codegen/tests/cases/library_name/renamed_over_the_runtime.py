# renames: Async* = *
import asyncio


class AsyncTask:
    async def run(self): ...


async def main():
    task = asyncio.create_task(AsyncTask().run())
    await task

# ---- twin ----
# renames: Async* = *

from twin_runtime.tasks import Task as _Task


class Task:
    def run(self): ...


def main():
    task = _Task(Task().run)
    task.wait()
