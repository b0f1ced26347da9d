import asyncio


class A:
    def __init__(self):
        self._tasks = []

    def spawn(self):
        self._tasks.append(asyncio.create_task(self.run()))

    async def run(self): ...

    async def close(self):
        for task in self._tasks:
            task.cancel()

# ---- refused ----
# 15:13: TW211 member_name: this may cancel a task, and a running thread cannot be cancelled
#   help: annotate the collection, and stop tasks with an event
