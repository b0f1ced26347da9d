# renames: Async* = *
import asyncio
from typing import AsyncIterator, TypeVar, cast

T = TypeVar("T", bound="AsyncCursor")


class AsyncCursor:
    lock: "asyncio.Lock"

    async def f(self: "AsyncCursor") -> "AsyncIterator[AsyncCursor]":
        yield cast("AsyncCursor", self)

# ---- twin ----
# renames: Async* = *
import threading
from typing import Iterator, TypeVar, cast

T = TypeVar("T", bound="Cursor")


class Cursor:
    lock: "threading.Lock"

    def f(self: "Cursor") -> "Iterator[Cursor]":
        yield cast("Cursor", self)
