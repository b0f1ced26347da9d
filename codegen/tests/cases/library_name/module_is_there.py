try:
    import redis.asyncio as aioredis
except ImportError:
    aioredis = None


def connect(url):
    if aioredis is None or not aioredis:
        raise RuntimeError("install redis")
    return aioredis.from_url(url) if aioredis else None

# ---- twin ----
try:
    import redis as aioredis
except ImportError:
    aioredis = None


def connect(url):
    if aioredis is None or not aioredis:
        raise RuntimeError("install redis")
    return aioredis.from_url(url) if aioredis else None
