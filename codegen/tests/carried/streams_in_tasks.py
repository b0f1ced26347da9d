"""Streams in tasks that are cancelled, timed and many."""

from __future__ import annotations

import asyncio
import socket


async def connected():
    here, there = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=here, limit=64)
    return reader, writer, there


async def example_cancelled_read_loses_nothing():
    reader, writer, there = await connected()
    with there:
        task = asyncio.create_task(reader.readline())
        await asyncio.sleep(0)
        there.sendall(b"half ")
        await asyncio.sleep(0.01)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            print("cancelled")
        there.sendall(b"a line\n")
        print(await reader.readline())
        writer.close()
        await writer.wait_closed()


async def read_soon(reader):
    try:
        return await asyncio.wait_for(reader.readline(), 0.05)
    except asyncio.TimeoutError:
        return "timeout"


async def example_wait_for_a_line():
    reader, writer, there = await connected()
    with there:
        there.sendall(b"half ")
        print(await read_soon(reader))
        there.sendall(b"a line\n")
        print(await read_soon(reader))
        writer.close()
        await writer.wait_closed()


async def example_first_of_two_readers():
    one, first, other = await connected()
    two, second, another = await connected()
    with other, another:
        reads = {asyncio.ensure_future(each.readline()) for each in (one, two)}
        another.sendall(b"second\n")
        done, pending = await asyncio.wait(reads, return_when=asyncio.FIRST_COMPLETED)
        print([task.result() for task in done], len(pending))
        for task in pending:
            task.cancel()
        print(await asyncio.gather(*pending, return_exceptions=True))
        first.close()
        second.close()
        await asyncio.gather(first.wait_closed(), second.wait_closed())


async def example_two_reads_at_once():
    reader, writer, there = await connected()
    with there:
        task = asyncio.create_task(reader.read(1))
        await asyncio.sleep(0)
        try:
            await reader.readline()
        except RuntimeError as error:
            print(error)
        there.sendall(b"x")
        print(await task)
        writer.close()
        await writer.wait_closed()


async def example_reader_by_hand():
    reader = asyncio.StreamReader(limit=8)
    task = asyncio.create_task(reader.readuntil(b"--"))
    await asyncio.sleep(0)
    reader.feed_data(b"one-")
    await asyncio.sleep(0)
    print(task.done())
    reader.feed_data(b"-two")
    print(await task, reader)
    reader.feed_eof()
    print(reader.at_eof(), await reader.read(), reader.at_eof())
    reader.set_exception(ValueError("broken"))
    print(repr(reader.exception()))
    try:
        await reader.read()
    except ValueError as error:
        print(error)
    try:
        asyncio.StreamReader(limit=0)
    except ValueError as error:
        print(error)


async def example_exception_in_a_wait():
    reader = asyncio.StreamReader()
    task = asyncio.create_task(reader.readexactly(3))
    await asyncio.sleep(0)
    reader.set_exception(ConnectionResetError("gone"))
    try:
        await task
    except ConnectionResetError as error:
        print(error)


async def example_many_clients():
    async def serve(reader, writer):
        async for line in reader:
            writer.write(line[::-1])
            await writer.drain()
        writer.close()

    async def talk(number):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        answers = []
        for turn in range(3):
            writer.write(b"%d.%d\n" % (number, turn))
            answers.append(await reader.readexactly(len(b"%d.%d\n" % (number, turn))))
        writer.close()
        await writer.wait_closed()
        return answers

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        talks = await asyncio.gather(*[talk(number) for number in range(100)])
    print(talks[7], sum(map(len, talks)))


async def example_handler_that_fails():
    loop = asyncio.get_running_loop()
    told = []
    loop.set_exception_handler(lambda loop, context: told.append(context))

    async def serve(reader, writer):
        raise ValueError("no service")

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        print(await reader.read())
        writer.close()
        await writer.wait_closed()
    loop.set_exception_handler(None)
    print(
        told[0]["message"] if told else "", repr(told[0]["exception"]) if told else ""
    )


async def example_plain_handler():
    served = asyncio.Event()

    def serve(reader, writer):
        writer.write(b"plain")
        writer.close()
        served.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        print(await reader.read())
        await served.wait()
        writer.close()
        await writer.wait_closed()


async def example_serve_forever_is_cancelled():
    async def serve(reader, writer):
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    task = asyncio.create_task(server.serve_forever())
    await asyncio.sleep(0)
    try:
        await server.serve_forever()
    except RuntimeError as error:
        print("already being awaited" in str(error))
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled", server.is_serving(), server.sockets)


async def example_cancelled_drain():
    reader, writer, there = await connected()
    with there:
        writer.write(b"x" * 3_000_000)
        task = asyncio.create_task(writer.drain())
        await asyncio.sleep(0)
        task.cancel()
        print(await asyncio.gather(task, return_exceptions=True))
        print(writer.transport.get_write_buffer_size() > 0)
        writer.transport.abort()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)


async def example_drain_of_a_lost_connection():
    reader, writer, there = await connected()
    writer.write(b"x" * 3_000_000)
    task = asyncio.create_task(writer.drain())
    await asyncio.sleep(0)
    there.close()
    print(type((await asyncio.gather(task, return_exceptions=True))[0]).__name__)
    writer.close()
    await asyncio.gather(writer.wait_closed(), return_exceptions=True)


async def example_reader_of_a_protocol():
    loop = asyncio.get_running_loop()
    here, there = socket.socketpair()
    with there:
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        transport, _ = await loop.create_connection(lambda: protocol, sock=here)
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        writer.write(b"there")
        there.sendall(b"here\n")
        print(await reader.readline(), there.recv(10), writer.transport is transport)
        writer.close()
        await writer.wait_closed()


async def example_process_that_is_cancelled():
    process = await asyncio.create_subprocess_exec(
        "sleep", "60", stdout=asyncio.subprocess.PIPE
    )
    talk = asyncio.create_task(process.communicate())
    end = asyncio.create_task(process.wait())
    await asyncio.sleep(0.01)
    talk.cancel()
    print(await asyncio.gather(talk, return_exceptions=True))
    process.kill()
    print(await end, process.returncode)
