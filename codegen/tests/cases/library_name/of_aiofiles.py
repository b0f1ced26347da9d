import aiofiles
import aiofiles.os
from aiofiles import open as aio_open
from aiofiles.threadpool.text import AsyncTextIOWrapper


async def f(path):
    async with aiofiles.open(path, "rb") as file:
        await file.read()
        async for line in file:
            print(line)
    async with aio_open(path):
        await aiofiles.os.remove(path)


async def g(file: AsyncTextIOWrapper):
    await file.write("text")
    return await aiofiles.os.path.exists("there")

# ---- twin ----
import os
import os.path
from io import TextIOWrapper


def f(path):
    with open(path, "rb") as file:
        file.read()
        for line in file:
            print(line)
    with open(path):
        os.remove(path)


def g(file: TextIOWrapper):
    file.write("text")
    return os.path.exists("there")
