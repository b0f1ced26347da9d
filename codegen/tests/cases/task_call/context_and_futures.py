import asyncio


async def f(work, context, future):
    asyncio.create_task(f(1, 2, 3), context=context)
    asyncio.ensure_future(work(1))
    asyncio.ensure_future(future)

# ---- refused ----
# 5:5: TW309 task_call: asyncio.create_task() takes only the coroutine call and a name
#   help: pass the call as the first argument, and no context=: a task has a copy of the current one
# 6:5: TW309 task_call: ensure_future() takes a coroutine or a future, and nothing shows that this is a call of a coroutine function
#   help: use asyncio.create_task()
# 7:5: TW309 task_call: ensure_future() takes a coroutine or a future, and nothing shows that this is a call of a coroutine function
#   help: use asyncio.create_task()
