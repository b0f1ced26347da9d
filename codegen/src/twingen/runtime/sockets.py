"""Waits for one socket at a time: what an event loop's `sock_*` methods do.

Sockets are in non-blocking mode, as asyncio wants them; two threads may wait for
one socket. Timeouts are in seconds, `None` waits forever; `TimeoutError` without
an `errno` says that the time was up.
"""

from __future__ import annotations

import errno
import functools
import os
import selectors
import socket
import ssl
from collections.abc import Callable
from typing import Any, TypeVar

from .deadline import Deadline, call_in_thread

T = TypeVar("T")

READ = selectors.EVENT_READ
WRITE = selectors.EVENT_WRITE

# poll() needs no descriptor of its own, as epoll and kqueue do.
_Selector: type[selectors.BaseSelector] = getattr(
    selectors, "PollSelector", selectors.DefaultSelector
)
_IN_PROGRESS = {errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY}


def wait_until_ready(sock: Any, event: int, timeout: float | None) -> None:
    """Wait until a socket can be read or written; TimeoutError after `timeout` s."""
    with _Selector() as selector:
        selector.register(sock, event)
        ready = selector.select(None if timeout is None else max(timeout, 0))
    if not ready:
        raise TimeoutError


def awaited_event(error: OSError, event: int) -> int:
    """Return what to wait for after an attempt; raises an error that is one."""
    if isinstance(error, (BlockingIOError, InterruptedError)):
        return event
    if isinstance(error, ssl.SSLWantReadError):
        return READ
    if isinstance(error, ssl.SSLWantWriteError):
        return WRITE
    raise error


def _until_done(
    sock: socket.socket, event: int, step: Callable[[], T], timeout: float | None
) -> T:
    """Repeat a step whenever the socket is ready, until it need not wait."""
    deadline = Deadline(timeout)
    while True:
        try:
            return step()
        except OSError as error:
            event = awaited_event(error, event)
        wait_until_ready(sock, event, deadline.remaining())


def sock_recv(sock: socket.socket, size: int, timeout: float | None = None) -> bytes:
    """Receive up to `size` bytes; none at the end of the stream."""
    return _until_done(sock, READ, lambda: sock.recv(size), timeout)


def sock_recv_into(
    sock: socket.socket, buffer: Any, timeout: float | None = None
) -> int:
    """Receive into a buffer; return how many bytes."""
    return _until_done(sock, READ, lambda: sock.recv_into(buffer), timeout)


def sock_recvfrom(
    sock: socket.socket, size: int, timeout: float | None = None
) -> tuple[bytes, Any]:
    """Receive a datagram; return it with its sender's address."""
    return _until_done(sock, READ, lambda: sock.recvfrom(size), timeout)


def sock_sendto(
    sock: socket.socket, data: Any, address: Any, timeout: float | None = None
) -> int:
    """Send a datagram; return how many bytes."""
    return _until_done(sock, WRITE, lambda: sock.sendto(data, address), timeout)


def sock_sendall(sock: socket.socket, data: Any, timeout: float | None = None) -> None:
    """Send all of the data; what was sent when time is up stays sent."""
    deadline = Deadline(timeout)
    with memoryview(data) as whole, whole.cast("B") as view:
        sent = 0
        while sent < len(view):
            with view[sent:] as rest:
                step = functools.partial(sock.send, rest)
                sent += _until_done(sock, WRITE, step, deadline.remaining())


def sock_accept(
    sock: socket.socket, timeout: float | None = None
) -> tuple[socket.socket, Any]:
    """Accept a connection; return its socket, which does not block, and the peer."""
    connection, address = _until_done(sock, READ, sock.accept, timeout)
    connection.setblocking(False)
    return connection, address


def sock_connect(
    sock: socket.socket, address: Any, timeout: float | None = None
) -> None:
    """Connect to an address; a host name is looked up first."""
    deadline = Deadline(timeout)
    if sock.family in (socket.AF_INET, socket.AF_INET6):
        found = addresses(
            address[0],
            address[1],
            family=sock.family,
            kind=sock.type,
            proto=sock.proto,
            timeout=deadline.remaining(),
        )
        address = found[0][4]
    code = sock.connect_ex(address)
    if code in _IN_PROGRESS:
        wait_until_ready(sock, WRITE, deadline.remaining())
        code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise OSError(code, f"Connect call failed {address}")
    elif code:
        raise OSError(code, os.strerror(code))


def addresses(
    host: Any,
    port: Any,
    *,
    family: int = 0,
    kind: int = 0,
    proto: int = 0,
    flags: int = 0,
    timeout: float | None = None,
) -> list[Any]:
    """Return what `socket.getaddrinfo` does; a look-up goes on when time is up."""
    arguments = (host, port, family, kind, proto, flags)
    if timeout is None:
        return socket.getaddrinfo(*arguments)
    try:
        numeric = flags | socket.AI_NUMERICHOST
        return socket.getaddrinfo(host, port, family, kind, proto, numeric)
    except socket.gaierror:
        return call_in_thread(timeout, socket.getaddrinfo, *arguments)
