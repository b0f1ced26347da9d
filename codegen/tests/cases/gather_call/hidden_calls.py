import asyncio


async def work(): ...


async def main(calls):
    await asyncio.gather(*calls)
    await asyncio.gather(asyncio.sleep(1), calls)
    later = asyncio.gather(work())
    return later

# ---- refused ----
# 8:11: TW310 gather_call: asyncio.gather() over this starred list cannot be started in threads here
#   help: write the calls in place, `*[f(x) for x in xs]`, or annotate the list as list[asyncio.Task[...]]
# 9:26: TW310 gather_call: this does not start a call of a function of your own
#   help: pass the call of a coroutine function
# 10:13: TW310 gather_call: asyncio.gather() is not awaited here
#   help: await it in place
