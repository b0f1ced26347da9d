"""What is needed before the first import that is left."""
import asyncio

LOCK = asyncio.Lock()

import os


async def pause():
    async with LOCK:
        os.sync()


# ---- twin ----
"""What is needed before the first import that is left."""

import threading

LOCK = threading.Lock()

import os


def pause():
    with LOCK:
        os.sync()
