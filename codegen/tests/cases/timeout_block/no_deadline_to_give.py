import asyncio


async def own(): ...


async def f(xs, lock):
    async with asyncio.timeout(3), lock:
        pass
    async with asyncio.timeout(3):
        await own()
        async for x in xs:
            pass
        async with lock:
            pass
        y = [x async for x in xs]
        async with asyncio.timeout(1):
            pass
    return y

# ---- refused ----
# 8:5: TW303 timeout_block: asyncio.timeout() shares its block with another context manager
#   help: give it a `with` statement of its own, and no timeout inside another
# 11:15: TW101 await_expression: this call cannot be given a deadline in the twin
#   help: give the function a timeout parameter of its own, down to an event, a lock, a queue or a future
# 12:9: TW303 timeout_block: this statement awaits where no deadline can be passed
#   help: move it out of the timeout block
# 17:9: TW303 timeout_block: asyncio.timeout() shares its block with another context manager
#   help: give it a `with` statement of its own, and no timeout inside another
