import asyncio


async def work(x=0):
    return x


async def main(xs, tasks: list[asyncio.Task[int]]):
    for each in asyncio.as_completed(xs):
        await each
    later = asyncio.as_completed(tasks)
    for number, each in enumerate(asyncio.as_completed(tasks)):
        await each
    async for each in asyncio.as_completed(tasks):
        await each
    for each in asyncio.as_completed(*tasks):
        await each
    for each in asyncio.as_completed(tasks):
        await asyncio.wait_for(each, 1)
        asyncio.create_task(each)

# ---- refused ----
# 9:38: TW314 as_completed_loop: nothing shows that these are tasks
#   help: start them with asyncio.create_task(), and annotate the collection as list[asyncio.Task[...]]
# 10:9: TW102 awaited_value: this awaits a value that is not a call, and nothing shows that it is a future or a task
#   help: await the call itself where its value is needed, start it with asyncio.create_task(), or annotate the task or future: `task: asyncio.Task[int]`, `tasks: list[asyncio.Task[int]]`
# 11:13: TW314 as_completed_loop: asyncio.as_completed() is not used in a plain `for` here
#   help: write `for each in asyncio.as_completed(tasks):` and `await each` in it
# 12:35: TW314 as_completed_loop: asyncio.as_completed() is not used in a plain `for` here
#   help: write `for each in asyncio.as_completed(tasks):` and `await each` in it
# 13:9: TW102 awaited_value: this awaits a value that is not a call, and nothing shows that it is a future or a task
#   help: await the call itself where its value is needed, start it with asyncio.create_task(), or annotate the task or future: `task: asyncio.Task[int]`, `tasks: list[asyncio.Task[int]]`
# 14:23: TW314 as_completed_loop: asyncio.as_completed() is not used in a plain `for` here
#   help: write `for each in asyncio.as_completed(tasks):` and `await each` in it
# 15:9: TW102 awaited_value: this awaits a value that is not a call, and nothing shows that it is a future or a task
#   help: await the call itself where its value is needed, start it with asyncio.create_task(), or annotate the task or future: `task: asyncio.Task[int]`, `tasks: list[asyncio.Task[int]]`
# 16:17: TW314 as_completed_loop: the arguments of asyncio.as_completed() must be the tasks and a timeout
#   help: write `asyncio.as_completed(tasks, timeout=...)`
# 17:9: TW102 awaited_value: this awaits a value that is not a call, and nothing shows that it is a future or a task
#   help: await the call itself where its value is needed, start it with asyncio.create_task(), or annotate the task or future: `task: asyncio.Task[int]`, `tasks: list[asyncio.Task[int]]`
# 19:15: TW302 wait_for_call: nothing shows that this waits for a future or a task
#   help: pass the call itself, or annotate the name as asyncio.Future or asyncio.Task
# 20:29: TW309 task_call: this does not start a call of a function of your own
#   help: pass the call of a coroutine function
