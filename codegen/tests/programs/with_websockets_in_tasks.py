# needs: websockets
# tasks: turns
"""websockets: one task waits for the server, which waits until another task goes on."""

import asyncio
import threading
from contextlib import contextmanager

from websockets import ConnectionClosed
from websockets.asyncio.client import ClientConnection, connect
from websockets.sync import server

LIMIT = 20
"""Seconds after which the server goes on, so that a failure ends."""


class Others:
    """What the server waits for: another task that goes on while the first waits."""

    def __init__(self):
        self.server_waits = threading.Event()
        self.went_on = threading.Event()

    def wait(self):
        self.server_waits.set()
        return "went on" if self.went_on.wait(LIMIT) else "stood still"

    async def go_on(self):
        while not self.server_waits.is_set():
            await asyncio.sleep(0)
        self.went_on.set()


@contextmanager
def running(handler, **options):
    with server.serve(handler, "localhost", 0, **options) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        try:
            yield "ws://localhost:%d" % serving.socket.getsockname()[1]
        finally:
            serving.shutdown()
            thread.join()


@contextmanager
def telling(others):
    """Run a server that sends a message when another task has gone on."""

    def handler(connection):
        connection.send("first")
        connection.send(others.wait())

    with running(handler) as uri:
        yield uri


async def beside(others, waiting):
    return (await asyncio.gather(waiting, others.go_on()))[0]


async def messages(connection: ClientConnection):
    found = []
    async for message in connection:
        found.append(message)
    return found


async def messages_of_any(connection):
    found = []
    async for message in connection:
        found.append(message)
    return found


async def listed(connection):
    return [message async for message in connection]


async def received(connection):
    return [await connection.recv(), await connection.recv()]


async def stepped(connection):
    iterator = aiter(connection)
    return [await anext(iterator), await iterator.__anext__()]


async def ask(read):
    others = Others()
    with telling(others) as uri:
        async with connect(uri) as connection:
            print(await beside(others, read(connection)))


async def example_known_iteration():
    await ask(messages)


async def example_unknown_iteration():
    await ask(messages_of_any)


async def example_comprehension():
    await ask(listed)


async def example_unknown_method():
    await ask(received)


async def example_steps():
    await ask(stepped)


async def enter(uri):
    async with connect(uri) as connection:
        return await connection.recv()


async def enter_any(make, uri):
    async with make(uri) as connection:
        return await connection.recv()


async def example_connecting():
    for entered in (enter, lambda uri: enter_any(connect, uri)):
        others, said = Others(), []

        def answer(connection, request):
            said.append(others.wait())

        def handler(connection):
            connection.send(said[0])

        with running(handler, process_request=answer) as uri:
            print(await beside(others, entered(uri)))


async def leave(uri):
    async with connect(uri) as connection:
        for each in range(100):
            await connection.send(str(each))


async def example_leaving():
    others, said = Others(), []

    def handler(connection):
        # Nobody reads the close frame behind so many messages until these are read.
        said.append(others.wait())
        said.append(len(list(connection)))

    with running(handler, max_queue=1) as uri:
        await beside(others, leave(uri))
    print(said)


async def example_cancelled():
    others, gone = Others(), threading.Event()
    connected = asyncio.Event()

    def handler(connection):
        others.wait()
        try:
            connection.send("one")
            connection.recv(LIMIT)
        except ConnectionClosed:
            gone.set()

    async def read(uri):
        async with connect(uri) as connection:
            connected.set()
            async for message in connection:
                print(message)

    with running(handler) as uri:
        task = asyncio.create_task(read(uri))
        await connected.wait()
        while not others.server_waits.is_set():
            await asyncio.sleep(0)
        task.cancel()
        others.went_on.set()
        await asyncio.wait([task])
        print(task.cancelled(), await asyncio.to_thread(gone.wait, LIMIT))
