# tasks: turns
import asyncio


async def count():
    yield 1


async def close(other):
    steps, first = count(), count()
    await first.aclose()
    await steps.aclose()
    await other.aclose()
    other = count()
    await asyncio.gather(other.aclose())

# ---- twin ----
# tasks: turns

from twin_runtime.turns.dynamic_calls import await_, awaited, deferred
from twin_runtime.turns.entry_points import entry
from twin_runtime.turns.generators import generator
from twin_runtime.turns.waiting import gather


@generator
def count():
    yield 1


@entry
def close(other):
    steps, first = count(), count()
    first.close()
    steps.close()
    awaited(other.close)
    other = count()
    await_(gather(deferred(other.close)))
