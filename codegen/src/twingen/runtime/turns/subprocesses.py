"""Child processes, with streams for their pipes."""

from __future__ import annotations

import contextlib
import subprocess
from typing import Any

from .abstract_event_loop import AbstractEventLoop
from .coroutines import Coroutine
from .dynamic_calls import await_, awaited
from .entry_points import entry
from .events import get_running_loop
from .process_transports import subprocess_exec, subprocess_shell
from .protocols import SubprocessProtocol
from .streams import (
    LIMIT,
    FlowControlMixin,
    StreamReader,
    StreamWriter,
    settle,
)
from .waiting import gather

# The loop's own methods, which a program may override, are these.
_DEFAULTS = subprocess_exec, subprocess_shell

PIPE = subprocess.PIPE
STDOUT = subprocess.STDOUT
DEVNULL = subprocess.DEVNULL


class SubprocessStreamProtocol(FlowControlMixin, SubprocessProtocol):
    """The protocol between the transport of a process and its streams."""

    def __init__(self, limit: int, loop: AbstractEventLoop) -> None:
        super().__init__(loop=loop)
        self._limit = limit
        self.stdin: StreamWriter | None = None
        self.stdout: StreamReader | None = None
        self.stderr: StreamReader | None = None
        self._transport: Any = None
        self._process_exited = False
        self._pipe_fds: list[int] = []
        self._stdin_closed = self._loop.create_future()

    def __repr__(self) -> str:
        parts = [type(self).__name__]
        for name in ("stdin", "stdout", "stderr"):
            stream = getattr(self, name)
            if stream is not None:
                parts.append(f"{name}={stream!r}")
        return f"<{' '.join(parts)}>"

    def connection_made(self, transport: Any) -> None:
        """Make the streams."""
        self._transport = transport
        self.stdout = self._reader(1)
        self.stderr = self._reader(2)
        pipe = transport.get_pipe_transport(0)
        if pipe is not None:
            self.stdin = StreamWriter(pipe, self, None, self._loop)

    def _reader(self, fd: int) -> StreamReader | None:
        pipe = self._transport.get_pipe_transport(fd)
        if pipe is None:
            return None
        reader = StreamReader(limit=self._limit, loop=self._loop)
        reader.set_transport(pipe)
        self._pipe_fds.append(fd)
        return reader

    def _reader_of(self, fd: int) -> StreamReader | None:
        return {1: self.stdout, 2: self.stderr}.get(fd)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Give a reader what was received."""
        reader = self._reader_of(fd)
        if reader is not None:
            reader.feed_data(data)

    def pipe_connection_lost(self, fd: int, exc: BaseException | None) -> None:
        """Tell the stream of a pipe."""
        if fd == 0:
            if self.stdin is not None:
                self.stdin.close()
            self.connection_lost(exc)
            settle(self._stdin_closed, exc)
            # Who does not wait for it need not be told.
            self._stdin_closed._log_traceback = False
            return
        reader = self._reader_of(fd)
        if reader is not None:
            if exc is None:
                reader.feed_eof()
            else:
                reader.set_exception(exc)
        if fd in self._pipe_fds:
            self._pipe_fds.remove(fd)
        self._maybe_close_transport()

    def process_exited(self) -> None:
        """Close the transport when its pipes are closed, too."""
        self._process_exited = True
        self._maybe_close_transport()

    def _maybe_close_transport(self) -> None:
        if self._process_exited and not self._pipe_fds and self._transport is not None:
            self._transport.close()
            self._transport = None

    def _get_close_waiter(self, stream: StreamWriter) -> Any:
        return self._stdin_closed if stream is self.stdin else None


class Process:
    """A child process."""

    def __init__(self, transport: Any, protocol: Any, loop: AbstractEventLoop) -> None:
        self._transport = transport
        self._protocol = protocol
        self._loop = loop
        self.stdin: StreamWriter | None = protocol.stdin
        self.stdout: StreamReader | None = protocol.stdout
        self.stderr: StreamReader | None = protocol.stderr
        self.pid: int = transport.get_pid()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.pid}>"

    @property
    def returncode(self) -> int | None:
        """The exit status, `None` while the process runs."""
        return self._transport.get_returncode()  # type: ignore[no-any-return]

    @entry
    def wait(self) -> int:
        """Wait until the process has ended; return its exit status."""
        return self._transport._wait()  # type: ignore[no-any-return]

    def send_signal(self, signal: int) -> None:
        """Send it a signal."""
        self._transport.send_signal(signal)

    def terminate(self) -> None:
        """Ask it to end."""
        self._transport.terminate()

    def kill(self) -> None:
        """End it."""
        self._transport.kill()

    def _feed_stdin(self, data: Any) -> None:
        assert self.stdin is not None
        # One that does not read all of its input may end before it has it.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            if data is not None:
                self.stdin.write(data)
            self.stdin.drain()
        self.stdin.close()

    def _read_stream(self, fd: int) -> bytes:
        stream = self.stdout if fd == 1 else self.stderr
        assert stream is not None
        output = stream.read()
        self._transport.get_pipe_transport(fd).close()
        return output

    @entry
    def communicate(
        self, input: Any = None  # noqa: A002
    ) -> tuple[bytes | None, bytes | None]:
        """Write the input, read all output, and wait until the process has ended."""
        calls = [
            (self.stdin, self._feed_stdin, input),
            (self.stdout, self._read_stream, 1),
            (self.stderr, self._read_stream, 2),
        ]
        _, stdout, stderr = await_(
            gather(
                *(
                    Coroutine(_nothing if stream is None else function, (argument,))
                    for stream, function, argument in calls
                )
            )
        )
        self.wait()
        return stdout, stderr


def _nothing(_: object) -> None:
    return None


def _started(method: str, limit: int, *args: Any, **kwds: Any) -> Process:
    loop = get_running_loop()
    start = getattr(loop, method)
    transport, protocol = awaited(
        start, lambda: SubprocessStreamProtocol(limit, loop), *args, **kwds
    )
    return Process(transport, protocol, loop)


@entry
def create_subprocess_shell(
    cmd: str | bytes,
    stdin: Any = None,
    stdout: Any = None,
    stderr: Any = None,
    limit: int = LIMIT,
    **kwds: Any,
) -> Process:
    """Start a command of the shell."""
    pipes = {"stdin": stdin, "stdout": stdout, "stderr": stderr}
    return _started("subprocess_shell", limit, cmd, **pipes, **kwds)


@entry
def create_subprocess_exec(
    program: Any,
    *args: Any,
    stdin: Any = None,
    stdout: Any = None,
    stderr: Any = None,
    limit: int = LIMIT,
    **kwds: Any,
) -> Process:
    """Start a program with arguments."""
    pipes = {"stdin": stdin, "stdout": stdout, "stderr": stderr}
    return _started("subprocess_exec", limit, program, *args, **pipes, **kwds)
