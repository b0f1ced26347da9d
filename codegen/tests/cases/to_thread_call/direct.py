import asyncio


async def f(a, b):
    x = await asyncio.to_thread(print, 1, sep="")
    y = await asyncio.to_thread(lambda: 1)
    return x, y, await asyncio.to_thread(a or b, *x)

# ---- twin ----

import contextvars


def f(a, b):
    x = print(1, sep="")
    y = contextvars.copy_context().run(lambda: 1)
    return x, y, contextvars.copy_context().run(a or b, *x)
