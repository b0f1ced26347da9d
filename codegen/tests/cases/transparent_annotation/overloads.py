"""Overloads that are one in the twin stand there once, or are the function itself."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, overload


class Client:
    # For both kinds of callers.
    @overload
    def plain(self, value: Awaitable[int], name: str = ...) -> int: ...
    @overload
    def plain(self, value: int, name: str = ...) -> int: ...
    def plain(self, value, name=""):
        """Return a value."""
        return value

    @overload
    async def some(self, value: int) -> int: ...
    @overload
    def some(self, value: int) -> Awaitable[int]: ...
    @overload
    def some(self, value: str) -> Awaitable[str]: ...
    def some(self, value: Any) -> Any:
        return value

    @overload
    def other_parameters(self, value: int) -> Awaitable[int]: ...
    @overload
    async def other_parameters(self, value: int) -> int: ...
    def other_parameters(self, *args: Any) -> Any: ...

    @overload
    def repeated(self, value: int) -> int: ...
    @overload
    def repeated(self, value: int) -> int: ...
    def repeated(self, value):
        return value


class Hook(Protocol):
    @overload
    async def __call__(self, value: int) -> int: ...
    @overload
    def __call__(self, value: int) -> Awaitable[int]: ...


if True:

    @overload
    def call(function: Callable[[], Awaitable[int]], /, *, twice: bool) -> int: ...
    @overload
    def call(function: Callable[[], int], /, *, twice: bool) -> int: ...
    def call(function: Callable[[], Any], /, *, twice: bool) -> Any:
        return function()

# ---- twin ----

"""Overloads that are one in the twin stand there once, or are the function itself."""

from collections.abc import Callable
from typing import Any, Protocol, overload


class Client:
    # For both kinds of callers.
    def plain(self, value: int, name: str = "") -> int:
        """Return a value."""
        return value

    @overload
    def some(self, value: int) -> int: ...
    @overload
    def some(self, value: str) -> str: ...
    def some(self, value: Any) -> Any:
        return value

    @overload
    def other_parameters(self, value: int) -> int: ...
    @overload
    def other_parameters(self, value: int) -> int: ...
    def other_parameters(self, *args: Any) -> Any: ...

    @overload
    def repeated(self, value: int) -> int: ...
    @overload
    def repeated(self, value: int) -> int: ...
    def repeated(self, value):
        return value


class Hook(Protocol):
    def __call__(self, value: int) -> int: ...


if True:

    def call(function: Callable[[], int], /, *, twice: bool) -> int:
        return function()
