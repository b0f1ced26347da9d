import asyncio


async def work(): ...


async def main(x):
    asyncio.create_task(work(), name="worker")
    asyncio.create_task(x)
    asyncio.create_task(asyncio.sleep(1))

# ---- refused ----
# 9:25: TW309 task_call: this does not start a call of a function of your own
#   help: pass the call of a coroutine function
# 10:25: TW309 task_call: this does not start a call of a function of your own
#   help: pass the call of a coroutine function
