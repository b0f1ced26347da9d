import asyncio
import contextlib

ERRORS = (OSError,)


async def f(queue: asyncio.Queue[int]):
    async with asyncio.timeout(3):
        try:
            await queue.get()
        except Exception:
            pass
        try:
            await queue.get()
        except ERRORS:
            pass
        with contextlib.suppress(KeyError, TimeoutError):
            await queue.get()
        try:
            await queue.get()
        except:
            pass

# ---- refused ----
# 11:9: TW101 await_expression: this would catch the timeout inside the block, where asyncio lets it pass
#   help: name the exceptions to catch, or move it outside of the timeout block
# 15:9: TW101 await_expression: this would catch the timeout inside the block, where asyncio lets it pass
#   help: name the exceptions to catch, or move it outside of the timeout block
# 17:14: TW101 await_expression: this would catch the timeout inside the block, where asyncio lets it pass
#   help: name the exceptions to catch, or move it outside of the timeout block
# 21:9: TW101 await_expression: this would catch the timeout inside the block, where asyncio lets it pass
#   help: name the exceptions to catch, or move it outside of the timeout block
