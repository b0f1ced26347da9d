"""Runs a command while its Python processes stand still by turns, as on a busy machine.

`python tests/stalls.py pytest tests` passes if the tests do: `nox -s stalls`. What is
late is not wrong; what is wrong then relied on being in time.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import time

import psutil

# Seconds, on average, between the end of one stall and the next.
PAUSE = 0.2


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--longest", type=float, default=1.0, help="seconds that a stall may take"
    )
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    command = psutil.Popen(options.command)
    count = 0
    while command.poll() is None:
        time.sleep(random.expovariate(1 / PAUSE))
        count += stall(command, random.uniform(0.1, options.longest))
    print(f"{count} times a process stood still")
    return int(command.returncode)


def stall(command: psutil.Popen, seconds: float) -> bool:
    """Stop one of the Python processes below the command; tell whether there is one."""
    # Each may end meanwhile.
    with contextlib.suppress(psutil.NoSuchProcess):
        processes = command.children(recursive=True)
        running = [each for each in processes if "python" in each.name()]
        if running:
            chosen = random.choice(running)
            chosen.suspend()
            try:
                time.sleep(seconds)
            finally:
                chosen.resume()
            return True
    return False


if __name__ == "__main__":
    raise SystemExit(main())
