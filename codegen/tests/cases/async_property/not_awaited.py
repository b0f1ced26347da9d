import asyncio


class Account:
    @property
    async def total(self) -> int:
        return 1

    async def later(self):
        pending = self.total
        async with asyncio.timeout(1):
            return await self.total


async def unknown(account):
    return await account.total

# ---- refused ----
# 10:19: TW112 async_property: this property makes a coroutine that is not awaited here; the twin would run it at once
#   help: await it here
# 12:20: TW112 async_property: a property cannot be given a deadline
#   help: make it a method with a timeout parameter
# 16:12: TW102 awaited_value: this awaits a value that is not a call, and nothing shows that it is a future or a task
#   help: await the call itself where its value is needed, start it with asyncio.create_task(), or annotate the task or future: `task: asyncio.Task[int]`, `tasks: list[asyncio.Task[int]]`
