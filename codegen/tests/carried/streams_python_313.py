"""Streams as Python 3.13 has them."""

# python: 3.13

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import tempfile
from pathlib import Path

# A certificate for localhost that signs itself, with its key; for tests alone.
CERTIFICATE = Path(__file__).parents[1] / "tls" / "localhost.pem"


async def example_several_separators():
    reader = asyncio.StreamReader()
    reader.feed_data(b"one\r\ntwo\nthree\rfour")
    reader.feed_eof()
    for _ in range(3):
        print(await reader.readuntil((b"\n", b"\r\n", b"\r")))
    for wrong in ((), (b"",)):
        try:
            await reader.readuntil(wrong)
        except ValueError as error:
            print(error)


async def example_clients_of_a_server_are_closed():
    ended = asyncio.Queue()

    async def serve(reader, writer):
        ended.put_nowait(await reader.read())

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    await asyncio.sleep(0.05)
    server.close()
    waiting = asyncio.create_task(server.wait_closed())
    await asyncio.sleep(0.05)
    print(waiting.done())
    server.close_clients()
    await waiting
    print(await ended.get(), await reader.read())
    writer.close()
    await writer.wait_closed()


async def example_socket_of_a_path_is_removed():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "socket")
        server = await asyncio.start_unix_server(print, path)
        print(os.path.exists(path))
        server.close()
        await server.wait_closed()
        print(os.path.exists(path))


async def example_start_tls_of_a_stream():
    on_server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    on_server.load_cert_chain(CERTIFICATE)

    async def serve(reader, writer):
        print(await reader.readline())
        writer.write(b"ready\n")  # before it the client sends nothing of TLS
        await writer.start_tls(on_server)
        line = await reader.readline()
        writer.write(line.upper())
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        print(writer.get_extra_info("sslcontext"))
        writer.write(b"STARTTLS\n")
        print(await reader.readline())
        client = ssl.create_default_context(cafile=str(CERTIFICATE))
        await writer.start_tls(client, server_hostname="localhost")
        print(writer.get_extra_info("sslcontext") is client)
        writer.write(b"secret\n")
        print(await reader.readline(), await reader.read())
        writer.close()
        await writer.wait_closed()


async def example_all_errors():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    loop = asyncio.get_running_loop()
    try:
        await loop.create_connection(
            asyncio.Protocol, "127.0.0.1", port, all_errors=True
        )
    except* ConnectionRefusedError as group:
        print(group.message, len(group.exceptions))


async def example_error_of_a_server_that_is_gone():
    server = await asyncio.start_server(print, "127.0.0.1", 0)
    server.close()
    print(server.is_serving(), server)
    await server.wait_closed()
    await server.serve_forever()
