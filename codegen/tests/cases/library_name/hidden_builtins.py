from asyncio import TimeoutError

import asyncio


def next(x):
    return x


async def f(it, max):
    try:
        await asyncio.sleep(max)
        return await anext(it), next(it)
    except (TimeoutError, asyncio.TimeoutError):
        pass

# ---- twin ----

import builtins
import time


def next(x):
    return x


def f(it, max):
    try:
        time.sleep(builtins.max(max, 0))
        return builtins.next(it), next(it)
    except (TimeoutError, TimeoutError):
        pass
