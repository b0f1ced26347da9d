from redis import asyncio as redis


async def f(client: redis.Redis):
    await client.pubsub().connect()
    await redis.Redis().pubsub().connect()
    await redis.from_url("redis://").pubsub().connect()
    await redis.Redis.from_url("redis://").pipeline().initialize()
    async with redis.Redis() as entered:
        await entered.pubsub().connect()
        await entered.pubsub().subscribe("news")

# ---- refused ----
# 5:11: TW211 member_name: connect of redis.asyncio.client.PubSub has no sync twin: a sync subscriber connects when it subscribes
#   help: leave it out
# 6:11: TW211 member_name: connect of redis.asyncio.client.PubSub has no sync twin: a sync subscriber connects when it subscribes
#   help: leave it out
# 7:11: TW211 member_name: connect of redis.asyncio.client.PubSub has no sync twin: a sync subscriber connects when it subscribes
#   help: leave it out
# 8:11: TW211 member_name: initialize of redis.asyncio.client.Pipeline has no sync twin: a sync client is ready when it is created
#   help: leave it out: the first command connects
# 10:15: TW211 member_name: connect of redis.asyncio.client.PubSub has no sync twin: a sync subscriber connects when it subscribes
#   help: leave it out
