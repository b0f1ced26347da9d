# row: anyio.sleep = time.sleep
# row: anyio.open_file = builtins.open
import anyio


async def f(x):
    await anyio.sleep(1)
    async with anyio.open_file("x"):
        await x.unknown()

# ---- twin ----
# row: anyio.sleep = time.sleep
# row: anyio.open_file = builtins.open

import builtins
import time


def f(x):
    time.sleep(1)
    with builtins.open("x"):
        x.unknown()
