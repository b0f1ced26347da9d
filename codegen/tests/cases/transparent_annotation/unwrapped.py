from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Optional

Handler = Callable[[str], Awaitable[int | None]]


def f(
    call: Callable[[], Awaitable[None]], other: "Optional[Awaitable[list[int]]]"
) -> Coroutine[Any, Any, int]:
    return call()

# ---- twin ----

from collections.abc import Callable
from typing import Optional

Handler = Callable[[str], int | None]


def f(call: Callable[[], None], other: "Optional[list[int]]") -> int:
    return call()
