from collections.abc import Awaitable, Callable
from typing import Awaitable as Waits

Hook = Callable[[int], Awaitable[None] | None]
Both = Callable[[int], None | Awaitable[None] | Awaitable[int]]


def call(hook: Awaitable[None] | (None), text: "Awaitable[None] | None") -> Hook:
    return hook


class Client:
    def make(self, make: Awaitable["Client"] | None) -> int | Waits["Client"] | str:
        return make

    def other(self) -> Waits[int] | "Client":
        return 1


# ---- twin ----
import typing
from collections.abc import Callable

Hook = Callable[[int], None]
Both = Callable[[int], None | int]


def call(hook: None, text: "None") -> Hook:
    return hook


class Client:
    def make(
        self, make: typing.Union["Client", None]
    ) -> typing.Union[int, "Client"] | str:
        return make

    def other(self) -> typing.Union[int, "Client"]:
        return 1
