import asyncio
from asyncio import subprocess
from asyncio.subprocess import PIPE, Process


async def run(program: str) -> bytes:
    process = await asyncio.create_subprocess_exec(program, stdin=PIPE, stdout=PIPE)
    await asyncio.wait_for(process.stdout.readline(), 1)
    async with asyncio.timeout(1):
        await process.stdin.drain()
        out, _ = await process.communicate(b"x")
    await wait(process)
    return out


async def wait(process: Process) -> None:
    other = await asyncio.subprocess.create_subprocess_shell("x", stderr=subprocess.STDOUT)
    await asyncio.wait_for(process.wait(), 3)
    other.kill()

# ---- twin ----

import subprocess as _subprocess
from subprocess import PIPE

from twin_runtime.deadline import Deadline
from twin_runtime.processes import (
    Process as _Process,
    create_subprocess_exec,
    create_subprocess_shell,
)


def run(program: str) -> bytes:
    process = create_subprocess_exec(program, stdin=PIPE, stdout=PIPE)
    process.stdout.readline(timeout=1)
    with Deadline(1) as deadline:
        process.stdin.drain(timeout=deadline.remaining())
        out, _ = process.communicate(b"x", timeout=deadline.remaining())
    wait(process)
    return out


def wait(process: _Process) -> None:
    other = create_subprocess_shell("x", stderr=_subprocess.STDOUT)
    process.wait(timeout=3)
    other.kill()
