import aiohttp
import asyncpg
from aiohttp import ClientSession


async def fetch(session: ClientSession, timeout: aiohttp.ClientTimeout):
    try:
        async with session.get("x", timeout=timeout) as response:
            return await response.text()
    except aiohttp.ClientError:
        return await asyncpg.connect("x")

# ---- refused ----
# 8:20: TW109 unknown_library_call: aiohttp.ClientSession.get is asynchronous, and aiohttp has no sync form
#   help: use httpx.AsyncClient, whose twin is httpx.Client, or mark the code `# twingen: async-only`
# 11:22: TW109 unknown_library_call: asyncpg.connect is asynchronous, and asyncpg has no sync form
#   help: use psycopg.AsyncConnection, whose twin is psycopg.Connection, or mark the code `# twingen: async-only`
