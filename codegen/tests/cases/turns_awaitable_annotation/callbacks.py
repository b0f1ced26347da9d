# tasks: turns
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

Handler = Callable[[str], Awaitable[int]]
Starter = Callable[..., Coroutine[Any, Any, None]]


async def call(handler: Handler, waiting: Awaitable[int]) -> int:
    return await handler("a") + await waiting

# ---- twin ----

# tasks: turns
from collections.abc import Awaitable, Callable

from twin_runtime.turns.dynamic_calls import await_, awaited
from twin_runtime.turns.entry_points import entry

Handler = Callable[[str], int]
Starter = Callable[..., None]


@entry
def call(handler: Handler, waiting: Awaitable[int]) -> int:
    return awaited(handler, "a") + await_(waiting)
