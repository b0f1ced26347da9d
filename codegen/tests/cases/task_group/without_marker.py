import asyncio


async def work(x=0):
    return x


class A:
    def __init__(self, tg: asyncio.TaskGroup):
        self._group = asyncio.TaskGroup()
        tg._abort()


async def main(stack):
    async with asyncio.TaskGroup() as one:
        one.create_task(work())
    async with asyncio.TaskGroup() as two:
        # twingen: siblings finish
        two.create_task(work())
    await stack.enter_async_context(asyncio.TaskGroup())
    async with asyncio.TaskGroup() as three:  # twingen: siblings finish
        three.create_task(work(), name="work")
        three.create_task(asyncio.sleep(1))
    async with asyncio.Lock():  # twingen: siblings finish
        pass

# ---- refused ----
# 10:23: TW312 task_group: asyncio.TaskGroup cancels the siblings of a task that fails, and a running thread cannot be cancelled
#   help: if every task and the block end by themselves, say so at the end of the line `async with asyncio.TaskGroup() as tg:  # twingen: siblings finish`; else use asyncio.gather()
# 11:9: TW211 member_name: _abort of asyncio.TaskGroup has no sync twin: the task group of the twin has no such member
#   help: mark the code `# twingen: async-only`
# 15:16: TW312 task_group: asyncio.TaskGroup cancels the siblings of a task that fails, and a running thread cannot be cancelled
#   help: if every task and the block end by themselves, say so at the end of the line `async with asyncio.TaskGroup() as tg:  # twingen: siblings finish`; else use asyncio.gather()
# 17:16: TW312 task_group: asyncio.TaskGroup cancels the siblings of a task that fails, and a running thread cannot be cancelled
#   help: if every task and the block end by themselves, say so at the end of the line `async with asyncio.TaskGroup() as tg:  # twingen: siblings finish`; else use asyncio.gather()
# 18:9: TW209 comment: this marker leaves nothing out of the twin
#   help: write `# twingen: async-only` at the end of a statement's first line or on the line just above it, or at the end of the line of one parameter, argument or element; an elif needs an `if` of its own
# 20:37: TW312 task_group: asyncio.TaskGroup cancels the siblings of a task that fails, and a running thread cannot be cancelled
#   help: if every task and the block end by themselves, say so at the end of the line `async with asyncio.TaskGroup() as tg:  # twingen: siblings finish`; else use asyncio.gather()
# 23:27: TW309 task_call: this does not start a call of a function of your own
#   help: pass the call of a coroutine function
# 24:33: TW209 comment: this marker leaves nothing out of the twin
#   help: write `# twingen: async-only` at the end of a statement's first line or on the line just above it, or at the end of the line of one parameter, argument or element; an elif needs an `if` of its own
