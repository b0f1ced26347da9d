async def main(p, self):
    await p
    await (p() or self.q())
    return await self.pending

# ---- refused ----
# 2:5: TW102 awaited_value: this awaits a value that is not a call, and nothing shows that it is a future or a task
#   help: await the call itself where its value is needed, start it with asyncio.create_task(), or annotate the task or future: `task: asyncio.Task[int]`, `tasks: list[asyncio.Task[int]]`
# 3:5: TW102 awaited_value: this awaits a value that is not a call, and nothing shows that it is a future or a task
#   help: await the call itself where its value is needed, start it with asyncio.create_task(), or annotate the task or future: `task: asyncio.Task[int]`, `tasks: list[asyncio.Task[int]]`
# 4:12: TW102 awaited_value: this awaits a value that is not a call, and nothing shows that it is a future or a task
#   help: await the call itself where its value is needed, start it with asyncio.create_task(), or annotate the task or future: `task: asyncio.Task[int]`, `tasks: list[asyncio.Task[int]]`
