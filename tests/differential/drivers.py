"""The drivers that play programs, sync and async behind one way to call them.

What is awaited here is what an async driver gives; with a sync one nothing waits.
"""

from __future__ import annotations

import asyncio
import inspect
import signal
from collections.abc import AsyncIterator, Coroutine
from importlib import import_module
from types import FrameType, TracebackType
from typing import Any, NoReturn, TypeVar

T = TypeVar("T")

# The first is compared with; the last is asked only whether psycopg agrees with itself.
THEIRS = "psycopg-sync"
OURS = ("pgtwin-async", "pgtwin-sync")
THEIRS_ASYNC = "psycopg-async"

# Seconds after which a program is taken to hang, and then between two attempts to leave
# it: whoever waits may take one interruption for something else.
LIMIT = 20
AGAIN = 2


class Hangs(BaseException):
    """A program took far too long."""


class Driver:
    """One of the drivers: its classes, and how its calls are made."""

    def __init__(self, name: str) -> None:
        package, form = name.split("-")
        self.name = name
        self.is_async = form == "async"
        # Connections that another program may use: by the encoding of their database.
        self.kept: dict[str, Any] = {}
        self._package = import_module(package)
        self._loop = asyncio.new_event_loop() if self.is_async else None

    def kind(self, name: str) -> Any:
        """Return a class of the driver: `Connection`, `ClientCursor`, ..."""
        return getattr(self._package, f"Async{name}" if self.is_async else name)

    def named(self, name: str) -> Any:
        """Return what both forms share under a name, as `Rollback`."""
        return getattr(self._package, name)

    def module(self, name: str) -> Any:
        """Return a module of the driver."""
        return import_module(f"{self._package.__name__}.{name}")

    def run(self, playing: Coroutine[Any, Any, T]) -> T:
        """Play to the end. Raises `Hangs` when that takes longer than `LIMIT`."""
        before = signal.signal(signal.SIGALRM, _hang)
        signal.setitimer(signal.ITIMER_REAL, LIMIT, AGAIN)
        try:
            if self._loop is not None:
                return self._loop.run_until_complete(playing)
            try:
                playing.send(None)
            except StopIteration as end:
                result: T = end.value
                return result
            raise RuntimeError(f"a call of {self.name} has waited")
        except Hangs:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self._give_up()
            raise
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def _give_up(self) -> None:
        """Leave what hangs behind, in an event loop of its own if there is one."""
        self.kept.clear()
        if self._loop is not None:
            self._loop = asyncio.new_event_loop()

    def forget(self) -> None:
        """Close the connections that were kept."""
        for conn in self.kept.values():
            conn.pgconn.finish()
        self.kept.clear()

    def close(self) -> None:
        self.forget()
        if self._loop is not None:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()

    async def items(self, iterable: Any) -> AsyncIterator[Any]:
        """Go through what a driver gives to be iterated, and close it."""
        if not self.is_async:
            for item in iterable:
                yield item
            return
        async for item in iterable:
            yield item

    def block(self, manager: Any) -> Block:
        """Return a block of the driver, to be entered with `async with`."""
        return Block(manager, self.is_async)


class Block:
    """Enters and leaves a block of either form."""

    def __init__(self, manager: Any, is_async: bool) -> None:
        self._manager = manager
        self._names = (
            ("__aenter__", "__aexit__") if is_async else ("__enter__", "__exit__")
        )

    async def __aenter__(self) -> Any:
        return await settled(getattr(self._manager, self._names[0])())

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> bool | None:
        leave = getattr(self._manager, self._names[1])
        done: bool | None = await settled(leave(exc_type, exc_val, exc_tb))
        return done


async def settled(value: Any) -> Any:
    """Return a value, awaited if it has to be."""
    if inspect.isawaitable(value):
        return await value
    return value


def _hang(number: int, frame: FrameType | None) -> NoReturn:
    raise Hangs
