"""The client: what users hold."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from ..errors import CacheError, OutcomeUnknown
from .connection import AsyncConnection
from .rate import AsyncRate

T = TypeVar("T")
# What ends a connection: it was lost, or what comes next on it is not known.
_LOST = (OSError, EOFError, asyncio.TimeoutError)


class AsyncClient:
    """Shares a few connections among many callers.

    What can be repeated is repeated, `attempts` times, each after a longer pause; an
    increment is not, because the lost answer may have been a success.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 11211,
        *,
        connections: int = 4,
        timeout: float = 1,
        attempts: int = 3,
        pause: float = 0.05,
        rate: AsyncRate | None = None,
    ) -> None:
        self._address = (host, port)
        self._timeout = timeout
        self._attempts = attempts
        self._pause = pause
        self._rate = rate
        # A connection is opened when it is needed, and again when it was lost.
        self._idle: asyncio.LifoQueue[AsyncConnection | None] = asyncio.LifoQueue()
        self._connections = connections
        for _ in range(connections):
            self._idle.put_nowait(None)

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Wait until no connection is used, and close them all."""
        held = [await self._idle.get() for _ in range(self._connections)]
        for connection in held:
            if connection is not None:
                await connection.close()
            self._idle.put_nowait(None)

    # -- what one can ask ---------------------------------------------------------

    async def get(self, key: str) -> bytes | None:
        return (await self.get_many([key])).get(key)

    async def get_many(self, keys: list[str]) -> dict[str, bytes]:
        """Return those of the keys that the server has."""
        request = b"get %s\r\n" % b" ".join(map(_checked, keys))

        async def ask(connection: AsyncConnection) -> dict[str, bytes]:
            found = {}
            words = await connection.ask(request)
            while words[0] == b"VALUE":
                found[words[1].decode()] = await connection.block(int(words[3]))
                words = await connection.line()
            _expect(words, b"END")
            return found

        return await self._repeat(ask)

    async def set(self, key: str, value: bytes, seconds: int = 0) -> None:
        """Keep a value, for so many seconds, or (0) as long as there is room."""
        head = b"set %s 0 %d %d\r\n" % (_checked(key), seconds, len(value))
        await self._change(head + value + b"\r\n", b"STORED")

    async def delete(self, key: str) -> None:
        """Forget a value, if there is one."""
        await self._change(b"delete %s\r\n" % _checked(key), b"DELETED", b"NOT_FOUND")

    async def increment(self, key: str, number: int = 1) -> int:
        """Add to a number and return the sum; raises OutcomeUnknown if that is so."""
        await self._wait(0)
        try:
            async with self._connection() as connection:
                request = b"incr %s %d\r\n" % (_checked(key), number)
                words = await connection.ask(request)
        except _LOST as error:
            raise OutcomeUnknown(f"no answer to an increment of {key}") from error
        if words == [b"NOT_FOUND"]:
            raise KeyError(key)
        return int(words[0])

    # -- how it is asked ----------------------------------------------------------

    async def _change(self, request: bytes, *expected: bytes) -> None:
        async def ask(connection: AsyncConnection) -> None:
            _expect(await connection.ask(request), *expected)

        await self._repeat(ask)

    async def _repeat(self, ask: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Ask until there is an answer, each time after a longer pause."""
        last: Exception | None = None
        for attempt in range(self._attempts):
            await self._wait(attempt)
            try:
                async with self._connection() as connection:
                    return await ask(connection)
            except _LOST as error:
                last = error
        raise CacheError(f"no answer in {self._attempts} attempts") from last

    async def _wait(self, attempt: int) -> None:
        if attempt:
            await asyncio.sleep(self._pause * 2 ** (attempt - 1))
        if self._rate is not None:
            await self._rate.turn()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection; one that an error leaves is closed."""
        connection = await self._idle.get()
        whole = False
        try:
            if connection is None:
                host, port = self._address
                connection = await AsyncConnection.open(host, port, self._timeout)
            yield connection
            whole = True
        finally:
            self._idle.put_nowait(connection if whole else None)
            if connection is not None and not whole:
                await connection.close()


def _expect(words: list[bytes], *expected: bytes) -> None:
    if not words or words[0] not in expected:
        raise CacheError(b" ".join(words).decode())


def _checked(key: str) -> bytes:
    """Return a key as the protocol has it; it must not end the command."""
    encoded = key.encode()
    if not 0 < len(encoded) <= 250 or any(c <= 32 or c == 127 for c in encoded):
        raise ValueError(f"not a key of memcached: {key!r}")
    return encoded
