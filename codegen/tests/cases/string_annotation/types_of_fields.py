from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypedDict

Hooks = TypedDict("Hooks", {"Awaitable": "Callable[[], Awaitable[int]]", "n": Awaitable[int]})
Pair = NamedTuple("Pair", [("Awaitable", "Awaitable[int]"), ("n", "int")])


# ---- twin ----
from collections.abc import Callable
from typing import NamedTuple, TypedDict

Hooks = TypedDict("Hooks", {"Awaitable": "Callable[[], int]", "n": int})
Pair = NamedTuple("Pair", [("Awaitable", "int"), ("n", "int")])
