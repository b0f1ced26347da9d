import anyio


async def f(work, arguments):
    async with anyio.create_task_group() as tg:
        tg.start_soon(*arguments)
        tg.start_soon(work, key=1)
        await tg.start(work)
        tg.cancel_scope.cancel()
    with anyio.fail_after(3):
        await work()

# ---- refused ----
# 5:16: TW312 task_group: anyio.create_task_group cancels the siblings of a task that fails, and a running thread cannot be cancelled
#   help: if every task and the block end by themselves, say so at the end of the line `async with anyio.create_task_group() as tg:  # twingen: siblings finish`; else await them in turn
# 6:9: TW321 start_soon: the function to start is not the first argument
#   help: write `tg.start_soon(function, ...)`
# 7:9: TW321 start_soon: start_soon() passes arguments by their positions
#   help: use functools.partial() for keywords
# 8:15: TW211 member_name: start of anyio.abc.TaskGroup has no sync twin: it waits for a value that a task reports while it runs
#   help: have the task set an event, and wait for that
# 9:9: TW211 member_name: cancel_scope of anyio.abc.TaskGroup has no sync twin: nothing cancels a running thread
#   help: tell the tasks to stop with an event, or mark the code `# twingen: async-only`
# 10:10: TW201 library_name: anyio.fail_after has no sync twin: its deadline takes effect at every checkpoint, even if nothing waits there
#   help: give the waits a timeout of their own, or mark the code `# twingen: async-only`
