"""Waiting for file descriptors: add_reader and add_writer, events and futures."""

from __future__ import annotations

import asyncio
import socket
import time

from support.elapsed_time import took


async def example_event():
    loop = asyncio.get_running_loop()
    here, there = socket.socketpair()
    readable = asyncio.Event()
    loop.add_reader(here.fileno(), readable.set)
    there.send(b"hello")
    try:
        print(await readable.wait(), here.recv(10))
        print(loop.remove_reader(here.fileno()))
        readable.clear()
        loop.add_reader(here.fileno(), readable.set)
        await asyncio.wait_for(readable.wait(), 0.1)
    except asyncio.TimeoutError:
        print("nothing more")
    finally:
        print(loop.remove_reader(here.fileno()), loop.remove_reader(here.fileno()))
        here.close()
        there.close()


async def example_future():
    loop = asyncio.get_running_loop()
    here, there = socket.socketpair()
    with here, there:
        future = loop.create_future()
        loop.add_reader(here.fileno(), future.set_result, "ready")
        there.send(b"x")
        print(future.done(), await future, future.done(), future.result())
        loop.remove_reader(here.fileno())


async def example_deadline_of_a_future():
    loop = asyncio.get_running_loop()
    here, there = socket.socketpair()
    with here, there:
        future = loop.create_future()
        loop.add_reader(here.fileno(), future.set_result, None)
        start = time.monotonic()
        try:
            await asyncio.wait_for(future, 0.5)
        except asyncio.TimeoutError:
            print("timeout", took(start, 0.5), future.done())
        finally:
            loop.remove_reader(here.fileno())


async def example_exception_of_a_callback():
    loop = asyncio.get_running_loop()
    here, there = socket.socketpair()
    future = loop.create_future()

    def on_ready():
        loop.remove_reader(here.fileno())
        future.set_exception(ConnectionError("lost"))

    with here, there:
        loop.add_reader(here.fileno(), on_ready)
        there.send(b"x")
        await future


async def example_both_directions():
    loop = asyncio.get_running_loop()
    here, there = socket.socketpair()
    readable, writable = asyncio.Event(), asyncio.Event()
    with here, there:
        loop.add_reader(here.fileno(), readable.set)
        loop.add_writer(here.fileno(), writable.set)
        print(await writable.wait(), readable.is_set())
        print(loop.remove_writer(here.fileno()))
        there.send(b"x")
        print(await asyncio.wait_for(readable.wait(), 30), here.recv(1))
        print(loop.remove_reader(here.fileno()))


class Reader:
    """Reads lines, woken by one descriptor; the loop is kept."""

    def __init__(self, sock: socket.socket) -> None:
        self._loop = asyncio.get_running_loop()
        self._socket = sock
        self._waiter: asyncio.Future[None] | None = None

    async def read(self, timeout: float | None = None) -> bytes:
        waiter = self._waiter = self._loop.create_future()
        self._loop.add_reader(self._socket.fileno(), self._ready)
        try:
            await asyncio.wait_for(waiter, timeout)
        finally:
            self._loop.remove_reader(self._socket.fileno())
        return self._socket.recv(100)

    def _ready(self) -> None:
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)


async def example_class_with_a_callback():
    here, there = socket.socketpair()
    with here, there:
        reader = Reader(here)
        there.send(b"one")
        print(await reader.read())
        there.send(b"two")
        print(await reader.read(5))
        await reader.read(0.05)
