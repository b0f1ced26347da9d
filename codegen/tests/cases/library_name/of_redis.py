import redis.asyncio as redis
from redis.asyncio.client import PubSub


async def listen(pubsub: PubSub):
    async for message in pubsub.listen():
        yield message


async def main(url):
    client = redis.from_url(url)
    other: redis.Redis = redis.Redis()
    async with client.pipeline(transaction=True) as pipe:
        await pipe.set("x", 1).execute()
    await client.aclose()
    await other.aclose()

# ---- twin ----

import redis
from redis.client import PubSub


def listen(pubsub: PubSub):
    for message in pubsub.listen():
        yield message


def main(url):
    client = redis.from_url(url)
    other: redis.Redis = redis.Redis()
    with client.pipeline(transaction=True) as pipe:
        pipe.set("x", 1).execute()
    client.close()
    other.close()
