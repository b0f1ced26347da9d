import asyncio


async def f(loop: asyncio.AbstractEventLoop, pool, xs):
    await loop.run_in_executor(pool, print)
    await loop.run_in_executor(None)
    await loop.run_in_executor(None, *xs)
    later = loop.run_in_executor(None, print)
    g = loop.run_in_executor

# ---- refused ----
# 5:32: TW315 executor_call: this executor may limit how many calls run at the same time, or run them in another process
#   help: pass None for the default executor
# 6:11: TW315 executor_call: the function to call is not the second argument
#   help: write `loop.run_in_executor(None, function, ...)`
# 7:11: TW315 executor_call: the function to call is not the second argument
#   help: write `loop.run_in_executor(None, function, ...)`
# 8:13: TW315 executor_call: run_in_executor() is not awaited here, so its function would run beside this code
#   help: await it in place, or use asyncio.create_task() with asyncio.to_thread()
# 9:9: TW307 loop_method: run_in_executor() of the event loop has no counterpart in the twin's selector
#   help: use await asyncio.to_thread(function, ...)
