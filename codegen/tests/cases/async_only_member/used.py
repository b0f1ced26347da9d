from typing import TYPE_CHECKING


class Pool:
    limit = 1  # twingen: async-only

    def __init__(self, loop):
        self.loop = loop  # twingen: async-only

    async def drain(self): ...  # twingen: async-only

    async def __aexit__(self, *exc):
        await self.drain()
        return self.limit, self.loop


class Below(Pool):
    async def end(self):
        await super().drain()


async def use(pool: Below, unknown):
    await pool.drain()
    await unknown.drain()
    async for _ in unknown.drain():
        pass
    async with unknown.drain():
        pass
    unknown.drain()
    return Pool.limit

# ---- refused ----
# 13:20: TW129 async_only_member: drain of source.Pool is marked async-only, so the twin does not have it
#   help: mark this code `# twingen: async-only`, or define one for the twin
# 14:21: TW129 async_only_member: limit of source.Pool is marked async-only, so the twin does not have it
#   help: mark this code `# twingen: async-only`, or define one for the twin
# 14:33: TW129 async_only_member: loop of source.Pool is marked async-only, so the twin does not have it
#   help: mark this code `# twingen: async-only`, or define one for the twin
# 19:23: TW129 async_only_member: drain of source.Pool is marked async-only, so the twin does not have it
#   help: mark this code `# twingen: async-only`, or define one for the twin
# 23:16: TW129 async_only_member: drain of source.Pool is marked async-only, so the twin does not have it
#   help: mark this code `# twingen: async-only`, or define one for the twin
# 24:19: TW129 async_only_member: drain of source.Pool is marked async-only, and nothing shows that this object is of another class
#   help: mark this code `# twingen: async-only`, or annotate the object with its class
# 25:28: TW129 async_only_member: drain of source.Pool is marked async-only, and nothing shows that this object is of another class
#   help: mark this code `# twingen: async-only`, or annotate the object with its class
# 27:24: TW129 async_only_member: drain of source.Pool is marked async-only, and nothing shows that this object is of another class
#   help: mark this code `# twingen: async-only`, or annotate the object with its class
# 30:17: TW129 async_only_member: limit of source.Pool is marked async-only, so the twin does not have it
#   help: mark this code `# twingen: async-only`, or define one for the twin
