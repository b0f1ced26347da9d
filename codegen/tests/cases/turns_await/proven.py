# tasks: turns
import asyncio


async def fetch(key: str) -> str:
    await asyncio.sleep(1)
    return key


async def both(lock: asyncio.Lock) -> str:
    async with lock:
        return await fetch("a") + await fetch("b")

# ---- twin ----

# tasks: turns

from twin_runtime.turns.entry_points import entry
from twin_runtime.turns.locks import Lock
from twin_runtime.turns.waiting import sleep


@entry
def fetch(key: str) -> str:
    sleep(1)
    return key


@entry
def both(lock: Lock) -> str:
    with lock:
        return fetch("a") + fetch("b")
