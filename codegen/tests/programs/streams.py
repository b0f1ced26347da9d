"""Streams and servers: what arrives, where it ends, what is raised, and deadlines."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import tempfile
import time

from support.elapsed_time import took


async def connected() -> tuple[
    asyncio.StreamReader, asyncio.StreamWriter, socket.socket
]:
    here, there = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=here, limit=64)
    return reader, writer, there


async def example_read_lines():
    reader, writer, there = await connected()
    with there:
        there.sendall(b"one\ntwo\n\nlast")
        there.shutdown(socket.SHUT_WR)
        print(await reader.readline(), await reader.readline())
        print(await reader.readline(), reader.at_eof())
        print(await reader.readline(), reader.at_eof(), await reader.readline())
        writer.close()
        await writer.wait_closed()


async def example_iterate_over_lines():
    reader, writer, there = await connected()
    with there:
        there.sendall(b"one\ntwo\nthree")
        there.shutdown(socket.SHUT_WR)
        async for line in reader:
            print(line)
        writer.close()
    return [line async for line in reader]


async def example_read_exactly():
    reader, writer, there = await connected()
    with there:
        there.sendall(b"abcdefgh")
        there.shutdown(socket.SHUT_WR)
        print(await reader.readexactly(3), await reader.readexactly(0))
        try:
            await reader.readexactly(10)
        except asyncio.IncompleteReadError as error:
            print(error, error.partial, error.expected, isinstance(error, EOFError))
        print(reader.at_eof(), await reader.read())
        writer.close()
        await reader.readexactly(-1)


async def example_read_until():
    reader, writer, there = await connected()
    with there:
        there.sendall(b"key: value\r\nrest")
        print(await reader.readuntil(b": "), await reader.readuntil(b"\r\n"))
        there.shutdown(socket.SHUT_WR)
        try:
            await reader.readuntil(b"\r\n")
        except asyncio.IncompleteReadError as error:
            print(error, error.partial, error.expected)
        writer.close()
        await reader.readuntil(b"")


async def example_separator_in_two_parts():
    reader, writer, there = await connected()

    async def send_late():
        await asyncio.sleep(0.05)
        there.sendall(b"\nb")

    with there:
        there.sendall(b"a\r")
        late = asyncio.create_task(send_late())
        print(await reader.readuntil(b"\r\n"))
        await late
        writer.close()


async def example_limit_overrun():
    reader, writer, there = await connected()
    with there:
        there.sendall(b"x" * 100 + b"\nshort\n")
        try:
            await reader.readuntil()
        except asyncio.LimitOverrunError as error:
            print(error, error.consumed)
        print(await reader.readexactly(101))
        print(await reader.readline())
        writer.close()


async def example_line_too_long():
    reader, writer, there = await connected()
    with there:
        there.sendall(b"x" * 100 + b"\nshort\n")
        try:
            await reader.readline()
        except ValueError as error:
            print(error)
        print(await reader.readline())
        writer.close()


async def example_read_to_the_end():
    reader, writer, there = await connected()
    with there:
        there.sendall(b"x" * 200)
        there.shutdown(socket.SHUT_WR)
        print(len(await reader.read()), await reader.read(), await reader.read(5))
        writer.close()


async def example_read_some():
    reader, writer, there = await connected()
    with there:
        there.sendall(b"abcdef")
        print(await reader.readexactly(1), await reader.read(2), await reader.read(0))
        print(await reader.read(100))
        writer.close()


async def example_deadline_keeps_the_data():
    reader, writer, there = await connected()
    with there:
        there.sendall(b"half a li")
        start = time.monotonic()
        try:
            await asyncio.wait_for(reader.readline(), 0.5)
        except asyncio.TimeoutError:
            print("timeout", took(start, 0.5))
        there.sendall(b"ne\n")
        print(await asyncio.wait_for(reader.readline(), 30))
        try:
            await asyncio.wait_for(reader.readexactly(3), 0.1)
        except asyncio.TimeoutError:
            there.sendall(b"xyz")
        print(await reader.readexactly(3))
        writer.close()


async def example_deadline_is_raised():
    reader, writer, there = await connected()
    with there:
        try:
            await asyncio.wait_for(reader.read(10), 0.1)
        finally:
            writer.close()


async def example_written_and_closed():
    reader, writer, there = await connected()
    with there:
        writer.write(b"one ")
        writer.writelines([b"two ", bytearray(b"three "), memoryview(b"four")])
        await writer.drain()
        print(writer.is_closing(), writer.can_write_eof())
        writer.write_eof()
        try:
            writer.write(b"more")
        except RuntimeError as error:
            print(error)
        writer.close()
        print(writer.is_closing())
        await writer.wait_closed()
        print(there.recv(100), there.recv(100))
        try:
            writer.write("text")
        except TypeError as error:  # in words that change with asyncio's version
            print("data argument must be a bytes" in str(error))


async def example_drain_after_close():
    reader, writer, there = await connected()
    with there:
        writer.close()
        await writer.wait_closed()
        print(await reader.read())
        await writer.drain()


async def example_write_more_than_the_system_takes():
    reader, writer, there = await connected()
    size = 3_000_000

    async def receive():
        return await asyncio.to_thread(read_all, there)

    with there:
        writer.write(b"x" * size)
        print("written")
        received = asyncio.create_task(receive())
        await writer.drain()
        writer.write(b"y")
        writer.close()
        data = await received
        return len(data), data[-2:]


def read_all(sock: socket.socket) -> bytes:
    blocks = []
    while block := sock.recv(65536):
        blocks.append(block)
    return b"".join(blocks)


async def example_drain_with_a_deadline():
    reader, writer, there = await connected()
    with there:
        await asyncio.wait_for(writer.drain(), 30)
        writer.write(b"x" * 3_000_000)
        start = time.monotonic()
        try:
            await asyncio.wait_for(writer.drain(), 0.5)
        except asyncio.TimeoutError:
            print("timeout", took(start, 0.5))
        print(writer.is_closing())
    writer.close()
    try:
        await writer.wait_closed()
    except ConnectionError:
        print("the rest is lost")


async def example_peer_is_gone():
    reader, writer, there = await connected()
    there.close()
    print(await reader.read())
    try:
        for _ in range(100):
            writer.write(b"x" * 1000)
            await writer.drain()
            await asyncio.sleep(0.001)
    except ConnectionError as error:
        print(isinstance(error, (BrokenPipeError, ConnectionResetError)))


async def example_two_directions_at_once():
    # Each side writes before it reads: both go on only if writes do not block.
    size = 2_000_000
    here, there = socket.socketpair()
    one, other = await asyncio.open_connection(sock=here)
    two, another = await asyncio.open_connection(sock=there)
    other.write(b"a" * size)
    another.write(b"b" * size)
    first, second = await asyncio.gather(two.readexactly(size), one.readexactly(size))
    print(len(first), len(second), first[:1], second[-1:])
    other.close()
    another.close()


async def example_extra_info():
    reader, writer, there = await connected()
    with there:
        print(writer.get_extra_info("nothing"), writer.get_extra_info("nothing", 3))
        print(writer.get_extra_info("sockname"), writer.get_extra_info("peername"))
        print(writer.get_extra_info("socket").family == socket.AF_UNIX)
        print(writer.get_extra_info("ssl_object"))
        writer.close()


async def example_refused_connection():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        host, port = unused.getsockname()
    try:
        await asyncio.open_connection(host, port)
    except ConnectionRefusedError as error:
        print(str(error).replace(str(port), "PORT"), error.errno)


async def example_arguments():
    for arguments in ({}, {"host": "x", "sock": "y"}, {"server_hostname": "x"}):
        try:
            await connect(**arguments)
        except ValueError as error:
            print(error)


async def connect(host=None, sock=None, server_hostname=None):
    await asyncio.open_connection(host, sock=sock, server_hostname=server_hostname)


def answering(answered: asyncio.Event):
    """Return a handler that sends lines back, and says when it is done."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for line in reader:
            writer.write(line.upper())
            await writer.drain()
        writer.close()
        await writer.wait_closed()
        answered.set()

    return echo


async def example_server():
    answered = asyncio.Event()
    server = await asyncio.start_server(answering(answered), "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        reader, writer = await asyncio.open_connection(host, port)
        print(server.is_serving(), writer.get_extra_info("peername") == (host, port))
        writer.write(b"hello\nworld\n")
        print(await reader.readline(), await reader.readline())
        writer.write_eof()
        print(await reader.read())
        writer.close()
        await writer.wait_closed()
        await answered.wait()
    print(server.is_serving(), server.sockets)
    await asyncio.open_connection(host, port, local_addr=(host, 0), family=socket.AF_UNIX)


async def example_server_answers_at_the_same_time():
    here, together = [], asyncio.Event()

    async def meet(reader, writer):
        line = await reader.readline()
        here.append(line)
        if len(here) == 20:
            together.set()
        await asyncio.wait_for(together.wait(), 30)
        writer.write(line)
        writer.close()

    async def ask(port, number):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"%d\n" % number)
        answer = await reader.read()
        writer.close()
        return answer

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    answers = await asyncio.gather(*[ask(port, number) for number in range(20)])
    server.close()
    await server.wait_closed()
    return list(answers)


async def example_unix_server():
    folder = tempfile.TemporaryDirectory()
    tmp = os.path.join(folder.name, "sock")
    answered = asyncio.Event()
    server = await asyncio.start_unix_server(answering(answered), tmp)
    reader, writer = await asyncio.open_unix_connection(tmp)
    writer.write(b"over a path\n")
    print(await reader.readline())
    writer.close()
    await answered.wait()
    server.close()
    await server.wait_closed()
    folder.cleanup()
    try:
        await asyncio.open_unix_connection(tmp)
    except FileNotFoundError as error:
        print(error.errno == errno.ENOENT)


async def example_server_begins_later():
    answered = asyncio.Event()
    server = await asyncio.start_server(answering(answered), "127.0.0.1", 0, start_serving=False)
    print(server.is_serving())
    await server.start_serving()
    print(server.is_serving())
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b"x\n")
    print(await asyncio.wait_for(reader.readline(), 30))
    writer.close()
    await answered.wait()
    server.close()
    await server.serve_forever()


async def example_serve_forever_in_a_task():
    answered = asyncio.Event()
    server = await asyncio.start_server(answering(answered), "127.0.0.1", 0)
    serving = asyncio.create_task(server.serve_forever())
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b"x\n")
    print(await reader.readline(), serving.done())
    writer.close()
    await answered.wait()
    server.close()
    await asyncio.wait({serving}, timeout=30)
    print(serving.done())


async def example_address_in_use():
    handler = answering(asyncio.Event())
    first = await asyncio.start_server(handler, "127.0.0.1", 0)
    host, port = first.sockets[0].getsockname()
    async with first:
        try:
            await asyncio.start_server(handler, host, port)
        except OSError as error:
            print(error.errno == errno.EADDRINUSE, str(port) in str(error))
