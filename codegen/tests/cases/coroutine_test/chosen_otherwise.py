import inspect


async def get(made, other):
    return await made if inspect.isawaitable(made) else other


# ---- refused ----
# 5:12: TW102 awaited_value: this awaits a value that is not a call, and nothing shows that it is a future or a task
#   help: await the call itself where its value is needed, start it with asyncio.create_task(), or annotate the task or future: `task: asyncio.Task[int]`, `tasks: list[asyncio.Task[int]]`
# 5:26: TW111 coroutine_test: there are no coroutines in the twin, so the answer would always be no
#   help: write `if inspect.isawaitable(x): x = await x`, or mark the code `# twingen: async-only`
