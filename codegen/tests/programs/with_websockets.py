# needs: websockets
"""websockets: the client, with a server in a thread of its own."""

import asyncio
import threading
from contextlib import contextmanager

import websockets
from websockets.asyncio.client import ClientConnection, connect
from websockets.sync import server


def answer(connection):
    for message in connection:
        if message == "end":
            break
        connection.send(message.upper())


@contextmanager
def running():
    with server.serve(answer, "localhost", 0) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        try:
            yield "ws://localhost:%d" % serving.socket.getsockname()[1]
        finally:
            serving.shutdown()
            thread.join()


async def ask(connection: ClientConnection, text):
    await connection.send(text)
    return await connection.recv()


async def example_client():
    with running() as uri:
        async with connect(uri) as connection:
            print(await ask(connection, "one"), await ask(connection, "two"))
            await connection.send("three")
            await connection.send("end")
            async for message in connection:
                print(message)
        print(connection.close_code)


async def example_several():
    with running() as uri:
        async with websockets.connect(uri) as first, connect(uri) as second:
            print(await asyncio.gather(ask(first, "one"), ask(second, "two")))
        try:
            await first.send("late")
        except websockets.ConnectionClosed as closed:
            print(closed.rcvd.code)


async def example_refused():
    with running() as uri:
        pass
    try:
        await connect(uri)
    except OSError:
        print("refused")
