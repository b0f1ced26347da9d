import anyio


async def f(work, limiter):
    await anyio.to_thread.run_sync(work, limiter=limiter)
    await anyio.to_thread.run_sync(work, 1, abandon_on_cancel=True)
    later = anyio.to_thread.run_sync(work)

# ---- refused ----
# 5:11: TW304 to_thread_call: an option of anyio.to_thread.run_sync() is about its worker threads, and the twin calls the function itself
#   help: leave it out; pass keywords of the function with functools.partial()
# 6:11: TW304 to_thread_call: an option of anyio.to_thread.run_sync() is about its worker threads, and the twin calls the function itself
#   help: leave it out; pass keywords of the function with functools.partial()
# 7:13: TW108 stored_coroutine: this call makes a coroutine that is not awaited here; the twin would run it at once
#   help: await it here, or start it with asyncio.create_task()
# 7:13: TW304 to_thread_call: anyio.to_thread.run_sync() is not awaited here
#   help: await it in place
