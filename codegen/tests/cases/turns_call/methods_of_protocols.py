# tasks: turns
import asyncio


async def count():
    yield 1


async def use(manager):
    steps = count()
    first = steps.asend(None)
    print(await first, await steps.athrow(ValueError))
    print(await asyncio.gather(manager.__aenter__(), anext(steps, None)))
    deadline = asyncio.timeout(1)
    entered = deadline.__aenter__()
    await entered
    await deadline.__aexit__(None, None, None)
    return asyncio.create_task(steps.aclose())

# ---- twin ----
# tasks: turns

from twin_runtime.turns.dynamic_calls import await_, deferred, later
from twin_runtime.turns.entry_points import entry
from twin_runtime.turns.generators import generator
from twin_runtime.turns.iterators import anext as _anext, asend, athrow
from twin_runtime.turns.task_creation import create_task
from twin_runtime.turns.timeouts import timeout
from twin_runtime.turns.waiting import gather


@generator
def count():
    yield 1


@entry
def use(manager):
    steps = count()
    first = later(asend, steps, None)
    print(await_(first), athrow(steps, ValueError))
    print(await_(gather(deferred(manager.__enter__), later(_anext, steps, None))))
    deadline = timeout(1)
    entered = deferred(deadline.__enter__)
    await_(entered)
    deadline.__exit__(None, None, None)
    return create_task(later(steps.close))
