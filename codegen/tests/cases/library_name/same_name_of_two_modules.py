# tasks: turns
import asyncio

import anyio
from anyio import from_thread


async def both():
    await asyncio.sleep(1)
    await anyio.sleep(1)


def runs():
    anyio.run(both)
    asyncio.run(both())
    from_thread.run(both)

# ---- twin ----
# tasks: turns

from twin_runtime.turns.anyio.checkpoints import sleep as _sleep
from twin_runtime.turns.anyio.runs import run
from twin_runtime.turns.anyio.worker_threads import run as _run_
from twin_runtime.turns.dynamic_calls import later
from twin_runtime.turns.entry_points import entry
from twin_runtime.turns.runners import run as _run
from twin_runtime.turns.waiting import sleep


@entry
def both():
    sleep(1)
    _sleep(1)


def runs():
    run(both)
    _run(later(both))
    _run_(both)
