# tasks: turns
import asyncio

HAS_GROUPS = hasattr(asyncio, "TaskGroup")
timeout = getattr(asyncio, "timeout", None)


async def main():
    await asyncio.gather(asyncio.sleep(1))
    return HAS_GROUPS and hasattr(asyncio, "Runner")

# ---- twin ----

# tasks: turns

from twin_runtime.turns.dynamic_calls import await_, later
from twin_runtime.turns.entry_points import entry
from twin_runtime.turns.timeouts import timeout as _timeout
from twin_runtime.turns.waiting import gather, sleep

HAS_GROUPS = True
timeout = _timeout


@entry
def main():
    await_(gather(later(sleep, 1)))
    return HAS_GROUPS and True
