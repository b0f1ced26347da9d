# tasks: turns
import asyncio

import httpx


async def get(client: httpx.AsyncClient, queue: asyncio.Queue[str]) -> int:
    response = await client.get(await queue.get())
    return await asyncio.gather(asyncio.sleep(1, response.status_code))

# ---- twin ----

# tasks: turns

import httpx

from twin_runtime.turns.blocking_calls import blocking
from twin_runtime.turns.dynamic_calls import await_, later
from twin_runtime.turns.entry_points import entry
from twin_runtime.turns.queues import Queue
from twin_runtime.turns.waiting import gather, sleep


@entry
def get(client: httpx.Client, queue: Queue[str]) -> int:
    response = blocking(client.get, queue.get())
    return await_(gather(later(sleep, 1, response.status_code)))
