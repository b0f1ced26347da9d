"""Context variables: what tasks, threads and runners see of them, and change."""

from __future__ import annotations

import asyncio
import contextvars
import time

from support.elapsed_time import took

variable = contextvars.ContextVar("variable", default="outside")


def read_and_set(value: str) -> str:
    seen = variable.get()
    variable.set(value)
    return seen


async def example_plain_call_shares_the_context():
    async def change():
        return read_and_set("changed")

    print(await change(), variable.get())


async def example_thread_has_a_copy():
    variable.set("main")
    print(await asyncio.to_thread(read_and_set, "in a thread"), variable.get())
    print(await asyncio.wait_for(asyncio.to_thread(read_and_set, "x"), 30))
    print(variable.get())


async def example_executor_has_none():
    variable.set("main")
    loop = asyncio.get_running_loop()
    print(await loop.run_in_executor(None, variable.get), variable.get())


async def example_functions_of_the_library_are_called_plainly():
    start = time.monotonic()
    await asyncio.to_thread(time.sleep, 0.05)
    print(took(start, 0.05))


async def example_gathered_calls_have_copies():
    async def change(value):
        return read_and_set(value), variable.get()

    variable.set("main")
    print(list(await asyncio.gather(change("a"), change("b"))), variable.get())


async def example_reset_of_a_token():
    token = variable.set("inner")
    print(variable.get())
    variable.reset(token)
    print(variable.get())


async def example_handler_of_a_server():
    seen: asyncio.Queue[str] = asyncio.Queue()

    async def handle(reader, writer):
        await seen.put(read_and_set("in the handler"))
        writer.close()

    variable.set("when it began")
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    variable.set("later")
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    print(await seen.get(), await reader.read(), variable.get())
    writer.close()
    server.close()
