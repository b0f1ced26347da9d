import asyncio
import inspect
from asyncio import current_task, locks


async def f(g):
    sleep = asyncio.sleep
    module = asyncio
    try:
        current_task()
    except asyncio.CancelledError:
        raise
    if inspect.iscoroutinefunction(g):
        reader, writer = await asyncio.open_connection("localhost", 1)
    return sleep, module, locks.Lock()

# ---- refused ----
# 7:13: TW201 library_name: asyncio.sleep is used as a value here; its twin is known only if it is called
#   help: call it in place
# 8:14: TW201 library_name: the module asyncio is used as a value here, and the twin does not have it
#   help: use its members by name
# 10:9: TW201 library_name: asyncio.current_task has no sync twin: the current task is the means to cancel it
#   help: pass what identifies the work, or mark the code `# twingen: async-only`
# 11:12: TW201 library_name: asyncio.CancelledError has no sync twin: nothing cancels a running thread
#   help: catch BaseException to clean up on both sides, or mark the code `# twingen: async-only`
# 13:8: TW111 coroutine_test: the branches do different things, and the twin cannot tell which functions and values were asynchronous
#   help: make `await` the only difference, or mark the code `# twingen: async-only`
