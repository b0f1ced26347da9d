from redis.asyncio import Redis


async def use(client: Redis, other):
    await client.get("x")
    await client.aclose()
    await other.close(close_connection_pool=True)
    return Redis(host="x")

# ---- twin ----
from redis import Redis


def use(client: Redis, other):
    client.get("x")
    client.close()
    other.close(close_connection_pool=True)
    return Redis(host="x")
