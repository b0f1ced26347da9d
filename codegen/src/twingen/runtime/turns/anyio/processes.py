"""Child processes, with streams of bytes for their pipes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from subprocess import PIPE, CalledProcessError, CompletedProcess
from typing import Any

from ..coroutines import Coroutine
from ..dynamic_calls import awaited
from ..entry_points import entry, guarded
from ..events import get_running_loop
from ..locks import Event
from ..streams import LIMIT, StreamReader, StreamWriter
from ..subprocesses import SubprocessStreamProtocol
from .cancel_scopes import CancelScope
from .checkpoints import (
    cancel_shielded_checkpoint,
    checkpoint,
    checkpoint_if_cancelled,
)
from .errors import BrokenResourceError, ClosedResourceError, EndOfStream
from .resources import AsyncResource, ByteReceiveStream, ByteSendStream
from .task_groups import create_task_group


class _Protocol(SubprocessStreamProtocol):
    """Tells when the process has ended, although its pipes may be open."""

    def __init__(self) -> None:
        super().__init__(LIMIT, get_running_loop())
        self.exited = Event()

    def process_exited(self) -> None:
        super().process_exited()
        self.exited.set()


class _Reading(ByteReceiveStream):
    """What a process writes."""

    def __init__(self, reader: StreamReader) -> None:
        self._reader = reader

    @entry
    def receive(self, max_bytes: int = 65536) -> bytes:
        """Wait for some bytes; `EndOfStream` if there will be none."""
        if max_bytes < 1:
            raise ValueError("max_bytes must be a positive integer")
        data = self._reader.read(max_bytes)
        if not data:
            raise EndOfStream
        return data

    @entry
    def close(self) -> None:
        """Stop reading."""
        self._reader.set_exception(ClosedResourceError())
        checkpoint()


class _Writing(ByteSendStream):
    """What a process reads."""

    def __init__(self, writer: StreamWriter) -> None:
        self._writer = writer
        self._closed = False

    @entry
    def send(self, item: bytes) -> None:
        """Send bytes, all of them."""
        checkpoint_if_cancelled()
        waits = getattr(self._writer._protocol, "_paused", False)
        try:
            self._writer.write(item)
            self._writer.drain()
        except (ConnectionResetError, BrokenPipeError, RuntimeError) as error:
            if self._closed:
                raise ClosedResourceError from error
            if self._writer.is_closing():
                raise BrokenResourceError from error
            raise
        if not waits:
            cancel_shielded_checkpoint()

    @entry
    def close(self) -> None:
        """Stop sending."""
        self._closed = True
        self._writer.close()
        checkpoint()


class Process(AsyncResource):
    """A child process."""

    stdin: _Writing | None
    stdout: _Reading | None
    stderr: _Reading | None

    def __init__(self, transport: Any, protocol: _Protocol) -> None:
        self._transport = transport
        self._exited = protocol.exited
        writer, output, errors = protocol.stdin, protocol.stdout, protocol.stderr
        self.stdin = None if writer is None else _Writing(writer)
        self.stdout = None if output is None else _Reading(output)
        self.stderr = None if errors is None else _Reading(errors)

    @entry
    def close(self) -> None:
        """Close the pipes and wait for the end; if that is cancelled, kill it."""
        with CancelScope(shield=True) as scope:
            for number, stream in enumerate((self.stdin, self.stdout, self.stderr)):
                if stream is not None:
                    stream.close()
                    pipe = self._transport.get_pipe_transport(number)
                    if pipe is not None:
                        pipe.close()
            scope.shield = False
            try:
                self.wait()
            except BaseException:
                scope.shield = True
                self._transport.close()
                self.wait()
                raise

    @entry
    def wait(self) -> int:
        """Wait until the process has ended; return its exit status."""
        self._exited.wait()
        assert self.returncode is not None
        return self.returncode

    @guarded
    def terminate(self) -> None:
        """Ask it to end."""
        self._transport.terminate()

    @guarded
    def kill(self) -> None:
        """End it."""
        self._transport.kill()

    @guarded
    def send_signal(self, signal: int) -> None:
        """Send it a signal."""
        self._transport.send_signal(signal)

    @property
    def pid(self) -> int:
        """The number that the system has for it."""
        return self._transport.get_pid()  # type: ignore[no-any-return]

    @property
    def returncode(self) -> int | None:
        """The exit status, `None` while the process runs."""
        return self._transport.get_returncode()  # type: ignore[no-any-return]


@entry
def open_process(
    command: Any,
    *,
    stdin: Any = PIPE,
    stdout: Any = PIPE,
    stderr: Any = PIPE,
    cwd: Any = None,
    env: Mapping[str, str] | None = None,
    startupinfo: Any = None,
    creationflags: int = 0,
    start_new_session: bool = False,
    pass_fds: Sequence[int] = (),
    user: str | int | None = None,
    group: str | int | None = None,
    extra_groups: Iterable[str | int] | None = None,
    umask: int = -1,
) -> Process:
    """Start a program, or a command of the shell if it is given as text."""
    given = {"user": user, "group": group, "extra_groups": extra_groups}
    options = {name: value for name, value in given.items() if value is not None}
    if umask >= 0:
        options["umask"] = umask
    checkpoint()
    loop = get_running_loop()
    if isinstance(command, os.PathLike):
        command = os.fspath(command)
    is_text = isinstance(command, (str, bytes))
    transport, protocol = awaited(
        loop.subprocess_shell if is_text else loop.subprocess_exec,
        _Protocol,
        *([command] if is_text else command),
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        cwd=cwd,
        env=env,
        startupinfo=startupinfo,
        creationflags=creationflags,
        start_new_session=start_new_session,
        pass_fds=pass_fds,
        **options,
    )
    return Process(transport, protocol)


@entry
def run_process(
    command: Any,
    *,
    input: bytes | None = None,  # noqa: A002
    stdin: Any = None,
    check: bool = True,
    **options: Any,
) -> CompletedProcess[bytes]:
    """Run a program to its end; return what it wrote."""
    if stdin is not None and input is not None:
        raise ValueError("only one of stdin and input is allowed")
    written: dict[int, bytes] = {}
    process = open_process(command, stdin=PIPE if input else stdin, **options)
    with process, create_task_group() as group:
        for number, stream in enumerate((process.stdout, process.stderr)):
            if stream is not None:
                reading = Coroutine(_read, (stream, number, written))
                group.create_task(reading)
        if process.stdin is not None and input:
            process.stdin.send(input)
            process.stdin.close()
        process.wait()
    status, output, errors = process.returncode, written.get(0), written.get(1)
    assert status is not None
    if check and status != 0:
        raise CalledProcessError(status, command, output, errors)
    return CompletedProcess(command, status, output, errors)


def _read(stream: _Reading, number: int, written: dict[int, bytes]) -> None:
    parts = []
    with suppress(EndOfStream):
        while True:
            parts.append(stream.receive())
    written[number] = b"".join(parts)
