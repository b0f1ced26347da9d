# runtime: none
import asyncio


async def f():
    await asyncio.wait_for(asyncio.sleep(1), 2)
    await asyncio.gather(f(), f())
# ---- refused ----
# 6:11: TW018 runtime: the twin needs sleep of twingen's runtime, and the project has no place for it
#   help: set tool.twingen.runtime, as in runtime = "your_twin.runtime"
