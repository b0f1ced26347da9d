import asyncio
from contextvars import ContextVar

current: ContextVar[int] = ContextVar("current")


async def main(x):
    current.set(x)


asyncio.run(main(x=1), debug=True)

# ---- twin ----

import contextvars
from contextvars import ContextVar

current: ContextVar[int] = ContextVar("current")


def main(x):
    current.set(x)


contextvars.copy_context().run(main, x=1)
