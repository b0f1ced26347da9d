import asyncio


async def f(sock, address, queue: asyncio.Queue[int]):
    loop = asyncio.get_running_loop()
    event = asyncio.Event()
    future = loop.create_future()
    data = await loop.sock_recv(sock, 10)
    await asyncio.wait_for(loop.sock_sendall(sock, data), 3)
    async with asyncio.timeout(3):
        await loop.sock_connect(sock, address)
    found = await loop.getaddrinfo("host", 80, family=0)
    name = await asyncio.wait_for(loop.getnameinfo(address, 0), 1)
    timer = loop.call_later(1, print, "later")
    timer.cancel()
    asyncio.get_running_loop().call_at(loop.time() + 1, event.set)
    loop.call_soon_threadsafe(event.set)
    loop.call_soon_threadsafe(queue.put_nowait, 1)
    loop.call_soon_threadsafe(future.set_result, found)
    return name

# ---- twin ----

import queue as _queue
import socket
import threading
import time

from twin_runtime.deadline import Deadline, call_in_thread
from twin_runtime.selector_loop import SelectorLoop
from twin_runtime.sockets import sock_connect, sock_recv, sock_sendall
from twin_runtime.timers import call_at, call_later, call_now


def f(sock, address, queue: _queue.Queue[int]):
    loop = SelectorLoop()
    event = threading.Event()
    future = loop.create_future()
    data = sock_recv(sock, 10)
    sock_sendall(sock, data, timeout=3)
    with Deadline(3) as deadline:
        sock_connect(sock, address, timeout=deadline.remaining())
    found = socket.getaddrinfo("host", 80, family=0)
    name = call_in_thread(1, socket.getnameinfo, address, 0)
    timer = call_later(1, print, "later")
    timer.cancel()
    call_at(time.monotonic() + 1, event.set)
    call_now(event.set)
    call_now(queue.put_nowait, 1)
    call_now(future.set_result, found)
    return name
