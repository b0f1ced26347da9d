import asyncio


async def work(x=0):
    return x


async def main(xs, tasks):
    await asyncio.wait(xs)
    await asyncio.wait([work(), work()])
    await asyncio.wait(*tasks)
    await asyncio.wait()
    waiting = asyncio.wait([asyncio.create_task(work())])
    await asyncio.wait_for(asyncio.wait([asyncio.create_task(work())]), 1)
    wait = asyncio.wait

# ---- refused ----
# 9:11: TW313 task_wait: nothing shows that these are tasks
#   help: start them with asyncio.create_task(), and annotate the collection as set[asyncio.Task[...]]
# 10:11: TW313 task_wait: nothing shows that these are tasks
#   help: start them with asyncio.create_task(), and annotate the collection as set[asyncio.Task[...]]
# 10:25: TW108 stored_coroutine: this call makes a coroutine that is not awaited here; the twin would run it at once
#   help: await it here, or start it with asyncio.create_task()
# 10:33: TW108 stored_coroutine: this call makes a coroutine that is not awaited here; the twin would run it at once
#   help: await it here, or start it with asyncio.create_task()
# 11:11: TW313 task_wait: the tasks are not the first argument
#   help: write `asyncio.wait(tasks, ...)`
# 12:11: TW313 task_wait: the tasks are not the first argument
#   help: write `asyncio.wait(tasks, ...)`
# 13:15: TW313 task_wait: asyncio.wait() is not awaited here
#   help: await it in place
# 14:28: TW302 wait_for_call: this call cannot be given a deadline in the twin
#   help: give the function a timeout parameter of its own, down to an event, a lock, a queue or a future
# 14:28: TW313 task_wait: asyncio.wait() is not awaited here
#   help: await it in place
# 15:12: TW201 library_name: asyncio.wait is used as a value here; its twin is known only if it is called
#   help: call it in place
