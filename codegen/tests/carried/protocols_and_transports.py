"""Protocols and transports: what is called, in which order, and with what."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import sys
import tempfile
from pathlib import Path

# A certificate for localhost that signs itself, with its key; for tests alone.
CERTIFICATE = Path(__file__).parents[1] / "tls" / "localhost.pem"


def for_server() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def for_client() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(CERTIFICATE))


class Noted:
    """A protocol that notes what it is told; `lost` is done at the end."""

    def __init__(self, name, log, keeps_open=False):
        self.name = name
        self.log = log
        self.keeps_open = keeps_open
        self.transport = None
        self.received = b""
        loop = asyncio.get_running_loop()
        self.lost = loop.create_future()
        self.ended = loop.create_future()

    def note(self, *what):
        self.log.append((self.name, *what))

    def connection_made(self, transport):
        self.transport = transport
        self.note("made")

    def eof_received(self):
        self.note("eof")
        self.ended.set_result(None)
        return self.keeps_open

    def connection_lost(self, exc):
        self.note("lost", exc if exc is None else type(exc).__name__)
        if not self.ended.done():
            self.ended.set_result(None)
        self.lost.set_result(None)

    def pause_writing(self):
        self.note("pause")

    def resume_writing(self):
        self.note("resume")


class Stream(Noted, asyncio.Protocol):
    def data_received(self, data):
        self.received += data
        if len(data) < 50:
            self.note("data", data)


class Echo(Stream):
    def data_received(self, data):
        super().data_received(data)
        self.transport.write(data.upper())


class Buffered(Noted, asyncio.BufferedProtocol):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.buffer = bytearray(4)

    def get_buffer(self, sizehint):
        return self.buffer

    def buffer_updated(self, nbytes):
        self.note("updated", bytes(self.buffer[:nbytes]))


async def pair(one, other):
    """Connect two protocols."""
    loop = asyncio.get_running_loop()
    here, there = socket.socketpair()
    first, _ = await loop.create_connection(lambda: one, sock=here)
    second, _ = await loop.create_connection(lambda: other, sock=there)
    return first, second


async def example_server_and_client():
    loop = asyncio.get_running_loop()
    log, served = [], []

    def serve():
        served.append(Echo("server", log))
        return served[-1]

    server = await loop.create_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    transport, client = await loop.create_connection(
        lambda: Stream("client", log, keeps_open=True), host, port
    )
    print(transport is client.transport, transport.get_protocol() is client)
    print(transport.get_extra_info("peername") == (host, port))
    transport.write(b"one ")
    transport.writelines([b"two ", b"three"])
    transport.write_eof()
    await client.ended
    print(client.received, transport.is_closing(), transport.can_write_eof())
    transport.close()
    print(transport.is_closing())
    await client.lost
    await served[0].lost
    server.close()
    await server.wait_closed()
    names = [each[:2] for each in log if each[1] != "data"]
    return [e for e in names if e[0] == "client"], [
        e for e in names if e[0] != "client"
    ]


async def example_two_ends():
    log = []
    one, other = Stream("one", log), Stream("other", log, keeps_open=True)
    first, second = await pair(one, other)
    first.write(b"x")
    first.write(b"")
    while not other.received:
        await asyncio.sleep(0.001)
    first.write_eof()
    await other.ended
    second.write(b"still")
    while not one.received:
        await asyncio.sleep(0.001)
    second.close()
    await asyncio.gather(one.lost, other.lost)
    try:
        first.write_eof()
        first.write(b"too late")
    except RuntimeError as error:
        print(error)
    for wrong in ("text", None, [1]):
        try:
            first.write(wrong)
        except TypeError as error:
            print(error)
    print(log)


async def example_callbacks_after_a_write_and_a_close():
    log = []
    one, other = Stream("one", log), Stream("other", log)
    first, second = await pair(one, other)
    loop = asyncio.get_running_loop()
    first.write(b"last words")
    loop.call_soon(log.append, "soon")
    first.close()
    loop.call_soon(log.append, "later")
    log.append("now")
    await other.lost
    await one.lost
    print(log)


async def example_flow_control():
    log = []
    one, other = Stream("one", log), Stream("other", log)
    first, second = await pair(one, other)
    print(first.get_write_buffer_limits(), first.get_write_buffer_size())
    first.set_write_buffer_limits(high=100_000)
    print(first.get_write_buffer_limits())
    first.set_write_buffer_limits(low=1000)
    print(first.get_write_buffer_limits())
    for limits in ({"high": 1, "low": 2}, {"low": -1}):
        try:
            first.set_write_buffer_limits(**limits)
        except ValueError as error:
            print(error)
    second.pause_reading()
    print(second.is_reading())
    first.write(b"x" * 3_000_000)
    print(first.get_write_buffer_size() > 1_000_000, log)
    second.resume_reading()
    while len(other.received) < 3_000_000:
        await asyncio.sleep(0.001)
    await asyncio.sleep(0)
    print(first.get_write_buffer_size(), log)
    first.close()
    await asyncio.gather(one.lost, other.lost)


async def example_pausing_twice():
    log = []
    one, other = Stream("one", log), Stream("other", log)
    first, second = await pair(one, other)
    second.pause_reading()
    second.pause_reading()
    first.write(b"x")
    for _ in range(10):
        await asyncio.sleep(0)
    print(other.received, second.is_reading())
    second.resume_reading()
    second.resume_reading()
    while not other.received:
        await asyncio.sleep(0.001)
    second.abort()
    second.abort()
    await asyncio.gather(one.lost, other.lost)
    print(log, second.is_reading())


async def example_abort_loses_what_was_not_sent():
    log = []
    one, other = Stream("one", log), Stream("other", log)
    first, second = await pair(one, other)
    second.pause_reading()
    first.write(b"x" * 3_000_000)
    first.abort()
    print(first.get_write_buffer_size())
    second.resume_reading()
    await asyncio.gather(one.lost, other.lost)
    print(len(other.received) < 3_000_000, log)


async def example_close_sends_what_was_written():
    log = []
    one, other = Stream("one", log), Stream("other", log)
    first, second = await pair(one, other)
    second.pause_reading()
    first.write(b"x" * 3_000_000)
    first.close()
    await asyncio.sleep(0)
    print(log)
    second.resume_reading()
    await asyncio.gather(one.lost, other.lost)
    print(len(other.received), log)


async def example_buffered_protocol():
    log = []
    one, other = Buffered("one", log), Stream("other", log)
    first, second = await pair(one, other)
    second.write(b"abcdefghij")
    second.close()
    await asyncio.gather(one.lost, other.lost)
    print([each for each in log if each[0] == "one"])


async def example_protocol_is_exchanged():
    log = []
    one, other = Stream("one", log), Stream("other", log)
    first, second = await pair(one, other)
    another = Stream("another", log)
    first.set_protocol(another)
    print(first.get_protocol() is another)
    second.write(b"for another")
    second.close()
    await another.lost
    await other.lost
    print([each for each in log if each[0] != "other"])


class Failing(Stream):
    def data_received(self, data):
        raise ValueError("not understood")


async def example_exception_in_a_protocol():
    loop = asyncio.get_running_loop()
    log, told = [], []
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda loop, context: told.append(context))
    one, other = Failing("one", log), Stream("other", log)
    first, second = await pair(one, other)
    second.write(b"x")
    await asyncio.gather(one.lost, other.lost)
    loop.set_exception_handler(before)
    for context in told:
        print(context["message"], repr(context["exception"]))
        print(context["protocol"] is one, context["transport"] is first)
    print(log)


async def example_server_of_many_clients():
    loop = asyncio.get_running_loop()
    log = []
    server = await loop.create_server(lambda: Echo("server", log), "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()

    async def ask(number):
        client = Stream(f"client {number}", [], keeps_open=True)
        transport, _ = await loop.create_connection(lambda: client, host, port)
        transport.write(b"hello %d" % number)
        transport.write_eof()
        await client.ended
        transport.close()
        await client.lost
        return client.received

    answers = await asyncio.gather(*[ask(number) for number in range(150)])
    server.close()
    await server.wait_closed()
    print(list(answers) == [b"HELLO %d" % number for number in range(150)])
    print(sum(each[1] == "made" for each in log), sum(each[1] == "eof" for each in log))


async def example_unix_sockets():
    loop = asyncio.get_running_loop()
    log = []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "socket")
        server = await loop.create_unix_server(lambda: Echo("server", log), path)
        client = Stream("client", log, keeps_open=True)
        transport, _ = await loop.create_unix_connection(lambda: client, path)
        transport.write(b"x")
        transport.write_eof()
        await client.ended
        print(client.received)
        transport.close()
        await client.lost
        server.close()
        await server.wait_closed()
        try:
            await loop.create_unix_connection(lambda: client, path)
        except OSError as error:
            print(isinstance(error, (ConnectionRefusedError, FileNotFoundError)))
    for arguments in (
        {},
        {"path": "x", "sock": 3},
        {"ssl": True},
        {"server_hostname": "x"},
    ):
        try:
            await loop.create_unix_connection(lambda: client, **arguments)
        except ValueError as error:
            print(error)


class Datagrams(Noted, asyncio.DatagramProtocol):
    def __init__(self, *args, answers=False):
        super().__init__(*args)
        self.answers = answers
        self.got = asyncio.get_running_loop().create_future()

    def datagram_received(self, data, addr):
        self.note("datagram", data)
        if self.answers:
            self.transport.sendto(data.upper(), addr)
        elif not self.got.done():
            self.got.set_result(addr)

    def error_received(self, exc):
        self.note("error", type(exc).__name__)
        if not self.got.done():
            self.got.set_result(None)


async def example_datagrams():
    loop = asyncio.get_running_loop()
    log = []
    transport, server = await loop.create_datagram_endpoint(
        lambda: Datagrams("server", log, answers=True), local_addr=("127.0.0.1", 0)
    )
    address = transport.get_extra_info("sockname")
    sender, client = await loop.create_datagram_endpoint(
        lambda: Datagrams("client", log), remote_addr=address
    )
    sender.sendto(b"ping")
    print(await client.got == address)
    try:
        sender.sendto(b"x", ("127.0.0.2", 1))
    except ValueError as error:
        print(str(error).replace(str(address[1]), "PORT"))
    try:
        sender.sendto("text")
    except TypeError as error:
        print(error)
    transport.close()
    await server.lost
    client.got = loop.create_future()
    sender.sendto(b"to nobody")
    print(await asyncio.wait_for(client.got, 30))
    sender.abort()
    await client.lost
    print(log)
    for arguments in ({}, {"local_addr": "x"}, {"sock": socket.socket()}):
        try:
            await loop.create_datagram_endpoint(lambda: client, **arguments)
        except (TypeError, ValueError) as error:
            print(type(error).__name__)  # its words change with the version
        if "sock" in arguments:
            arguments["sock"].close()


async def example_pipes():
    loop = asyncio.get_running_loop()
    log = []
    read_end, write_end = os.pipe()
    reading, reader = await loop.connect_read_pipe(
        lambda: Stream("reader", log), os.fdopen(read_end, "rb", 0)
    )
    writing, writer = await loop.connect_write_pipe(
        lambda: Stream("writer", log), os.fdopen(write_end, "wb", 0)
    )
    print(reading.is_reading(), writing.can_write_eof())
    reading.pause_reading()
    writing.write(b"x" * 300_000)
    print(writing.get_write_buffer_size() > 0, log[-1])
    reading.resume_reading()
    while len(reader.received) < 300_000:
        await asyncio.sleep(0.001)
    writing.write(b"end")
    writing.write_eof()
    await asyncio.gather(reader.lost, writer.lost)
    print(reader.received[-3:], writing.is_closing(), reading.is_closing())
    print([each for each in log if each[0] == "reader" and each[1] != "data"])
    with tempfile.TemporaryFile() as file:
        try:
            await loop.connect_read_pipe(lambda: Stream("file", log), file)
        except ValueError as error:
            print(error)


async def example_pipe_whose_reader_is_gone():
    loop = asyncio.get_running_loop()
    log = []
    read_end, write_end = os.pipe()
    writing, writer = await loop.connect_write_pipe(
        lambda: Stream("writer", log), os.fdopen(write_end, "wb", 0)
    )
    writing.write(b"x" * 300_000)
    os.close(read_end)
    await writer.lost
    writing.write(b"more")
    print(log)


class Child(asyncio.SubprocessProtocol):
    def __init__(self, log):
        self.log = log
        self.lost = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.log.append("made")

    def pipe_data_received(self, fd, data):
        self.log.append((fd, data))

    def pipe_connection_lost(self, fd, exc):
        self.log.append((fd, "lost", exc))

    def process_exited(self):
        self.log.append("exited")

    def connection_lost(self, exc):
        self.log.append(("lost", exc))
        self.lost.set_result(None)


async def example_process_protocol():
    loop = asyncio.get_running_loop()
    log = []
    transport, child = await loop.subprocess_exec(
        lambda: Child(log), "cat", stderr=None
    )
    print(transport.get_returncode(), transport.get_pid() > 0)
    print(transport.get_pipe_transport(2))
    transport.get_pipe_transport(0).write(b"to and fro")
    transport.get_pipe_transport(0).write_eof()
    await child.lost
    print(transport.get_returncode())
    # The end of the process may come before the end of its output, or after.
    print([each for each in log if each not in ("exited", (0, "lost", None))])
    print(sorted(map(str, log)))
    transport.close()
    try:
        transport.terminate()
    except ProcessLookupError:
        print("over")


async def example_shell_protocol():
    loop = asyncio.get_running_loop()
    log = []
    transport, child = await loop.subprocess_shell(
        lambda: Child(log), "echo out; echo err >&2; exit 7", stdin=None
    )
    await child.lost
    print(transport.get_returncode(), log[0], log[-1])
    print(sorted(each for each in log if isinstance(each[0], int) and len(each) == 2))
    transport.close()
    for arguments in (
        {"shell": False},
        {"universal_newlines": True},
        {"bufsize": 1},
        {"text": True},
        {"encoding": "ascii"},
        {"errors": "strict"},
    ):
        try:
            await loop.subprocess_shell(lambda: child, "true", **arguments)
        except ValueError as error:
            print(error)


async def example_process_is_killed_by_close():
    loop = asyncio.get_running_loop()
    log = []
    transport, child = await loop.subprocess_exec(
        lambda: Child(log), sys.executable, "-c", "import time; time.sleep(60)"
    )
    transport.close()
    await asyncio.wait_for(child.lost, 30)
    print(transport.get_returncode(), log[0], log[-1])


async def example_tls_over_a_connection_that_there_is():
    loop = asyncio.get_running_loop()
    log = []
    one, other = Stream("one", log), Echo("other", log)
    first, second = await pair(one, other)
    upgrading = asyncio.gather(
        loop.start_tls(first, one, for_client(), server_hostname="localhost"),
        loop.start_tls(second, other, for_server(), server_side=True),
    )
    first, second = await upgrading
    other.transport = second
    print(first.get_extra_info("ssl_object").version()[:3], first.can_write_eof())
    first.write(b"secret")
    first.writelines([b" and", b" more"])
    while len(one.received) < 15:
        await asyncio.sleep(0.001)
    print(one.received, first.get_protocol() is one)
    first.close()
    await asyncio.gather(one.lost, other.lost)
    print([each for each in log if each[1] != "data"])


async def example_tls_arguments():
    loop = asyncio.get_running_loop()
    log = []
    one, other = Stream("one", log), Stream("other", log)
    first, second = await pair(one, other)
    for context in (None, "context"):
        try:
            await loop.start_tls(first, one, context)
        except TypeError as error:
            print(str(error)[:60])
    try:
        await loop.start_tls("transport", one, for_client())
    except TypeError as error:
        print(error)
    first.close()
    await asyncio.gather(one.lost, other.lost)


async def example_tls_flow_control():
    loop = asyncio.get_running_loop()
    log = []
    served = []

    def serve():
        served.append(Stream("server", log))
        return served[-1]

    server = await loop.create_server(serve, "127.0.0.1", 0, ssl=for_server())
    client = Stream("client", log)
    transport, _ = await loop.create_connection(
        lambda: client,
        *server.sockets[0].getsockname(),
        ssl=for_client(),
        server_hostname="localhost",
    )
    while not (served and served[0].transport):
        await asyncio.sleep(0.001)
    print(transport.get_write_buffer_limits())
    served[0].transport.pause_reading()
    # The first goes to the transport below, which pauses; the second stays.
    transport.write(b"x" * 7_000_000)
    transport.write(b"x" * 2_000_000)
    print(log[-1], transport.get_write_buffer_size() > 0)
    served[0].transport.resume_reading()
    while len(served[0].received) < 9_000_000:
        await asyncio.sleep(0.001)
    while ("client", "resume") not in log:
        await asyncio.sleep(0.001)
    transport.close()
    await asyncio.gather(client.lost, served[0].lost)
    server.close()
    await server.wait_closed()
    print([each for each in log if each[0] == "client"])
    print([each for each in log if each[0] == "server"])


async def example_connect_accepted_socket():
    loop = asyncio.get_running_loop()
    log = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        connecting = asyncio.create_task(
            asyncio.open_connection(*listener.getsockname())
        )
        sock, _ = await loop.sock_accept(listener)
        transport, echo = await loop.connect_accepted_socket(
            lambda: Echo("echo", log), sock
        )
        reader, writer = await connecting
    writer.write(b"x")
    writer.write_eof()
    print(await reader.read())
    writer.close()
    await writer.wait_closed()
    await echo.lost
    print(log)


async def example_several_addresses():
    loop = asyncio.get_running_loop()
    log = []
    server = await loop.create_server(lambda: Echo("server", log), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    transport, client = await loop.create_connection(
        lambda: Stream("client", log), "localhost", port, happy_eyeballs_delay=0.25
    )
    print(transport.get_extra_info("peername")[1] == port)
    transport.close()
    await client.lost
    server.close()
    await server.wait_closed()
    for delay in (None, 0.1):
        try:
            await loop.create_connection(
                lambda: client, "127.0.0.1", port, happy_eyeballs_delay=delay
            )
        except ConnectionRefusedError as error:
            print(str(error).replace(str(port), "PORT"))


async def example_cancelled_while_it_connects():
    with socket.create_server(("127.0.0.1", 0), backlog=1) as listener:
        address = listener.getsockname()
        handshake = asyncio.create_task(
            asyncio.open_connection(*address, ssl=for_client(), server_hostname="x")
        )
        accepted = await asyncio.to_thread(listener.accept)
        await asyncio.sleep(0.01)
        handshake.cancel()
        try:
            await handshake
        except asyncio.CancelledError:
            print("cancelled", handshake.cancelled())
        accepted[0].settimeout(30)
        while await asyncio.to_thread(accepted[0].recv, 65536):
            pass
        accepted[0].close()
