import inspect


async def closed(callback, other):
    done = callback()
    if inspect.isawaitable(done):
        await other


# ---- refused ----
# 6:8: TW111 coroutine_test: the branches do different things, and the twin cannot tell which functions and values were asynchronous
#   help: write `if inspect.isawaitable(x): x = await x`, or mark the code `# twingen: async-only`
# 7:9: TW102 awaited_value: this awaits a value that is not a call, and nothing shows that it is a future or a task
#   help: await the call itself where its value is needed, start it with asyncio.create_task(), or annotate the task or future: `task: asyncio.Task[int]`, `tasks: list[asyncio.Task[int]]`
