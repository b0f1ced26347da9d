import anyio
from anyio import to_thread


async def f(start):
    start(anyio.sleep(1), to_thread.run_sync(print))

# ---- refused ----
# 6:11: TW108 stored_coroutine: this call makes a coroutine that is not awaited here; the twin would run it at once
#   help: await it here, or start it with asyncio.create_task()
# 6:27: TW108 stored_coroutine: this call makes a coroutine that is not awaited here; the twin would run it at once
#   help: await it here, or start it with asyncio.create_task()
