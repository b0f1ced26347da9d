"""Each scenario of the sync form, interrupted by Ctrl-C at random instants.

Called in the main thread; the signals are real and come from another process.
"""

from __future__ import annotations

import gc
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from tests.trust.forms import Form
from tests.trust.leaks import check_interrupted, nothing_left, nothing_unseen
from tests.trust.rows import Rows
from tests.trust.suspensions import LIMIT
from tests.trust.tally import Tally

# Seconds of a run that are taken into account for the next ones.
LONGEST = 0.2

PROGRAM = """
import os, signal, sys, time
for line in sys.stdin:
    end = time.perf_counter() + float(line)
    while time.perf_counter() < end:
        pass
    os.kill(int(sys.argv[1]), signal.SIGINT)
    print(flush=True)
"""


class Keyboard:
    """Sends SIGINT from another process; it is heeded while a block is armed."""

    def __init__(self) -> None:
        self.struck = 0.0
        self._armed = False
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def press(self, signum: int, frame: FrameType | None) -> None:
        """Be the handler of the signal."""
        if self._armed:
            self._armed = False
            self.struck = time.monotonic()
            raise KeyboardInterrupt

    @contextmanager
    def pressed_after(self, delay: float) -> Iterator[None]:
        """Send a signal `delay` seconds from now; heed it only in the block."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.struck = 0.0
        self._process.stdin.write(f"{delay}\n")
        self._process.stdin.flush()
        try:
            self._armed = True
            yield
        finally:
            self._armed = False
            self._process.stdout.readline()

    def close(self) -> None:
        """End the other process."""
        self._process.communicate("")


@contextmanager
def keyboard() -> Iterator[Keyboard]:
    """Have a keyboard, whose signals replace the user's."""
    keys = Keyboard()
    before = signal.signal(signal.SIGINT, keys.press)
    try:
        yield keys
    finally:
        signal.signal(signal.SIGINT, before)
        keys.close()


def interrupt_often(
    form: Form,
    keys: Keyboard,
    dsn: str,
    name: str,
    rows: Rows,
    number: int,
    chance: random.Random,
) -> Tally:
    """Play a scenario until Ctrl-C has struck `number` times."""
    stages = form.scenarios
    scenario = form.scenario(name)
    stage = form.run(stages.open_stage, dsn, scenario, None)
    tally = Tally()
    usual = 0.01
    try:
        with nothing_unseen() as unseen:
            for run in range(number * 200):
                delay = chance.uniform(0, usual * 1.2)
                where = f"{name}, run {run}, Ctrl-C after {delay * 1000:.3f} ms"
                stage = form.renewed(stage, rows.new_mark())
                done = True
                started = time.monotonic()
                with nothing_left():
                    try:
                        with keys.pressed_after(delay):
                            form.run(scenario.play, stage)
                    except KeyboardInterrupt:
                        done = False
                    ended = time.monotonic()
                    swallowed = [each for each in unseen if "KeyboardInterrupt" in each]
                    assert (
                        not (done and keys.struck) or swallowed
                    ), f"{where}: not heeded"
                    works = form.run(stages.at_rest, stage.conn)
                    gc.collect()
                assert time.monotonic() - started < LIMIT, where
                rows.check(scenario, stage.mark, done)
                check_interrupted(unseen, where)
                if keys.struck:
                    tally.add(works)
                    if tally.tried == number:
                        return tally
                else:
                    # No run takes so long, unless the machine stands still.
                    usual = (usual + min(ended - started, LONGEST)) / 2
    finally:
        form.run(stages.close_stage, stage)
    raise AssertionError(f"{name}: Ctrl-C came too late nearly always")
