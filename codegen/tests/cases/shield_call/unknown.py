import asyncio


async def f(pending, future: asyncio.Future[int]):
    await asyncio.shield(pending)
    await asyncio.shield(future)
    outer = asyncio.shield(f(1, 2))
    await asyncio.shield(*pending)

# ---- refused ----
# 5:11: TW318 shield_call: nothing shows that this shields a task
#   help: shield a task made by asyncio.create_task(), or the call itself
# 6:11: TW318 shield_call: nothing shows that this shields a task
#   help: shield a task made by asyncio.create_task(), or the call itself
# 7:13: TW318 shield_call: asyncio.shield() is not awaited here
#   help: keep the task, and await asyncio.shield(task) in place
# 8:11: TW318 shield_call: asyncio.shield() must be given one task or call
#   help: write `asyncio.shield(task)`
