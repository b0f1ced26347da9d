import redis.asyncio as aioredis


def give(take):
    take(aioredis)
    return aioredis == None

# ---- refused ----
# 5:10: TW201 library_name: the module redis.asyncio is used as a value here, and the twin does not have it
#   help: use its members by name
# 6:12: TW201 library_name: the module redis.asyncio is used as a value here, and the twin does not have it
#   help: use its members by name
