import aiofiles
import aiofiles.os
from aiofiles import open as aio_open


async def f(path):
    async with aiofiles.open(path) as file:
        await file.read()
    async with aio_open(path):
        await aiofiles.os.remove(path)

# ---- refused ----
# 7:16: TW201 library_name: aiofiles.open has no sync twin: its files hand each call to a thread of an executor
#   help: await asyncio.to_thread() with a function that reads or writes the file
# 9:16: TW201 library_name: aiofiles.open has no sync twin: its files hand each call to a thread of an executor
#   help: await asyncio.to_thread() with a function that reads or writes the file
# 10:15: TW201 library_name: aiofiles.os.remove has no sync twin: its functions hand each call to a thread of an executor
#   help: await asyncio.to_thread() with the function of os
