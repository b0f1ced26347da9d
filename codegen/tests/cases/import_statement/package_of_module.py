import redis.asyncio
from redis import Redis, asyncio as aioredis


def connect(url):
    return redis.asyncio.from_url(url), aioredis.Redis(url), Redis(url)


def connect_if_installed(url):
    try:
        from redis import asyncio
    except ImportError:
        raise RuntimeError("install redis") from None
    return asyncio.from_url(url)

# ---- twin ----
import redis
import redis as aioredis
from redis import Redis


def connect(url):
    return redis.from_url(url), aioredis.Redis(url), Redis(url)


def connect_if_installed(url):
    try:
        import redis as asyncio
    except ImportError:
        raise RuntimeError("install redis") from None
    return asyncio.from_url(url)
