import asyncio


async def f(*arguments):
    await asyncio.wait_for(asyncio.sleep(*arguments), 1)
    await asyncio.wait_for(*arguments)
# ---- refused ----
# 5:11: TW302 wait_for_call: a starred argument hides the other arguments
#   help: write the arguments out
# 6:11: TW302 wait_for_call: the arguments of asyncio.wait_for() must be a wait and its timeout
#   help: write `asyncio.wait_for(wait, timeout)`
