import trio
from aiohttp import ClientSession


async def f():
    session = ClientSession()
    await trio.sleep(1)
    await session.get("x")
    async with trio.open_file("x"), ClientSession():
        pass
    async for x in trio.walk():
        pass

# ---- refused ----
# 7:11: TW109 foreign_call: trio.sleep is asynchronous, and no table says what its twin is
#   help: add a row: [tool.twingen.libraries."trio"] sleep = "...", or mark the code `# twingen: async-only`
# 8:11: TW109 foreign_call: aiohttp.ClientSession.get is asynchronous, and no table says what its twin is
#   help: add a row: [tool.twingen.libraries."aiohttp.ClientSession"] get = "...", or mark the code `# twingen: async-only`
# 9:16: TW109 foreign_call: trio.open_file is asynchronous, and no table says what its twin is
#   help: add a row: [tool.twingen.libraries."trio"] open_file = "...", or mark the code `# twingen: async-only`
# 9:37: TW109 foreign_call: aiohttp.ClientSession is asynchronous, and no table says what its twin is
#   help: add a row: [tool.twingen.libraries."aiohttp"] ClientSession = "...", or mark the code `# twingen: async-only`
# 11:20: TW109 foreign_call: trio.walk is asynchronous, and no table says what its twin is
#   help: add a row: [tool.twingen.libraries."trio"] walk = "...", or mark the code `# twingen: async-only`
