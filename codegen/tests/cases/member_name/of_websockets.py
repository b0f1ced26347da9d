import websockets
from websockets.asyncio.client import ClientConnection, connect


async def f():
    async for connection in connect("ws://localhost"):
        await connection.send("text")


async def g():
    async with websockets.connect("ws://localhost", write_limit=1) as connection:
        await connection.send("text")


async def h(connection: ClientConnection):
    await connection.ping()

# ---- refused ----
# 6:5: TW211 member_name: __aiter__ of websockets.asyncio.client.connect has no sync twin: a sync connect() returns a connection, and iteration over that gives messages
#   help: connect in a loop of your own
# 11:53: TW211 member_name: write_limit of websockets.connect() has no sync twin: the sync connect() has no such parameter
#   help: leave it out
# 16:11: TW211 member_name: ping of websockets.asyncio.client.ClientConnection has no sync twin: a sync connection gives an event that is set when the pong comes
#   help: mark the code `# twingen: async-only`
