# tasks: turns
import asyncio


class Table:
    @property
    async def size(self): ...


async def compare(one: Table, other: Table):
    made = one.size
    return await made, await asyncio.gather(one.size, other.size)

# ---- twin ----

# tasks: turns

from twin_runtime.turns.dynamic_calls import await_, later
from twin_runtime.turns.entry_points import entry
from twin_runtime.turns.waiting import gather


class Table:
    @property
    @entry
    def size(self): ...


@entry
def compare(one: Table, other: Table):
    made = later(getattr, one, "size")
    return await_(made), await_(
        gather(later(getattr, one, "size"), later(getattr, other, "size"))
    )
