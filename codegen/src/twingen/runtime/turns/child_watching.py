"""Learning of the end of child processes."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

from .abstract_event_loop import AbstractEventLoop
from .log import logger

UNKNOWN_STATUS = 255
"""Told of a process whose end somebody else has asked for."""


def watch_child(
    loop: AbstractEventLoop, pid: int, ended: Callable[[int], object]
) -> None:
    """Call a function in the loop with the exit status of a process when it ends."""
    try:
        descriptor = os.pidfd_open(pid)
    except (AttributeError, OSError):  # an older system, or none of these
        _watch_in_thread(loop, pid, ended)
        return

    def ready() -> None:
        loop.remove_reader(descriptor)
        status = _status(pid)
        os.close(descriptor)
        loop.call_soon(ended, status)

    loop.add_reader(descriptor, ready)


def _watch_in_thread(
    loop: AbstractEventLoop, pid: int, ended: Callable[[int], object]
) -> None:
    def wait() -> None:
        status = _status(pid)
        if loop.is_closed():
            logger.warning("Loop %r that handles pid %r is closed", loop, pid)
        else:
            loop.call_soon_threadsafe(ended, status)

    name = f"asyncio-waitpid-{pid}"
    threading.Thread(target=wait, name=name, daemon=True).start()


def _status(pid: int) -> int:
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except ChildProcessError:
        logger.warning(
            "child process pid %d exit status already read:  will report "
            "returncode %d",
            pid,
            UNKNOWN_STATUS,
        )
        return UNKNOWN_STATUS
