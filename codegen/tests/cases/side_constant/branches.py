# side: source.ASYNC
import asyncio
import threading
from typing import Final

ASYNC: Final[bool] = True

# about the lock
if ASYNC:  # the event loop's
    lock = asyncio.Lock()
else:  # threads
    # may be entered twice
    lock = threading.RLock()
    # the end of it

if not ASYNC:
    first = 1
elif lock:
    first = 2
else:
    first = 3

if lock:
    second = 1
elif ASYNC:
    second = 2
elif first:
    second = 3
else:
    second = 4

if lock:
    third = 1
elif not ASYNC:  # threads
    third = 2
else:
    third = 3

if ASYNC:
    fourth = 1
elif first:
    fourth = 2
else:
    fourth = 3

if lock:
    fifth = 1
elif ASYNC:
    fifth = 2
else:  # the other side
    fifth = 3

if ASYNC: sixth = 1
else: sixth = 2  # short


class Pool:
    if ASYNC:

        async def run(self, call):
            return await asyncio.shield(call())

    else:

        async def run(self, call):
            if ASYNC:
                return await asyncio.shield(call)
            return call()

    async def close(self):
        if ASYNC:
            await asyncio.shield(self)

# ---- twin ----
# side: source.ASYNC
import threading

# about the lock
# may be entered twice
lock = threading.RLock()
# the end of it

first = 1

if lock:
    second = 1
elif first:
    second = 3
else:
    second = 4

if lock:
    third = 1
else:  # threads
    third = 2

if first:
    fourth = 2
else:
    fourth = 3

if lock:
    fifth = 1
else:  # the other side
    fifth = 3

sixth = 2  # short


class Pool:

    def run(self, call):
        return call()

    def close(self):
        pass
