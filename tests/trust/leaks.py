"""What must not be left behind: descriptors, threads, errors that nobody saw.

What is watched is the whole process; nothing else may go on in it.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# Seconds that a thread which was told to end may take.
PATIENCE = 60.0


def descriptors() -> int:
    """Return the number of open descriptors, -1 where the system does not tell."""
    for folder in ("/proc/self/fd", "/dev/fd"):
        if os.path.isdir(folder):
            return len(os.listdir(folder))
    return -1


@contextmanager
def nothing_unseen() -> Iterator[list[str]]:
    """Give the list of errors that reach nobody in the block: warnings are errors.

    An interrupt that comes while the interpreter finalizes an object is swallowed by
    it; that is in the list, as `KeyboardInterrupt`.
    """
    unseen: list[str] = []

    def unraisable(what: Any) -> None:
        unseen.append(f"{what.exc_type.__name__}: {what.exc_value} in {what.object!r}")

    def in_thread(what: Any) -> None:
        unseen.append(f"{what.exc_type.__name__}: {what.exc_value} in {what.thread!r}")

    hooks = sys.unraisablehook, threading.excepthook
    sys.unraisablehook, threading.excepthook = unraisable, in_thread
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            yield unseen
            gc.collect()
    finally:
        sys.unraisablehook, threading.excepthook = hooks


@contextmanager
def nothing_left() -> Iterator[None]:
    """Assert that the block leaves no descriptor and no thread that were not before."""
    gc.collect()
    before = descriptors(), threading.active_count()
    yield
    gc.collect()
    deadline = time.monotonic() + PATIENCE
    while True:
        after = descriptors(), threading.active_count()
        if after[0] <= before[0] and after[1] <= before[1]:
            return
        assert time.monotonic() < deadline, (
            f"descriptors and threads: {before} before, {after} after; "
            f"{threading.enumerate()}"
        )
        time.sleep(0.01)


def check_interrupted(unseen: list[str], where: str) -> None:
    """Assert that an interrupt explains the errors that nobody saw, and forget them.

    One that strikes while an object is finalized is swallowed; a block that could not
    be entered, or not be left, forgets what is open.
    """
    explained = ("KeyboardInterrupt", "ResourceWarning")
    strange = [each for each in unseen if not each.startswith(explained)]
    assert not strange, f"{where}: {strange}"
    unseen.clear()
