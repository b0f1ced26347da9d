"""The transport of a child process, and the methods of a loop that start one."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from typing import Any

from .abstract_event_loop import AbstractEventLoop
from .child_watching import watch_child
from .coroutines import Coroutine
from .dynamic_calls import awaited
from .entry_points import entry, guarded
from .log import logger
from .pipes import connect_read_pipe, connect_write_pipe
from .protocols import BaseProtocol, Protocol
from .transports import SubprocessTransport

# The loop's own methods, which a program may override, are these.
_DEFAULTS = connect_read_pipe, connect_write_pipe


class ProcessTransport(SubprocessTransport):
    """The transport of a process."""

    def __init__(
        self,
        loop: AbstractEventLoop,
        protocol: Any,
        args: Any,
        shell: bool,
        stdin: Any,
        stdout: Any,
        stderr: Any,
        bufsize: int,
        waiter: Any = None,
        extra: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(dict(extra or {}))
        self._closed = False
        self._protocol: Any = protocol
        self._loop: Any = loop
        self._proc: Any = None
        self._pid: int | None = None
        self._returncode: int | None = None
        self._exit_waiters: list[Any] = []
        self._pending_calls: list[tuple[Callable[..., object], tuple[Any, ...]]] | None
        self._pending_calls = []
        self._finished = False
        pipes = {"stdin": stdin, "stdout": stdout, "stderr": stderr}
        self._pipes: dict[int, Any] = {
            fd: None
            for fd, what in enumerate(pipes.values())
            if what == subprocess.PIPE
        }
        try:
            self._start(args=args, shell=shell, bufsize=bufsize, **pipes, **kwargs)
        except BaseException:
            self.close()
            raise
        process: Any = self._proc
        self._pid = process.pid
        self._extra["subprocess"] = process
        loop.create_task(Coroutine(self._connect_pipes, (waiter,)))

    def __repr__(self) -> str:
        parts = [type(self).__name__]
        if self._closed:
            parts.append("closed")
        if self._pid is not None:
            parts.append(f"pid={self._pid}")
        if self._returncode is not None:
            parts.append(f"returncode={self._returncode}")
        elif self._pid is not None:
            parts.append("running")
        else:
            parts.append("not started")
        for fd, name in enumerate(("stdin", "stdout", "stderr")):
            pipe = self._pipes.get(fd)
            if pipe is not None:
                parts.append(f"{name}={pipe.pipe}")
        return f"<{' '.join(parts)}>"

    def __del__(self) -> None:
        if not getattr(self, "_closed", True):
            text = f"unclosed transport {self!r}"
            warnings.warn(text, ResourceWarning, stacklevel=2, source=self)
            self.close()

    def _start(self, args: Any, **kwargs: Any) -> None:
        self._proc = subprocess.Popen(args, universal_newlines=False, **kwargs)

    # What it is told.

    def _connect_pipes(self, waiter: Any) -> None:
        loop, process = self._loop, self._proc
        ends = (
            (loop.connect_write_pipe, _WriteEnd, process.stdin),
            (loop.connect_read_pipe, _ReadEnd, process.stdout),
            (loop.connect_read_pipe, _ReadEnd, process.stderr),
        )
        try:
            for fd, (connect, end, pipe) in enumerate(ends):
                if pipe is not None:
                    made = awaited(connect, _Made(end, self, fd), pipe)
                    self._pipes[fd] = made[1]
            loop.call_soon(self._protocol.connection_made, self)
            pending, self._pending_calls = self._pending_calls, None
            for callback, args in pending or ():
                loop.call_soon(callback, *args)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            if waiter is not None and not waiter.done():
                waiter.set_exception(error)
        else:
            if waiter is not None and not waiter.done():
                waiter.set_result(None)

    def _call(self, callback: Callable[..., object], *args: Any) -> None:
        if self._pending_calls is not None:
            self._pending_calls.append((callback, args))
        else:
            self._loop.call_soon(callback, *args)

    def _pipe_connection_lost(self, fd: int, error: BaseException | None) -> None:
        self._call(self._protocol.pipe_connection_lost, fd, error)
        self._try_finish()

    def _pipe_data_received(self, fd: int, data: bytes) -> None:
        self._call(self._protocol.pipe_data_received, fd, data)

    def _process_exited(self, returncode: int) -> None:
        if self._loop.get_debug():
            logger.info("%r exited with return code %r", self, returncode)
        self._returncode = returncode
        if self._proc.returncode is None:
            # So that Popen does not wait for it, nor warn that it runs.
            self._proc.returncode = returncode
        self._call(self._protocol.process_exited)
        self._try_finish()
        waiters, self._exit_waiters = self._exit_waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(returncode)

    def _try_finish(self) -> None:
        if self._returncode is None or self._finished:
            return
        if all(pipe is not None and pipe.disconnected for pipe in self._pipes.values()):
            self._finished = True
            self._call(self._call_connection_lost, None)

    def _call_connection_lost(self, error: BaseException | None) -> None:
        try:
            self._protocol.connection_lost(error)
        finally:
            self._loop = self._proc = self._protocol = None

    @entry
    def _wait(self) -> int:
        """Wait until the process has ended; return its exit status."""
        if self._returncode is None:
            waiter = self._loop.create_future()
            self._exit_waiters.append(waiter)
            return waiter.wait()  # type: ignore[no-any-return]
        return self._returncode

    # What programs call.

    def set_protocol(self, protocol: Any) -> None:
        """Call another protocol from now on."""
        self._protocol = protocol

    def get_protocol(self) -> Any:
        """Return the protocol that is told."""
        return self._protocol

    def is_closing(self) -> bool:
        """Return whether the transport was closed."""
        return self._closed

    @guarded
    def close(self) -> None:
        """Close the pipes, and end the process if it runs."""
        if self._closed:
            return
        self._closed = True
        for end in self._pipes.values():
            if end is not None and end.pipe is not None:
                end.pipe.close()
        process = self._proc
        if process is None or self._returncode is not None:
            return
        if process.poll() is None:
            if self._loop.get_debug():
                logger.warning("Close running child process: kill %r", self)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                process.kill()

    def get_pid(self) -> int:
        """Return the number of the process."""
        return self._pid  # type: ignore[return-value]

    def get_returncode(self) -> int | None:
        """Return its exit status, `None` while it runs."""
        return self._returncode

    def get_pipe_transport(self, fd: int) -> Any:
        """Return the transport of one of its pipes: 0, 1 or 2."""
        end = self._pipes.get(fd)
        return None if end is None else end.pipe

    def _check_process(self) -> None:
        if self._proc is None:
            raise ProcessLookupError

    def send_signal(self, signal: int) -> None:
        """Send it a signal."""
        self._check_process()
        if sys.platform == "win32":
            self._proc.send_signal(signal)
        else:
            # Popen asks first whether the process has ended, and so takes away the
            # exit status that the loop waits for.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._proc.pid, signal)

    def terminate(self) -> None:
        """Ask it to end."""
        self._check_process()
        if sys.platform == "win32":
            self._proc.terminate()
        else:
            import signal

            self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self._check_process()
        if sys.platform == "win32":
            self._proc.kill()
        else:
            import signal

            self.send_signal(signal.SIGKILL)


class _Made:
    """Makes the protocol of a pipe."""

    def __init__(self, kind: Any, process: ProcessTransport, fd: int) -> None:
        self._args = process, fd
        self._kind = kind

    def __call__(self) -> Any:
        return self._kind(*self._args)


class _WriteEnd(BaseProtocol):
    """The protocol of the pipe to a process."""

    def __init__(self, process: ProcessTransport, fd: int) -> None:
        self.process = process
        self.fd = fd
        self.pipe: Any = None
        self.disconnected = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} fd={self.fd} pipe={self.pipe!r}>"

    def connection_made(self, transport: Any) -> None:
        self.pipe = transport

    def connection_lost(self, exc: BaseException | None) -> None:
        self.disconnected = True
        self.process._pipe_connection_lost(self.fd, exc)

    def pause_writing(self) -> None:
        self.process._protocol.pause_writing()

    def resume_writing(self) -> None:
        self.process._protocol.resume_writing()


class _ReadEnd(_WriteEnd, Protocol):
    """The protocol of a pipe from a process."""

    def data_received(self, data: bytes) -> None:
        self.process._pipe_data_received(self.fd, data)


def _check(shell: bool, needs_shell: bool, **others: Any) -> None:
    """Refuse what a process with pipes of bytes cannot have."""
    if others.pop("universal_newlines"):
        raise ValueError("universal_newlines must be False")
    if shell is not needs_shell and bool(shell) is not needs_shell:
        raise ValueError(f"shell must be {needs_shell}")
    if others.pop("bufsize") != 0:
        raise ValueError("bufsize must be 0")
    if others.pop("text"):
        raise ValueError("text must be False")
    for name, value in others.items():
        if value is not None:
            raise ValueError(f"{name} must be None")


def _start(
    loop: AbstractEventLoop,
    protocol_factory: Callable[[], Any],
    args: Any,
    shell: bool,
    pipes: tuple[Any, Any, Any],
    bufsize: int,
    **kwargs: Any,
) -> tuple[Any, Any]:
    if sys.platform == "win32":
        raise NotImplementedError
    protocol = protocol_factory()
    waiter = loop.create_future()
    transport = ProcessTransport(
        loop, protocol, args, shell, *pipes, bufsize, waiter, **kwargs
    )
    watch_child(loop, transport.get_pid(), transport._process_exited)
    try:
        waiter.wait()
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException:
        transport.close()
        transport._wait()
        raise
    return transport, protocol


@entry
def subprocess_shell(
    loop: AbstractEventLoop,
    protocol_factory: Callable[[], Any],
    cmd: str | bytes,
    *,
    stdin: Any = subprocess.PIPE,
    stdout: Any = subprocess.PIPE,
    stderr: Any = subprocess.PIPE,
    universal_newlines: bool = False,
    shell: bool = True,
    bufsize: int = 0,
    encoding: Any = None,
    errors: Any = None,
    text: Any = None,
    **kwargs: Any,
) -> tuple[Any, Any]:
    """Start a command of the shell; return its transport and protocol."""
    if not isinstance(cmd, (bytes, str)):
        raise ValueError("cmd must be a string")
    _check(
        shell,
        True,
        universal_newlines=universal_newlines,
        bufsize=bufsize,
        text=text,
        encoding=encoding,
        errors=errors,
    )
    pipes = stdin, stdout, stderr
    return _start(loop, protocol_factory, cmd, True, pipes, bufsize, **kwargs)


@entry
def subprocess_exec(
    loop: AbstractEventLoop,
    protocol_factory: Callable[[], Any],
    program: Any,
    *args: Any,
    stdin: Any = subprocess.PIPE,
    stdout: Any = subprocess.PIPE,
    stderr: Any = subprocess.PIPE,
    universal_newlines: bool = False,
    shell: bool = False,
    bufsize: int = 0,
    encoding: Any = None,
    errors: Any = None,
    text: Any = None,
    **kwargs: Any,
) -> tuple[Any, Any]:
    """Start a program with arguments; return its transport and protocol."""
    _check(
        shell,
        False,
        universal_newlines=universal_newlines,
        bufsize=bufsize,
        text=text,
        encoding=encoding,
        errors=errors,
    )
    pipes, command = (stdin, stdout, stderr), (program, *args)
    return _start(loop, protocol_factory, command, False, pipes, bufsize, **kwargs)
