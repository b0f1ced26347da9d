import asyncio


async def f(x):
    x = await asyncio.sleep(1, "done")
    asyncio.sleep(1)

# ---- refused ----
# 5:15: TW301 sleep_call: time.sleep() takes only the delay
#   help: write `await asyncio.sleep(delay)` and use the result on its own line
# 6:5: TW301 sleep_call: a sleep that is not awaited does nothing
#   help: await it
