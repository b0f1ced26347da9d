from redis.asyncio import Redis


class Cached(Redis):
    async def end(self):
        await super().aclose(close_connection_pool=True)


async def use(client: Redis, cached: Cached):
    await client.initialize()
    await cached.close(True)
    await client.pubsub().connect()
    subscriber = client.pubsub()
    await subscriber.run()
    return Redis(auto_close_connection_pool=False)

# ---- refused ----
# 6:30: TW211 member_name: close_connection_pool of redis.asyncio.Redis.aclose() has no sync twin: close() of a sync client closes a pool of its own, and takes no argument
#   help: close the pool itself: `await client.connection_pool.disconnect()`
# 10:11: TW211 member_name: initialize of redis.asyncio.Redis has no sync twin: a sync client is ready when it is created
#   help: leave it out: the first command connects
# 11:24: TW211 member_name: an argument of redis.asyncio.Redis.close() has no sync twin: close() of a sync client takes no argument
#   help: close the pool itself: `await client.connection_pool.disconnect()`
# 12:11: TW211 member_name: connect of redis.asyncio.client.PubSub has no sync twin: a sync subscriber connects when it subscribes
#   help: leave it out
# 14:11: TW211 member_name: run of redis.asyncio.client.PubSub has no sync twin: a sync subscriber runs in a thread of its own
#   help: use `get_message()` in a loop
# 15:18: TW211 member_name: auto_close_connection_pool of redis.asyncio.Redis() has no sync twin: a sync client has no such parameter
#   help: leave it out, or mark the argument `# twingen: async-only`
