"""Annotations that are evaluated, on import and by those who ask for them."""

import typing
from collections.abc import Awaitable, Callable

Hook = Callable[[int], Awaitable[None] | None]


class Client:
    def call(self, hook: Hook, other: Awaitable[None] | None = None) -> int:
        return 1

    def made(self, make: Callable[[], Awaitable["Client"] | None]) -> "Client | None":
        return None


async def quoted(hook: "Awaitable[None] | None", n: int) -> None:
    return None


async def example_evaluated_on_import():
    print(Client().call(print), Client().made(print), await quoted(None, 1))


async def example_evaluated_when_asked_for():
    for function in (Client.call, Client.made, quoted):
        print(sorted(typing.get_type_hints(function)))
