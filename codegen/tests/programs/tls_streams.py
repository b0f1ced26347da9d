"""Streams over TLS: agreed on, closed, and refused."""

from __future__ import annotations

import asyncio
import ssl
import time
from pathlib import Path

from support.elapsed_time import took

# A certificate for localhost that signs itself, with its key; for tests alone.
CERTIFICATE = Path(__file__).parents[1] / "tls" / "localhost.pem"


def for_server() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def for_client() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(CERTIFICATE))


async def example_echo():
    answered = asyncio.Event()

    async def echo(reader, writer):
        async for line in reader:
            writer.write(line.upper())
            await writer.drain()
        writer.close()
        answered.set()

    server = await asyncio.start_server(echo, "127.0.0.1", 0, ssl=for_server())
    async with server:
        host, port = server.sockets[0].getsockname()
        reader, writer = await asyncio.open_connection(
            host, port, ssl=for_client(), server_hostname="localhost"
        )
        writer.write(b"hello\n" + b"x" * 50_000 + b"\n")
        await writer.drain()
        print(await reader.readline(), len(await reader.readline()))
        try:
            await asyncio.wait_for(reader.readline(), 0.1)
        except asyncio.TimeoutError:
            print("nothing more")
        print(writer.can_write_eof(), writer.get_extra_info("cipher") is not None)
        print(writer.get_extra_info("ssl_object").version()[:3])
        print(writer.get_extra_info("peercert")["subject"])
        writer.close()
        await answered.wait()


async def example_much_in_both_directions():
    size = 1_000_000

    async def answer(reader, writer):
        writer.write(b"a" * size)
        print(len(await reader.readexactly(size)))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=for_server())
    async with server:
        reader, writer = await asyncio.open_connection(
            *server.sockets[0].getsockname(),
            ssl=for_client(),
            server_hostname="localhost",
        )
        writer.write(b"b" * size)
        print(len(await reader.readexactly(size)), await reader.read())
        writer.close()


async def example_wrong_name():
    async def ignore(reader, writer):
        writer.close()

    server = await asyncio.start_server(ignore, "127.0.0.1", 0, ssl=for_server())
    async with server:
        try:
            await asyncio.open_connection(
                *server.sockets[0].getsockname(),
                ssl=for_client(),
                server_hostname="example.org",
            )
        except ssl.SSLCertVerificationError as error:
            print(error.verify_message)


async def example_handshake_that_takes_too_long():
    async def silent(reader, writer):
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        start = time.monotonic()
        try:
            await asyncio.open_connection(
                host, port, ssl=for_client(), ssl_handshake_timeout=0.5
            )
        except ConnectionAbortedError as error:
            print(error, took(start, 0.5))
        try:
            await asyncio.wait_for(
                asyncio.open_connection(host, port, ssl=for_client()), 0.5
            )
        except asyncio.TimeoutError:
            print("timeout", took(start, 1.0))
        await asyncio.sleep(0.1)


async def example_arguments():
    for arguments in ({"handshake": 3}, {"host": "", "ssl": True}):
        try:
            await connect(**arguments)
        except ValueError as error:
            print(error)


async def connect(host="127.0.0.1", ssl=None, handshake=None):
    await asyncio.open_connection(host, 1, ssl=ssl, ssl_handshake_timeout=handshake)
