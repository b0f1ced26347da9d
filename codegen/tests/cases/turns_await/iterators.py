# tasks: turns
async def first_two(rows):
    async with rows.open() as found:
        iterator = found.__aiter__()
        return await iterator.__anext__(), await anext(iterator, None)

# ---- twin ----

# tasks: turns

from twin_runtime.turns.entry_points import entry
from twin_runtime.turns.iterators import anext as _anext
from twin_runtime.turns.library_waits import opening


@entry
def first_two(rows):
    with opening(rows.open) as found:
        iterator = found.__iter__()
        return _anext(iterator), _anext(iterator, None)
