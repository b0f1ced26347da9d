# twingen: async-only
"""The result of `connect()`: it can be awaited, or used in `async with`.

It can be used once, as every coroutine.
"""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from types import TracebackType
from typing import Any, Generic, Protocol, TypeVar


class Enterable(Protocol):
    """An object that can be used in `async with`."""

    async def __aenter__(self) -> Any: ...

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
        /,
    ) -> bool | None: ...


T_co = TypeVar("T_co", bound=Enterable, covariant=True)


class ConnectAwaitable(Coroutine[Any, Any, T_co], Generic[T_co]):
    """Opens the connection with `await`, or opens and enters it with `async with`.

    It is a coroutine, so `asyncio.run()` and `asyncio.create_task()` accept it.
    """

    __module__ = "pgtwin"
    __slots__ = ("_coroutine", "_opened")

    def __init__(self, coroutine: Coroutine[Any, Any, T_co]) -> None:
        self._coroutine = coroutine

    def __await__(self) -> Generator[Any, Any, T_co]:
        return self._coroutine.__await__()

    def send(self, value: Any) -> Any:
        return self._coroutine.send(value)

    def throw(self, *error: Any) -> Any:
        return self._coroutine.throw(*error)

    def close(self) -> None:
        self._coroutine.close()

    async def __aenter__(self) -> T_co:
        self._opened = await self._coroutine
        await self._opened.__aenter__()
        return self._opened

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> bool | None:
        return await self._opened.__aexit__(exc_type, exc_val, exc_tb)
