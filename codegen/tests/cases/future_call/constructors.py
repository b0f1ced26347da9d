import asyncio
from asyncio import Task


async def work(): ...


future = asyncio.Future()
task = Task(work())

# ---- refused ----
# 8:10: TW311 future_call: asyncio.Future() is called directly
#   help: use loop.create_future() on a loop that you keep in a variable
# 9:8: TW311 future_call: asyncio.Task() is called directly
#   help: use asyncio.create_task()
# 9:13: TW108 stored_coroutine: this call makes a coroutine that is not awaited here; the twin would run it at once
#   help: await it here, or start it with asyncio.create_task()
