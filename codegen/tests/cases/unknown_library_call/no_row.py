import acme
from acmeweb import ClientSession


async def f():
    session = ClientSession()
    await acme.sleep(1)
    await session.get("x")
    async with acme.open_file("x"), ClientSession():
        pass
    async for x in acme.walk():
        pass

# ---- refused ----
# 7:11: TW109 unknown_library_call: acme.sleep is asynchronous, and no table says what its twin is
#   help: add a row: [tool.twingen.libraries."acme"] sleep = "...", or mark the code `# twingen: async-only`
# 8:11: TW109 unknown_library_call: acmeweb.ClientSession.get is asynchronous, and no table says what its twin is
#   help: add a row: [tool.twingen.libraries."acmeweb.ClientSession"] get = "...", or mark the code `# twingen: async-only`
# 9:16: TW109 unknown_library_call: acme.open_file is asynchronous, and no table says what its twin is
#   help: add a row: [tool.twingen.libraries."acme"] open_file = "...", or mark the code `# twingen: async-only`
# 9:37: TW109 unknown_library_call: acmeweb.ClientSession is asynchronous, and no table says what its twin is
#   help: add a row: [tool.twingen.libraries."acmeweb"] ClientSession = "...", or mark the code `# twingen: async-only`
# 11:20: TW109 unknown_library_call: acme.walk is asynchronous, and no table says what its twin is
#   help: add a row: [tool.twingen.libraries."acme"] walk = "...", or mark the code `# twingen: async-only`
