# row: trio.sleep = time.sleep
# row: trio.open_file = builtins.open
import trio


async def f(x):
    await trio.sleep(1)
    async with trio.open_file("x"):
        await x.unknown()

# ---- twin ----
# row: trio.sleep = time.sleep
# row: trio.open_file = builtins.open

import time


def f(x):
    time.sleep(1)
    with open("x"):
        x.unknown()
