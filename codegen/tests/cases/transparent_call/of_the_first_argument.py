# row: pkg.callback = call
from pkg import callback


async def run(function, event):
    await callback(function)
    await callback(function, 1, *event.args, key=2)
    return await callback(lambda x: x + 1, event)

# ---- twin ----
# row: pkg.callback = call


def run(function, event):
    function()
    function(1, *event.args, key=2)
    return (lambda x: x + 1)(event)
