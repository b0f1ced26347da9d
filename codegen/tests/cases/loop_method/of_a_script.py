import asyncio


async def main(): ...


loop = asyncio.get_event_loop()
loop.run_until_complete(main())

# ---- refused ----
# 8:1: TW307 loop_method: run_until_complete() of the event loop has no counterpart in the twin's selector
#   help: move it to code marked `# twingen: async-only`
# 8:25: TW108 stored_coroutine: this call makes a coroutine that is not awaited here; the twin would run it at once
#   help: await it here, or start it with asyncio.create_task()
