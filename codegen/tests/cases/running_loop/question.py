# tasks: turns
import asyncio


def kind():
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return "sync"
    return type(loop).__name__

# ---- twin ----

# tasks: turns

from twin_runtime.turns.events import get_running_loop


def kind():
    try:
        loop = get_running_loop(strict=True)
    except RuntimeError:
        return "sync"
    return type(loop).__name__
