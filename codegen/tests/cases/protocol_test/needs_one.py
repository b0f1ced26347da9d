# tasks: turns
from collections.abc import AsyncIterable


async def send(data, write):
    assert isinstance(data, AsyncIterable)
    if not isinstance(data, AsyncIterable):
        raise TypeError(data)
    async for part in data:
        write(part)

# ---- twin ----

# tasks: turns
from collections.abc import Iterable

from twin_runtime.turns.dynamic_calls import later
from twin_runtime.turns.entry_points import entry
from twin_runtime.turns.library_waits import each_of


@entry
def send(data, write):
    assert isinstance(data, Iterable)
    if not isinstance(data, Iterable):
        raise TypeError(data)
    for part in each_of(data):
        later(write, part)
