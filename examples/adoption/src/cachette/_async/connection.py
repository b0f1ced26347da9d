"""One connection with a server that speaks memcached's text protocol."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class AsyncConnection:
    """Asks and reads the answer, each within a deadline."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        timeout: float,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._timeout = timeout

    @classmethod
    async def open(cls, host: str, port: int, timeout: float) -> AsyncConnection:
        reader, writer = await asyncio.wait_for(
            asyncio.open_connection(host, port), timeout
        )
        return cls(reader, writer, timeout)

    async def ask(self, request: bytes) -> list[bytes]:
        """Send a request and return the words of the first line of its answer."""
        self._writer.write(request)
        await asyncio.wait_for(self._writer.drain(), self._timeout)
        return await self.line()

    async def line(self) -> list[bytes]:
        line = await asyncio.wait_for(self._reader.readline(), self._timeout)
        if not line.endswith(b"\r\n"):
            raise ConnectionResetError("the server closed the connection")
        return line.split()

    async def block(self, size: int) -> bytes:
        """Read a value, and the end of the line behind it."""
        block = await asyncio.wait_for(
            self._reader.readexactly(size + 2), self._timeout
        )
        return block[:size]

    async def close(self) -> None:
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()
