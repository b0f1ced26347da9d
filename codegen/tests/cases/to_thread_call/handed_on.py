import asyncio
import os

import anyio


def size(path):
    return asyncio.to_thread(os.stat, path)


read = lambda path: anyio.to_thread.run_sync(os.stat, path)


async def both(path):
    return await size(path), await read(path)


# ---- twin ----
import os


def size(path):
    return os.stat(path)


read = lambda path: os.stat(path)


def both(path):
    return size(path), read(path)
