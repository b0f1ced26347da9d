"""A memcached for tests, which loses connections and does not answer when told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Server:
    """What the server keeps, what it was asked, and how it is going to fail."""

    def __init__(self) -> None:
        self.values: dict[bytes, bytes] = {}
        self.asked: list[bytes] = []
        self.connections = 0
        # How many answers get lost, and whether the others come now.
        self.lost = 0
        self.answering = asyncio.Event()
        self.answering.set()
        # Its connections are tasks in one form, and threads in the other.
        self._lock = asyncio.Lock()
        self._open = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        async with self._lock:
            self.connections += 1
            self._open += 1
            self._idle.clear()
        try:
            while answer := await self._next(reader):
                await self.answering.wait()
                writer.write(answer)
                await writer.drain()
        except OSError:  # the client has had enough
            pass
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
            async with self._lock:
                self._open -= 1
                if not self._open:
                    self._idle.set()

    async def ended(self, timeout: float) -> None:
        """Wait until all connections have ended."""
        await asyncio.wait_for(self._idle.wait(), timeout)

    async def _next(self, reader: asyncio.StreamReader) -> bytes:
        """Return the answer to the next request; nothing, if it gets lost."""
        words = (await reader.readline()).split()
        if not words:
            return b""
        value = b""
        if words[0] == b"set":
            value = (await reader.readexactly(int(words[4]) + 2))[:-2]
        async with self._lock:
            self.asked.append(words[0])
            answer = self.answer(words, value)
            if self.lost:
                self.lost -= 1
                return b""
        return answer

    def answer(self, words: list[bytes], value: bytes) -> bytes:
        kind, keys = words[0], words[1:]
        if kind == b"set":
            self.values[keys[0]] = value
            return b"STORED\r\n"
        if kind == b"get":
            parts = [
                b"VALUE %s 0 %d\r\n%s\r\n" % (key, len(found), found)
                for key in keys
                if (found := self.values.get(key)) is not None
            ]
            return b"".join(parts) + b"END\r\n"
        if keys[0] not in self.values:
            return b"NOT_FOUND\r\n"
        if kind == b"delete":
            del self.values[keys[0]]
            return b"DELETED\r\n"
        number = int(self.values[keys[0]]) + int(keys[1])
        self.values[keys[0]] = b"%d" % number
        return b"%d\r\n" % number


@asynccontextmanager
async def running(server: Server) -> AsyncIterator[int]:
    """Run a server; yield its port. Afterwards its connections have ended."""
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    async with listening:
        yield listening.sockets[0].getsockname()[1]
    await server.ended(60)
