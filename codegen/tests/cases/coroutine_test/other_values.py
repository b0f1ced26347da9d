import inspect
from collections.abc import Awaitable


async def settled(value, other):
    if inspect.isawaitable(value):
        return await value
    return other


async def chosen(value):
    if isinstance(value, Awaitable):
        value = None
    return value


# ---- refused ----
# 6:8: TW111 coroutine_test: the branches do different things, and the twin cannot tell which functions and values were asynchronous
#   help: write `if inspect.isawaitable(x): x = await x`, or mark the code `# twingen: async-only`
# 7:16: TW102 awaited_value: this awaits a value that is not a call, and nothing shows that it is a future or a task
#   help: await the call itself where its value is needed, start it with asyncio.create_task(), or annotate the task or future: `task: asyncio.Task[int]`, `tasks: list[asyncio.Task[int]]`
# 12:26: TW201 library_name: no object of the twin is a collections.abc.Awaitable, so the answer would always be no
#   help: write `if inspect.isawaitable(x): x = await x`, or mark the code `# twingen: async-only`
