# python: 3.11
# needs: anyio
# tasks: turns
"""Memory object streams of anyio: buffers, clones, closing, cancellation."""

import math

import anyio
from anyio import (
    BrokenResourceError,
    ClosedResourceError,
    EndOfStream,
    WouldBlock,
    create_memory_object_stream,
    create_task_group,
    move_on_after,
    sleep,
)
from anyio.abc import ObjectReceiveStream, ObjectSendStream
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream


async def example_from_one_task_to_another():
    async def produce():
        async with send:
            for each in range(4):
                await send.send(each)
                print("sent", each)

    send, receive = create_memory_object_stream[int](0)
    async with create_task_group() as group:
        group.start_soon(produce)
        async with receive:
            async for each in receive:
                print("received", each)
    return isinstance(send, ObjectSendStream), isinstance(receive, ObjectReceiveStream)


async def example_buffer():
    send, receive = create_memory_object_stream(2)
    send.send_nowait(1)
    await send.send(2)
    try:
        send.send_nowait(3)
    except WouldBlock as error:
        print(repr(error))
    print(send.statistics().current_buffer_used, receive.statistics().max_buffer_size)
    print(receive.receive_nowait(), await receive.receive())
    try:
        receive.receive_nowait()
    except WouldBlock as error:
        print(repr(error))
    send.close()
    try:
        await receive.receive()
    except EndOfStream as error:
        print(repr(error))
    receive.close()
    return "done"


async def example_sender_waits():
    async def produce():
        for each in range(3):
            await send.send(each)
            print("sent", each)

    send, receive = create_memory_object_stream(1)
    with send, receive:
        async with create_task_group() as group:
            group.start_soon(produce)
            await anyio.wait_all_tasks_blocked()
            print(send.statistics().tasks_waiting_send)
            for _ in range(3):
                print("received", receive.receive_nowait())
                await anyio.wait_all_tasks_blocked()
    return "done"


async def example_closed():
    send, receive = create_memory_object_stream(1)
    await receive.aclose()
    for each in (send.send_nowait, receive.clone):
        try:
            each(*[1][: each == send.send_nowait])
        except (BrokenResourceError, ClosedResourceError) as error:
            print(repr(error))
    for _ in range(2):
        try:
            await send.send(1)
        except (BrokenResourceError, ClosedResourceError) as error:
            print(repr(error))
        await send.aclose()
    try:
        await receive.receive()
    except ClosedResourceError as error:
        print(repr(error))
    try:
        send.clone()
    except ClosedResourceError as error:
        print(repr(error))
    return "done"


async def example_clones():
    send, receive = create_memory_object_stream(3)
    other = send.clone()
    print(send.statistics().open_send_streams)
    send.close()
    other.send_nowait("from the other")
    print(await receive.receive())
    other.close()
    copy = receive.clone()
    for each in (receive, copy):
        try:
            await each.receive()
        except EndOfStream as error:
            print(repr(error))
        each.close()
    return receive.statistics().open_receive_streams


async def example_closed_while_others_wait():
    async def wait(end):
        try:
            print("received", await end.receive())
        except (EndOfStream, ClosedResourceError) as error:
            print(repr(error))

    async def give(end):
        try:
            await end.send(1)
            print("sent")
        except (BrokenResourceError, ClosedResourceError) as error:
            print(repr(error))

    for close_first in (True, False):
        send, receive = create_memory_object_stream(0)
        async with create_task_group() as group:
            group.start_soon(wait, receive)
            await anyio.wait_all_tasks_blocked()
            (receive if close_first else send).close()
        send.close()
        receive.close()
        send, receive = create_memory_object_stream(0)
        async with create_task_group() as group:
            group.start_soon(give, send)
            await anyio.wait_all_tasks_blocked()
            (receive if close_first else send).close()
        send.close()
        receive.close()
    return "done"


async def example_cancelled():
    async def wait():
        with move_on_after(0.01) as scope:
            await receive.receive()
        print("cancelled", scope.cancelled_caught)
        given_up.set()

    send, receive = create_memory_object_stream(0)
    given_up = anyio.Event()
    async with create_task_group() as group:
        group.start_soon(wait)
        await given_up.wait()
        print(receive.statistics().tasks_waiting_receive)
    with move_on_after(0.01) as scope:
        await send.send("nobody")
    print(scope.cancelled_caught, send.statistics().tasks_waiting_send)
    send.close()
    receive.close()
    return "done"


async def example_not_given_to_who_is_cancelled():
    async def wait():
        print("received", await receive.receive())

    send, receive = create_memory_object_stream(1)
    async with create_task_group() as group:
        group.start_soon(wait)
        await anyio.wait_all_tasks_blocked()
        group.cancel_scope.cancel()
        send.send_nowait("kept")
    print(receive.receive_nowait())
    send.close()
    receive.close()
    return "done"


async def example_sizes():
    for size in (-1, 0.5, "x"):
        try:
            create_memory_object_stream(size)
        except (ValueError, TypeError) as error:
            print(type(error).__name__)
    send, receive = create_memory_object_stream[str](math.inf)
    for each in range(100):
        send.send_nowait(each)
    print(len(send.statistics()) if False else send.statistics().current_buffer_used)
    print(isinstance(send, MemoryObjectSendStream))
    print(isinstance(receive, MemoryObjectReceiveStream))
    send.close()
    receive.close()
    return "done"


class Doubling(ObjectReceiveStream[int]):
    def __init__(self, inner):
        self.inner = inner

    async def receive(self):
        return 2 * await self.inner.receive()

    async def aclose(self):
        print("closed")
        await self.inner.aclose()


async def example_own_stream():
    send, receive = create_memory_object_stream(3)
    for each in range(3):
        send.send_nowait(each)
    send.close()
    async with Doubling(receive) as doubling:
        async for each in doubling:
            print(each)
    await anyio.aclose_forcefully(doubling)
    return "done"
