import asyncio


async def f(loop: asyncio.AbstractEventLoop):
    loop.set_debug(True)
    loop.call_later(1, print)
    loop.call_soon(print)

# ---- refused ----
# 5:5: TW307 loop_method: set_debug() of the event loop has no counterpart in the twin's selector
#   help: move it to code marked `# twingen: async-only`
# 7:5: TW307 loop_method: call_soon() of the event loop has no counterpart in the twin's selector
#   help: use a plain call, or asyncio.create_task()
