import anyio
from anyio.abc import TaskGroup
from anyio.lowlevel import checkpoint


async def work(tg: TaskGroup, lock: anyio.Lock):
    async with anyio.create_task_group() as group:
        group.start_soon(work)
    with anyio.move_on_after(1):
        await checkpoint()
    lock.acquire_nowait()
    send, receive = anyio.create_memory_object_stream(1)

# ---- refused ----
# 7:16: TW312 task_group: anyio.create_task_group cancels the siblings of a task that fails, and a running thread cannot be cancelled
#   help: if every task and the block end by themselves, say so at the end of the line `async with anyio.create_task_group() as tg:  # twingen: siblings finish`; else await them in turn
# 9:10: TW201 library_name: anyio.move_on_after has no sync twin: its deadline takes effect at every checkpoint, even if nothing waits there
#   help: give the waits a timeout of their own, or mark the code `# twingen: async-only`
# 10:15: TW201 library_name: anyio.lowlevel.checkpoint has no sync twin: it belongs to the event loop's own machinery
#   help: mark the code `# twingen: async-only`
# 11:5: TW211 member_name: acquire_nowait of anyio.Lock has no sync twin: the lock of the twin has no such member
#   help: mark the code `# twingen: async-only`
# 12:21: TW201 library_name: anyio.create_memory_object_stream has no sync twin: it has no counterpart without an event loop, or is not known to this version
#   help: mark the code `# twingen: async-only`
