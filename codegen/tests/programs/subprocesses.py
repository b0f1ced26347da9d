"""Child processes: their pipes, their ends, signals and deadlines."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE

from support.elapsed_time import took

PYTHON = sys.executable


async def example_communicate():
    process = await asyncio.create_subprocess_exec("cat", stdin=PIPE, stdout=PIPE)
    print(process.returncode, process.stderr)
    print(await process.communicate(b"to and fro"), process.returncode)


async def example_both_outputs():
    code = "import sys; sys.stdout.write('out'); sys.stderr.write('err'); sys.exit(3)"
    process = await asyncio.create_subprocess_exec(
        PYTHON, "-c", code, stdout=asyncio.subprocess.PIPE, stderr=PIPE
    )
    print(await process.communicate(), process.returncode)
    print(process.stdin, await process.wait())


async def example_much_in_both_directions():
    process = await asyncio.create_subprocess_exec("cat", stdin=PIPE, stdout=PIPE)
    out, err = await process.communicate(b"x" * 3_000_000)
    return len(out), err, process.returncode


async def example_shell():
    process = await asyncio.create_subprocess_shell(
        "echo one; echo two >&2; exit 4", stdout=PIPE, stderr=asyncio.subprocess.STDOUT
    )
    async for line in process.stdout:
        print(line)
    print(await process.wait(), process.stderr)


async def example_conversation():
    process = await asyncio.create_subprocess_exec("cat", stdin=PIPE, stdout=PIPE)
    for word in (b"one\n", b"two\n"):
        process.stdin.write(word)
        await process.stdin.drain()
        print(await asyncio.wait_for(process.stdout.readline(), 30))
    process.stdin.close()
    await process.stdin.wait_closed()
    print(await process.stdout.read(), await process.wait())


async def example_environment_and_folder():
    process = await asyncio.create_subprocess_shell(
        "pwd; echo $WHO", stdout=PIPE, cwd="/", env={"WHO": "me"}
    )
    print(await process.communicate())


async def example_no_output():
    process = await asyncio.create_subprocess_exec(
        "echo", "nothing", stdout=DEVNULL, stderr=DEVNULL
    )
    print(await process.communicate(), process.stdout)


async def example_wait_with_a_deadline():
    process = await asyncio.create_subprocess_exec("sleep", "60")
    start = time.monotonic()
    try:
        await asyncio.wait_for(process.wait(), 0.5)
    except asyncio.TimeoutError:
        print("timeout", took(start, 0.5), process.returncode)
    process.kill()
    print(await asyncio.wait_for(process.wait(), 30), process.returncode)


async def example_communicate_with_a_deadline():
    process = await asyncio.create_subprocess_exec("sleep", "60", stdout=PIPE)
    start = time.monotonic()
    try:
        await asyncio.wait_for(process.communicate(), 0.5)
    except asyncio.TimeoutError:
        print("timeout", took(start, 0.5))
    process.terminate()
    print(await process.wait() == -signal.SIGTERM)


async def example_signal_by_a_task():
    process = await asyncio.create_subprocess_exec("sleep", "60")

    async def end():
        await asyncio.sleep(0.1)
        # Not SIGINT, which what a shell runs in the background ignores.
        process.send_signal(signal.SIGUSR1)

    task = asyncio.create_task(end())
    print(await process.wait())
    await task


async def example_signal_to_one_that_is_over():
    process = await asyncio.create_subprocess_exec("true")
    print(await process.wait())
    await asyncio.sleep(0.01)  # asyncio may only now let go of it
    process.kill()


async def example_input_that_nobody_reads():
    process = await asyncio.create_subprocess_exec("true", stdin=PIPE)
    print(await process.communicate(b"x" * 1_000_000))


async def example_no_such_program():
    await asyncio.create_subprocess_exec("no such program")


async def example_text_is_not_supported():
    try:
        await asyncio.create_subprocess_exec("true", text=True)
    except ValueError:
        print("bytes only")


async def example_at_the_same_time():
    running, together = [], asyncio.Event()

    async def run():
        process = await asyncio.create_subprocess_exec("cat", stdin=PIPE)
        running.append(process)
        if len(running) == 10:
            together.set()
        await asyncio.wait_for(together.wait(), 30)
        process.stdin.close()
        return await process.wait()

    print(list(await asyncio.gather(*[run() for _ in range(10)])))
