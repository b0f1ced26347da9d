import asyncio
from typing import Literal

Loop = Literal["auto", "asyncio"]
loops = {"asyncio": 1}
chosen = loops["asyncio"]


async def f(lock: asyncio.Lock, name: Literal["asyncio"]):
    async with lock:
        return name

# ---- twin ----
import threading
from typing import Literal

Loop = Literal["auto", "asyncio"]
loops = {"asyncio": 1}
chosen = loops["asyncio"]


def f(lock: threading.Lock, name: Literal["asyncio"]):
    with lock:
        return name
