# runtime: none
import asyncio


async def f():
    await asyncio.wait_for(asyncio.sleep(1), 2)
# ---- refused ----
# 6:11: TW302 wait_for_call: the twin needs sleep of twingen's runtime, and has no place for it
#   help: set tool.twingen.runtime, as in runtime = "your_twin.runtime"
