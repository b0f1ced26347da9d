"""Servers of Debian's packages that run while a library's tests do."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator

from library import Daemon

_SECONDS = 60


@contextlib.contextmanager
def running(daemon: Daemon) -> Iterator[None]:
    """Start a program in a folder of its own, wait for its port, and end it.

    Raises `RuntimeError` if it is not installed, or does not answer in time.
    """
    program = shutil.which(daemon.command[0])
    if program is None:
        raise RuntimeError(f"{daemon.command[0]} is not installed")
    if _answers(daemon.port):
        raise RuntimeError(f"something else answers on port {daemon.port}")
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [program, *daemon.command[1:]],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(daemon, process)
            yield
        finally:
            process.terminate()
            process.wait(_SECONDS)


def _wait(daemon: Daemon, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _SECONDS
    while not _answers(daemon.port):
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"{daemon.command[0]} does not answer")
        time.sleep(0.05)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), _SECONDS).close()
    except OSError:
        return False
    return True
