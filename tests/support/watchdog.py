"""A watchdog: ends a server that a run has started if the run itself is killed.

It is a process of its own that waits for the end of a pipe, which the system closes
however the run has ended.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WATCH = """
import os, shutil, sys, time
pid, how, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
if not sys.stdin.buffer.read():
    try:
        os.kill(pid, how)
        while True:
            os.kill(pid, 0)
            time.sleep(0.05)
    except ProcessLookupError:
        pass
    shutil.rmtree(folder, ignore_errors=True)
"""


@contextmanager
def watched(pid: int, how: signal.Signals, folder: Path) -> Iterator[None]:
    """Have process `pid` ended by a signal, and its folder removed, if we are killed.

    Whoever leaves the block, even by an error, has ended the process.
    """
    watchdog = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", WATCH, str(pid), str(int(how)), str(folder)],
        stdin=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for the run
    )
    try:
        yield
    finally:
        watchdog.communicate(b"ended")
