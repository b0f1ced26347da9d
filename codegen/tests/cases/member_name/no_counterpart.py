import asyncio


class Pool:
    def __init__(self) -> None:
        self._limit = asyncio.Semaphore(3)
        self._tasks: set[asyncio.Task[None]] = set()

    async def use(self, barrier: "asyncio.Barrier | None", future: asyncio.Future):
        if self._limit.locked():
            for task in self._tasks:
                task.cancel()
        async with barrier:
            future.cancel()
        async with asyncio.timeout(1) as limit:
            limit.reschedule(3)

# ---- refused ----
# 10:12: TW211 member_name: locked of asyncio.Semaphore has no sync twin: threading.Semaphore has no such member
#   help: try to acquire it, or mark the code `# twingen: async-only`
# 12:17: TW211 member_name: cancel of asyncio.Task has no sync twin: a task is a thread in the twin, and a running thread cannot be cancelled
#   help: tell the task to stop with an event, or mark the code `# twingen: async-only`
# 14:13: TW211 member_name: cancel of asyncio.Future has no sync twin: the future of a selector has no such member
#   help: mark the code `# twingen: async-only`
# 16:13: TW211 member_name: reschedule of asyncio.Timeout has no sync twin: a wait that has begun keeps the deadline that it began with
#   help: use asyncio.timeout(delay) around each part
