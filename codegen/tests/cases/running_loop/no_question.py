# tasks: turns
import asyncio


def later(call):
    asyncio.get_running_loop().call_soon(call)

# ---- twin ----

# tasks: turns

from twin_runtime.turns.events import get_running_loop


def later(call):
    get_running_loop().call_soon(call)
