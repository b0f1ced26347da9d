import asyncio
from asyncio import IncompleteReadError, StreamReader, StreamWriter


class Client:
    reader: StreamReader
    _writer: asyncio.StreamWriter | None = None

    async def connect(self, host, port, context):
        self.reader, self._writer = await asyncio.wait_for(
            asyncio.open_connection(host, port, ssl=context, limit=100), 3
        )

    async def ask(self, question: bytes) -> bytes:
        assert self._writer is not None
        self._writer.write(question)
        async with asyncio.timeout(5):
            await self._writer.drain()
            try:
                return await self.reader.readexactly(10)
            except IncompleteReadError as error:
                return error.partial


async def handle(reader, writer):
    async for line in reader:
        writer.write(line)
    await asyncio.wait_for(reader.read(1), 1)
    await asyncio.wait_for(writer.drain(), 1)


async def serve(path):
    async with await asyncio.start_server(handle, port=0) as server:
        await server.serve_forever()
    server = await asyncio.start_unix_server(handle, path)
    await asyncio.wait_for(server.wait_closed(), 3)
    task = asyncio.create_task(server.serve_forever())
    reader, writer = await asyncio.open_unix_connection(path)
    await asyncio.wait_for(reader.readuntil(b";"), timeout=2)

# ---- twin ----

from twin_runtime.connections import open_connection, open_unix_connection
from twin_runtime.deadline import Deadline
from twin_runtime.server import start_server, start_unix_server
from twin_runtime.streams import (
    IncompleteReadError as _IncompleteReadError,
    StreamReader as _StreamReader,
    StreamWriter as _StreamWriter,
)
from twin_runtime.tasks import Task


class Client:
    reader: _StreamReader
    _writer: _StreamWriter | None = None

    def connect(self, host, port, context):
        self.reader, self._writer = open_connection(
            host, port, ssl=context, limit=100, timeout=3
        )

    def ask(self, question: bytes) -> bytes:
        assert self._writer is not None
        self._writer.write(question)
        with Deadline(5) as deadline:
            self._writer.drain(timeout=deadline.remaining())
            try:
                return self.reader.readexactly(10, timeout=deadline.remaining())
            except _IncompleteReadError as error:
                return error.partial


def handle(reader, writer):
    for line in reader:
        writer.write(line)
    reader.read(1, timeout=1)
    writer.drain(timeout=1)


def serve(path):
    with start_server(handle, port=0) as server:
        server.serve_forever()
    server = start_unix_server(handle, path)
    server.wait_closed(timeout=3)
    task = Task(server.serve_forever)
    reader, writer = open_unix_connection(path)
    reader.readuntil(b";", timeout=2)
