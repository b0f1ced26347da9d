import asyncio; import sys; lock = asyncio.Lock()


async def f(): await asyncio.sleep(1); print(sys.argv)

# ---- twin ----

import threading
import time
import sys

lock = threading.Lock()


def f():
    time.sleep(1)
    print(sys.argv)
