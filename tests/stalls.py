"""Runs a command while what it has started stands still by turns, as on a busy machine.

`python tests/stalls.py pytest tests` passes if the tests do: `nox -s stalls`. Sometimes
it is one Python process that stands still, sometimes one process of any kind, also of a
server, and sometimes all of them at once, as if the machine did: mostly for a second or
two, and sometimes for ten. What is late is not wrong; what is wrong then relied on
being in time.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import random
import sys
import time

import psutil

# Between the end of one stall and the next: how many seconds for each of the longest.
PAUSE = 0.2
SHORTEST = 0.1
# Linux: who is left by its parent becomes a child of this process, as a server does.
PR_SET_CHILD_SUBREAPER = 36


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--longest", type=float, default=10.0, help="seconds that a stall may take"
    )
    parser.add_argument(
        "--pause",
        type=float,
        help="seconds between two stalls, on average; else a fifth of the longest",
    )
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    pause = options.longest * PAUSE if options.pause is None else options.pause
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    command = psutil.Popen(options.command)
    count = dict.fromkeys(("Python", "process", "everything"), 0)
    while command.poll() is None:
        time.sleep(random.expovariate(1 / pause))
        what = random.choice(list(count))
        # One in five takes more than half of the longest.
        seconds = max(SHORTEST, options.longest * random.random() ** 3)
        stall(chosen(what, command.pid), seconds)
        count[what] += 1
    print("stood still:", ", ".join(f"{what} {n} times" for what, n in count.items()))
    return int(command.returncode)


def chosen(what: str, command: int) -> list[psutil.Process]:
    """Return the processes that are to stand still, of those that were started."""
    running = []
    for each in descendants():
        # Each may end meanwhile.
        with contextlib.suppress(psutil.NoSuchProcess, ChildProcessError):
            status = each.status()
            if status == psutil.STATUS_ZOMBIE:
                if each.ppid() == os.getpid() and each.pid != command:
                    os.waitpid(each.pid, 0)  # nobody else asks how it has ended
            elif status != psutil.STATUS_STOPPED:  # by a test, which lets it go on
                running.append(each)
    if what == "everything":
        return running
    if what == "Python":
        running = [each for each in running if is_python(each)]
    return [random.choice(running)] if running else []


def descendants() -> list[psutil.Process]:
    """Return the processes that were started by others that were started here."""
    while True:
        # One that ends while psutil looks at all is not always left out.
        with contextlib.suppress(psutil.NoSuchProcess):
            return psutil.Process().children(recursive=True)


def is_python(process: psutil.Process) -> bool:
    """Return whether a process runs Python, and has not ended."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return "python" in process.name()
    return False


def stall(processes: list[psutil.Process], seconds: float) -> None:
    """Let processes stand still for a while; they go on in any order."""
    try:
        for each in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.suspend()
        time.sleep(seconds)
    finally:
        random.shuffle(processes)
        for each in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.resume()


if __name__ == "__main__":
    raise SystemExit(main())
