import asyncio


async def work(): ...


async def main():
    task = asyncio.create_task(work())
    await asyncio.wait_for(task, 5)

# ---- refused ----
# 9:11: TW302 wait_for_call: asyncio cancels a task whose wait times out, and a running thread cannot be cancelled
#   help: await asyncio.wait_for(asyncio.shield(task), ...), which lets the task go on
