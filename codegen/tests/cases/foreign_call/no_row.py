import anyio
from aiohttp import ClientSession


async def f():
    session = ClientSession()
    await anyio.sleep(1)
    await session.get("x")
    async with anyio.open_file("x"), ClientSession():
        pass
    async for x in anyio.walk():
        pass

# ---- refused ----
# 7:11: TW109 foreign_call: anyio.sleep is asynchronous, and no table says what its twin is
#   help: add a row: [tool.twingen.libraries."anyio"] sleep = "...", or mark the code `# twingen: async-only`
# 8:11: TW109 foreign_call: aiohttp.ClientSession.get is asynchronous, and no table says what its twin is
#   help: add a row: [tool.twingen.libraries."aiohttp.ClientSession"] get = "...", or mark the code `# twingen: async-only`
# 9:16: TW109 foreign_call: anyio.open_file is asynchronous, and no table says what its twin is
#   help: add a row: [tool.twingen.libraries."anyio"] open_file = "...", or mark the code `# twingen: async-only`
# 9:38: TW109 foreign_call: aiohttp.ClientSession is asynchronous, and no table says what its twin is
#   help: add a row: [tool.twingen.libraries."aiohttp"] ClientSession = "...", or mark the code `# twingen: async-only`
# 11:20: TW109 foreign_call: anyio.walk is asynchronous, and no table says what its twin is
#   help: add a row: [tool.twingen.libraries."anyio"] walk = "...", or mark the code `# twingen: async-only`
