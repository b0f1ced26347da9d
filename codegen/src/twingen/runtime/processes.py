"""Child processes with the vocabulary of asyncio's, for threads.

Their pipes are streams. Timeouts are in seconds, `None` waits forever.
"""

from __future__ import annotations

import contextlib
import subprocess
from typing import Any

from .channels import InputPipe, OutputPipe
from .deadline import Deadline
from .streams import LIMIT, StreamReader, StreamWriter
from .tasks import Task

_NOT_FOR_BYTES = ("text", "universal_newlines", "encoding", "errors")


class Process:
    """A child process; `stdin`, `stdout` and `stderr` are streams, or `None`."""

    def __init__(self, process: subprocess.Popen[bytes], limit: int) -> None:
        self._process = process
        self.pid = process.pid
        self.stdin = (
            None if process.stdin is None else StreamWriter(InputPipe(process.stdin))
        )
        self.stdout, self.stderr = (
            None if pipe is None else StreamReader(OutputPipe(pipe), limit)
            for pipe in (process.stdout, process.stderr)
        )

    @property
    def returncode(self) -> int | None:
        """The exit status, negative for a signal; `None` while the process runs."""
        return self._process.poll()

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the process is over; return its exit status."""
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise TimeoutError from None

    def communicate(
        self, input: bytes | None = None, timeout: float | None = None  # noqa: A002
    ) -> tuple[bytes | None, bytes | None]:
        """Write the input, read both outputs to their ends, wait until it is over.

        What was read is lost when the deadline passes, as with asyncio.
        """
        deadline = Deadline(timeout)
        outputs = [
            None if stream is None else Task(stream.read, timeout=timeout)
            for stream in (self.stdout, self.stderr)
        ]
        if self.stdin is not None:
            self._feed(self.stdin, input, deadline)
        out, err = (None if task is None else task.wait() for task in outputs)
        self.wait(deadline.remaining())
        return out, err

    def _feed(
        self, stdin: StreamWriter, data: bytes | None, deadline: Deadline
    ) -> None:
        # A process that is over, or reads no more, has had its input.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            if data is not None:
                stdin.write(data)
                stdin.drain(deadline.remaining())
        stdin.close()

    def send_signal(self, signal: int) -> None:
        """Send a signal; ProcessLookupError when the process is over."""
        self._check_running()
        self._process.send_signal(signal)

    def terminate(self) -> None:
        """Ask the process to end; ProcessLookupError when it is over."""
        self._check_running()
        self._process.terminate()

    def kill(self) -> None:
        """End the process; ProcessLookupError when it is over."""
        self._check_running()
        self._process.kill()

    def _check_running(self) -> None:
        if self._process.poll() is not None:
            raise ProcessLookupError


def create_subprocess_exec(
    program: Any,
    *args: Any,
    stdin: Any = None,
    stdout: Any = None,
    stderr: Any = None,
    limit: int = LIMIT,
    **options: Any,
) -> Process:
    """Start a program; further options are those of `subprocess.Popen`."""
    return _started(
        [program, *args], stdin, stdout, stderr, limit, shell=False, options=options
    )


def create_subprocess_shell(
    cmd: str | bytes,
    stdin: Any = None,
    stdout: Any = None,
    stderr: Any = None,
    limit: int = LIMIT,
    **options: Any,
) -> Process:
    """Start a command of the shell; further options as `subprocess.Popen` has them."""
    if not isinstance(cmd, (bytes, str)):
        raise ValueError("cmd must be a string")
    return _started(cmd, stdin, stdout, stderr, limit, shell=True, options=options)


def _started(
    command: Any,
    stdin: Any,
    stdout: Any,
    stderr: Any,
    limit: int,
    shell: bool,
    options: dict[str, Any],
) -> Process:
    for name in _NOT_FOR_BYTES:
        if options.pop(name, None):
            raise ValueError(f"{name} must be False: the streams carry bytes")
    if options.pop("bufsize", 0) != 0:
        raise ValueError("bufsize must be 0")
    start: Any = subprocess.Popen  # of bytes, whatever the options
    process: subprocess.Popen[bytes] = start(
        command,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        shell=shell,
        bufsize=0,
        **options,
    )
    return Process(process, limit)
