# python: 3.11
# needs: anyio
# tasks: turns
"""Child processes of anyio, and streams over their pipes."""

import subprocess
import sys

import anyio
from anyio import EndOfStream, open_process, run_process
from anyio.abc import Process
from anyio.streams.stapled import StapledByteStream, StapledObjectStream
from anyio.streams.text import TextReceiveStream, TextSendStream, TextStream

ECHO = "import sys; sys.stdout.write(sys.stdin.read().upper()); sys.exit(3)"


async def example_run():
    done = await run_process([sys.executable, "-c", ECHO], input=b"text", check=False)
    print(done.stdout, done.stderr, done.returncode)
    done = await run_process("echo shell; echo error >&2")
    print(done.stdout, done.stderr, done.returncode)
    try:
        await run_process([sys.executable, "-c", ECHO], input=b"text")
    except subprocess.CalledProcessError as error:
        print(error.returncode, error.output)
    try:
        await run_process("true", input=b"x", stdin=subprocess.PIPE)
    except ValueError as error:
        print(error)
    return "done"


async def example_pipes():
    async with await open_process([sys.executable, "-c", ECHO]) as process:
        print(isinstance(process, Process), process.returncode, process.pid > 0)
        await process.stdin.send(b"first ")
        await process.stdin.send(b"second")
        await process.stdin.aclose()
        async for text in TextReceiveStream(process.stdout):
            print(text)
        try:
            await process.stderr.receive()
        except EndOfStream as error:
            print(repr(error))
        print(await process.wait())
    try:
        await process.stdin.send(b"x")
    except anyio.ClosedResourceError as error:
        print(repr(error))
    return process.returncode


async def example_terminated():
    process = await open_process([sys.executable, "-c", "import time; time.sleep(60)"])
    async with process:
        process.terminate()
        return await process.wait()


async def example_cancelled():
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    with anyio.CancelScope() as scope:
        async with await open_process(command) as process:
            scope.cancel()
            await anyio.sleep_forever()
    return scope.cancelled_caught, process.returncode


async def example_stapled():
    here, there = (anyio.create_memory_object_stream(3) for _ in range(2))
    first = StapledObjectStream(here[0], there[1])
    second = StapledObjectStream(there[0], here[1])
    async with first, second:
        await first.send("to the second")
        second.send_nowait("to the first")
        print(await second.receive(), await first.receive())
        await first.send_eof()
        try:
            await second.receive()
        except EndOfStream as error:
            print(repr(error))
    return "done"


async def example_text():
    send, receive = anyio.create_memory_object_stream(5)
    both = StapledByteStream(send, receive)
    stream = TextStream(both)
    await TextSendStream(send, "latin-1").send("\u00e4")
    print(await receive.receive())
    await send.send("\u00e4".encode()[:1])
    await send.send("\u00e4".encode()[1:])
    print(await TextReceiveStream(receive).receive())
    try:
        await both.receive(0)
    except ValueError as error:
        print(error)
    await stream.aclose()
    return stream.extra_attributes


async def example_run_variables():
    var = anyio.lowlevel.RunVar("var")
    other = anyio.lowlevel.RunVar("other", 1)
    try:
        var.get()
    except LookupError as error:
        print(error)
    print(var.get(5), other.get(), other.get(7), var)
    token = var.set(2)
    print(var.get())
    with var.set(3):
        print(var.get())
    print(var.get())
    var.reset(token)
    print(var.get("none"))
    for each in (var, other):
        try:
            each.reset(token)
        except ValueError as error:
            print(error)
    return "done"
