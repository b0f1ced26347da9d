# tasks: turns
# row: pkg.callback = call
from pkg import callback


async def run(function, event):
    await callback(function, event, key=2)

# ---- twin ----
# tasks: turns
# row: pkg.callback = call

from twin_runtime.turns.dynamic_calls import awaited
from twin_runtime.turns.entry_points import entry


@entry
def run(function, event):
    awaited(function, event, key=2)
