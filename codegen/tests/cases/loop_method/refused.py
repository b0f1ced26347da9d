import asyncio


async def f(loop: asyncio.AbstractEventLoop):
    await loop.run_in_executor(None, print)
    loop.call_later(1, print)
    loop.call_soon(print)

# ---- refused ----
# 5:11: TW307 loop_method: run_in_executor() of the event loop has no counterpart in the twin's selector
#   help: use await asyncio.to_thread(function, ...)
# 6:5: TW307 loop_method: call_later() of the event loop has no counterpart in the twin's selector
#   help: use a wait with a timeout
# 7:5: TW307 loop_method: call_soon() of the event loop has no counterpart in the twin's selector
#   help: move it to code marked `# twingen: async-only`
