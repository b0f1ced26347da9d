"""The interface of a loop: asyncio's, and what the runtime needs of it besides.

All modules name a loop by it; `event_loop` has the loop itself, on top of them.
"""

from __future__ import annotations

import contextvars
import socket
from collections.abc import Callable
from typing import Any

from .handles import Handle, TimerHandle
from .turn_threads import Participant

ExceptionHandler = Callable[[Any, dict[str, Any]], object]


class AbstractEventLoop:
    """What a loop has; futures are `Any` here, as they are made of a loop."""

    slow_callback_duration: float

    # Running.

    def run_forever(self) -> None:
        """Run until `stop()` is called."""
        raise NotImplementedError

    def run_until_complete(self, future: Any) -> Any:
        """Run until a future is done; return its result."""
        raise NotImplementedError

    def stop(self) -> None:
        """End `run_forever()` after the present round."""
        raise NotImplementedError

    def is_running(self) -> bool:
        """Return whether the loop runs; the shared loop always does."""
        raise NotImplementedError

    def is_closed(self) -> bool:
        """Return whether the loop was closed."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the loop, which does not run."""
        raise NotImplementedError

    def shutdown_asyncgens(self) -> None:
        """Close all generators that have begun and have not ended."""
        raise NotImplementedError

    def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """Wait until the threads of the default executor have ended."""
        raise NotImplementedError

    def get_debug(self) -> bool:
        """Return whether the loop is in debug mode."""
        raise NotImplementedError

    def set_debug(self, enabled: bool) -> None:
        """Choose the mode: where futures are created is kept, and shown."""
        raise NotImplementedError

    # Callbacks.

    def time(self) -> float:
        """Return the time by the loop's clock, in seconds."""
        raise NotImplementedError

    def call_soon(
        self,
        callback: Callable[..., object],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> Handle:
        """Call a function in the next round."""
        raise NotImplementedError

    def call_soon_threadsafe(
        self,
        callback: Callable[..., object],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> Handle:
        """Like `call_soon()`, from any thread and from a signal handler."""
        raise NotImplementedError

    def call_later(
        self,
        delay: float,
        callback: Callable[..., object],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> TimerHandle:
        """Call a function after some seconds."""
        raise NotImplementedError

    def call_at(
        self,
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> TimerHandle:
        """Call a function at a time of the loop's clock."""
        raise NotImplementedError

    def add_signal_handler(
        self, sig: int, callback: Callable[..., object], *args: Any
    ) -> None:
        """Call a function in the loop whenever there is a signal."""
        raise NotImplementedError

    def remove_signal_handler(self, sig: int) -> bool:
        """Restore what a signal did; tell whether a function was called on it."""
        raise NotImplementedError

    def set_exception_handler(self, handler: ExceptionHandler | None) -> None:
        """Set the handler of exceptions; `None` logs them."""
        raise NotImplementedError

    def get_exception_handler(self) -> ExceptionHandler | None:
        """Return what `set_exception_handler()` was given."""
        raise NotImplementedError

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Report an exception in a callback, or one that nobody retrieved."""
        raise NotImplementedError

    def default_exception_handler(self, context: dict[str, Any]) -> None:
        """Log an exception."""
        raise NotImplementedError

    # Futures, tasks and executors.

    def create_future(self) -> Any:
        """Return a new future."""
        raise NotImplementedError

    def create_task(
        self,
        coro: Any,
        *,
        name: object = None,
        context: contextvars.Context | None = None,
    ) -> Any:
        """Start a task."""
        raise NotImplementedError

    def set_task_factory(self, factory: Callable[..., Any] | None) -> None:
        """Choose what makes tasks; `None` is the class itself."""
        raise NotImplementedError

    def get_task_factory(self) -> Callable[..., Any] | None:
        """Return what makes tasks, if it was chosen."""
        raise NotImplementedError

    def set_default_executor(self, executor: Any) -> None:
        """Choose the executor of `run_in_executor(None, ...)`."""
        raise NotImplementedError

    def run_in_executor(
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> Any:
        """Call a function in a thread of an executor; return a future of its result."""
        raise NotImplementedError

    # Descriptors and sockets.

    def add_reader(self, fd: Any, callback: Callable[..., object], *args: Any) -> None:
        """Call a function whenever a descriptor can be read."""
        raise NotImplementedError

    def remove_reader(self, fd: Any) -> bool:
        """Stop watching a descriptor for reading."""
        raise NotImplementedError

    def add_writer(self, fd: Any, callback: Callable[..., object], *args: Any) -> None:
        """Call a function whenever a descriptor can be written."""
        raise NotImplementedError

    def remove_writer(self, fd: Any) -> bool:
        """Stop watching a descriptor for writing."""
        raise NotImplementedError

    def sock_recv(self, sock: socket.socket, nbytes: int) -> bytes:
        """Receive up to some bytes."""
        raise NotImplementedError

    def sock_recv_into(self, sock: socket.socket, buf: Any) -> int:
        """Receive into a buffer; return how many bytes."""
        raise NotImplementedError

    def sock_recvfrom(self, sock: socket.socket, bufsize: int) -> tuple[bytes, Any]:
        """Receive a datagram; return it and the sender's address."""
        raise NotImplementedError

    def sock_recvfrom_into(
        self, sock: socket.socket, buf: Any, nbytes: int = 0
    ) -> tuple[int, Any]:
        """Receive a datagram into a buffer; return its size and who sent it."""
        raise NotImplementedError

    def sock_sendall(self, sock: socket.socket, data: Any) -> None:
        """Send all of some bytes."""
        raise NotImplementedError

    def sock_sendto(self, sock: socket.socket, data: Any, address: Any) -> int:
        """Send a datagram; return how many bytes of it."""
        raise NotImplementedError

    def sock_accept(self, sock: socket.socket) -> tuple[socket.socket, Any]:
        """Wait for a connection; return its socket and address."""
        raise NotImplementedError

    def sock_connect(self, sock: socket.socket, address: Any) -> None:
        """Connect a socket."""
        raise NotImplementedError

    def getaddrinfo(
        self,
        host: Any,
        port: Any,
        *,
        family: int = 0,
        type: int = 0,  # noqa: A002
        proto: int = 0,
        flags: int = 0,
    ) -> list[Any]:
        """Call `socket.getaddrinfo()` in the executor."""
        raise NotImplementedError

    def getnameinfo(self, sockaddr: Any, flags: int = 0) -> tuple[str, str]:
        """Call `socket.getnameinfo()` in the executor."""
        raise NotImplementedError

    # Transports and protocols: see `loop_methods`.

    create_connection: Any
    create_unix_connection: Any
    connect_accepted_socket: Any
    create_server: Any
    create_unix_server: Any
    create_datagram_endpoint: Any
    connect_read_pipe: Any
    connect_write_pipe: Any
    start_tls: Any
    subprocess_exec: Any
    subprocess_shell: Any

    # What the runtime needs.

    _closed: bool
    _turn: Participant | None
    """Who has the turn."""
    _current: Any
    """The task that runs."""

    def _call_marked(self, callback: Callable[..., object], *args: Any) -> object:
        """Call a callback that may be a coroutine function: nobody waits for it."""
        raise NotImplementedError

    def _timer_cancelled(self, handle: TimerHandle) -> None:
        """Note that a timer was cancelled."""
        raise NotImplementedError

    def _enter(self, me: Participant, timeout: float = -1) -> bool:
        """Wait for the turn, in a thread that has not got it; tell whether it has."""
        raise NotImplementedError

    def _enter_again(self, me: Participant) -> BaseException | None:
        """Wait for the turn, whatever signal handlers raise; return that."""
        raise NotImplementedError

    def _may_leave(self, me: Participant) -> bool:
        """Return whether others can go on, as in no callback and no eager start."""
        raise NotImplementedError

    def _leave(self, me: Participant, stays: bool = False) -> None:
        """Give the turn up, for good or, if the thread stays, for a while."""
        raise NotImplementedError

    def _is_visitor(self, participant: Participant) -> bool:
        """Return whether a thread came from outside, and its own code runs."""
        raise NotImplementedError

    def _guest_task(self, participant: Participant) -> Any:
        """Return the task of a thread from outside that has the turn."""
        raise NotImplementedError

    def _first_iteration(self, generator: Any) -> None:
        """Note that a generator begins."""
        raise NotImplementedError

    def _left_generator(self, generator: Any, closing: Any) -> None:
        """Close a generator that nobody has any more."""
        raise NotImplementedError

    def _made_shared(self) -> None:
        """The loop is the shared loop from now on."""
        raise NotImplementedError

    def _abandon(self) -> None:
        """In a forked child, whose parent has the loop's threads."""
        raise NotImplementedError
