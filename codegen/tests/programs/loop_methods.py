"""What a loop does with sockets, names, timers and other threads."""

from __future__ import annotations

import asyncio
import contextvars
import socket
import threading
import time

from support.elapsed_time import took

variable = contextvars.ContextVar("variable", default="outside")


def connected() -> tuple[socket.socket, socket.socket]:
    here, there = socket.socketpair()
    here.setblocking(False)
    return here, there


async def example_receive():
    loop = asyncio.get_running_loop()
    here, there = connected()
    with here, there:
        there.sendall(b"hello")
        print(await loop.sock_recv(here, 3), await loop.sock_recv(here, 10))
        buffer = bytearray(10)
        there.sendall(b"again")
        print(await loop.sock_recv_into(here, buffer), bytes(buffer))
        there.close()
        print(await loop.sock_recv(here, 10))


async def example_receive_with_a_deadline():
    loop = asyncio.get_running_loop()
    here, there = connected()
    with here, there:
        start = time.monotonic()
        try:
            await asyncio.wait_for(loop.sock_recv(here, 10), 0.5)
        except asyncio.TimeoutError:
            print("timeout", took(start, 0.5))
        there.sendall(b"late")
        print(await asyncio.wait_for(loop.sock_recv(here, 10), 30))


async def example_send_more_than_fits():
    loop = asyncio.get_running_loop()
    here, there = connected()

    def read_all():
        size = 0
        while block := there.recv(65536):
            size += len(block)
        return size

    async def receive():
        return await asyncio.to_thread(read_all)

    with there:
        task = asyncio.create_task(receive())
        with here:
            print(await loop.sock_sendall(here, memoryview(b"x" * 2_000_000)))
        print(await task)


async def example_send_with_a_deadline():
    loop = asyncio.get_running_loop()
    here, there = connected()
    with here, there:
        await asyncio.wait_for(loop.sock_sendall(here, b"x" * 5_000_000), 0.2)


async def example_accept_and_connect():
    loop = asyncio.get_running_loop()
    with socket.socket() as listener, socket.socket() as client:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        client.setblocking(False)
        try:
            await asyncio.wait_for(loop.sock_accept(listener), 0.1)
        except asyncio.TimeoutError:
            print("nobody")
        await loop.sock_connect(client, listener.getsockname())
        accepted, address = await loop.sock_accept(listener)
        with accepted:
            print(address == client.getsockname(), accepted.gettimeout())
            await loop.sock_sendall(accepted, b"hi")
            print(await loop.sock_recv(client, 5))


async def example_connection_refused():
    loop = asyncio.get_running_loop()
    with socket.socket() as unused, socket.socket() as client:
        unused.bind(("127.0.0.1", 0))
        client.setblocking(False)
        try:
            await loop.sock_connect(client, unused.getsockname())
        except ConnectionRefusedError as error:
            print(error.errno, "Connect call failed" in str(error))


async def example_look_up():
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM)
    print(found[0][4], await loop.getnameinfo(("127.0.0.1", 80), socket.NI_NUMERICHOST))
    print(len(await asyncio.wait_for(loop.getaddrinfo("127.0.0.1", 80), 30)) > 0)


async def example_call_later():
    loop = asyncio.get_running_loop()
    called = asyncio.Event()
    start = time.monotonic()
    timer = loop.call_later(1, called.set)
    print(timer.cancelled(), 1 <= timer.when() - start < 30)
    await asyncio.wait_for(called.wait(), 30)
    print(took(start, 1))


async def example_call_at_with_arguments():
    loop = asyncio.get_running_loop()
    queue = asyncio.Queue()
    asyncio.get_running_loop().call_later(0.05, queue.put_nowait, "first")
    print(await queue.get())
    loop.call_at(loop.time() + 0.05, queue.put_nowait, "second")
    print(await queue.get())


async def example_cancelled_timer():
    loop = asyncio.get_running_loop()
    called = []
    timer = loop.call_later(1, called.append, 1)
    timer.cancel()
    timer.cancel()
    late = loop.time() >= timer.when()
    await asyncio.sleep(1.3)
    print(late or not called, timer.cancelled())


async def example_timer_in_a_context():
    loop = asyncio.get_running_loop()
    queue = asyncio.Queue()

    def callback():
        queue.put_nowait(variable.get())
        variable.set("changed")

    variable.set("inside")
    loop.call_later(0.05, callback)
    variable.set("after")
    print(await queue.get(), variable.get())


async def example_timer_settles_a_future():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    print(future.done())
    loop.call_later(0.2, future.set_result, "settled")
    print(await asyncio.wait_for(future, 30), await future)


async def example_future_settled_by_a_task():
    loop = asyncio.get_running_loop()
    future: asyncio.Future[str] = loop.create_future()

    async def settle():
        await asyncio.sleep(0.1)
        future.set_exception(KeyError("mine"))

    task = asyncio.create_task(settle())
    try:
        await future
    except KeyError as error:
        print(error, future.exception())
    await task


async def example_future_of_a_loop_that_watches():
    loop = asyncio.get_running_loop()
    here, there = connected()
    with here, there:
        readable = loop.create_future()
        loop.add_reader(here, readable.set_result, "readable")
        settled = loop.create_future()
        loop.call_later(0.2, settled.set_result, "settled")
        print(await asyncio.wait_for(settled, 30))
        there.sendall(b"x")
        print(await readable)
        loop.remove_reader(here)


async def example_call_from_a_thread():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    event = asyncio.Event()

    def work():
        time.sleep(0.1)
        loop.call_soon_threadsafe(future.set_result, "from a thread")
        loop.call_soon_threadsafe(event.set)

    thread = threading.Thread(target=work)
    thread.start()
    print(await future, await event.wait())
    thread.join()
