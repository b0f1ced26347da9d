import asyncio


async def f(a):
    x = asyncio.to_thread(print)
    await asyncio.to_thread(*a)
    return x

# ---- refused ----
# 5:9: TW304 to_thread_call: asyncio.to_thread() is not awaited here
#   help: await it in place
# 6:11: TW304 to_thread_call: the function to call is not the first argument
#   help: write `asyncio.to_thread(function, ...)`
