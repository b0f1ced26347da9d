import aiofiles
import aiofiles.os


async def f(path, pool):
    async with aiofiles.open(path, executor=pool) as file:
        await file.read()
    await aiofiles.os.remove(path, loop=None)

# ---- refused ----
# 6:36: TW211 member_name: executor of aiofiles.open() has no sync twin: the twin has no executor to be chosen
#   help: leave it out
# 8:36: TW211 member_name: loop of aiofiles.os.remove() has no sync twin: the twin has no executor to be chosen
#   help: leave it out
