import asyncio
import os
import time


async def f(read, path):
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, time.sleep, 1)
    await asyncio.to_thread(os.stat, path)
    await asyncio.to_thread(read, path)
    return await loop.run_in_executor(None, read, path)

# ---- twin ----

import contextvars
import os
import time


def f(read, path):
    time.sleep(1)
    os.stat(path)
    contextvars.copy_context().run(read, path)
    return contextvars.Context().run(read, path)
