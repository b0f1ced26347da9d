import anyio
from anyio import to_thread


async def f(work, limiter):
    await to_thread.run_sync(work, 1)
    return await anyio.to_thread.run_sync(lambda: 3)

# ---- twin ----

import contextvars


def f(work, limiter):
    contextvars.copy_context().run(work, 1)
    return contextvars.copy_context().run(lambda: 3)
