import anyio
from anyio import to_thread


async def f(work, limiter):
    await to_thread.run_sync(work, 1)
    return await anyio.to_thread.run_sync(lambda: 3)

# ---- twin ----

def f(work, limiter):
    work(1)
    return (lambda: 3)()
