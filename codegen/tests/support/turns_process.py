"""Programs over the turns runtime, each in a process of its own.

A program waits for what is to happen, not for a time; only what must not hang has a
limit.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"

LIMIT = 60
"""Seconds that a case may take on a busy machine."""

PRELUDE = """
import _thread, os, signal, sys, threading, time
from twingen.runtime.turns.dynamic_calls import await_, awaited, later
from twingen.runtime.turns.events import get_running_loop
from twingen.runtime.turns.shared_loop import shared_loop
from twingen.runtime.turns.blocking_calls import blocking
from twingen.runtime.turns.entry_points import entry, guarded
from twingen.runtime.turns.exceptions import CancelledError
from twingen.runtime.turns.executors import to_thread
from twingen.runtime.turns.generators import generator
from twingen.runtime.turns.locks import Event, Lock
from twingen.runtime.turns.function_kinds import coroutine
from twingen.runtime.turns.queues import Queue
from twingen.runtime.turns.runners import run
from twingen.runtime.turns.task_creation import create_task
from twingen.runtime.turns.task_groups import TaskGroup
from twingen.runtime.turns.tasks import all_tasks, current_task
from twingen.runtime.turns.waiting import gather, sleep, wait, wait_for
from twingen.runtime.turns import event_loop, workers

# It is ignored where the tests run in the background of a shell.
signal.signal(signal.SIGINT, signal.default_int_handler)

def say(*words):
    print(*words, flush=True)
"""


def start(program: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", PRELUDE + program],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> tuple[list[str], str, int]:
    try:
        out, err = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        pytest.fail(f"it hangs\n{out}\n{err}")
    return out.splitlines(), err, process.returncode


def lines(program: str) -> list[str]:
    """Return what a program prints, which must end well."""
    out, err, code = finish(start(program))
    assert code == 0, err
    assert "Traceback" not in err, err
    return out


def interrupted(program: str, times: int = 1) -> tuple[list[str], str, int]:
    """Interrupt a program each time it says so; return the rest of what it prints."""
    process = start(program)
    assert process.stdout is not None
    limit = threading.Timer(LIMIT, process.kill)
    limit.start()
    said = []
    for _ in range(times):
        while (line := process.stdout.readline().strip()) != "now":
            if not line:
                limit.cancel()
                pytest.fail(f"it ended\n{finish(process)}")
            said.append(line)
        process.send_signal(signal.SIGINT)
    limit.cancel()
    out, err, code = finish(process)
    return said + out, err, code


posix = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
