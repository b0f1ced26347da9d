"""Servers: sockets that accept connections, and what is done with each."""

from __future__ import annotations

import errno
import itertools
import os
import socket
import stat
import sys
import weakref
from collections.abc import Callable, Iterable
from typing import Any

from .abstract_event_loop import AbstractEventLoop
from .addresses import resolve
from .connecting import Factory, check_socket, check_tls, connect_socket, is_stream
from .coroutines import Coroutine
from .dynamic_calls import await_
from .entry_points import entry, guarded
from .exceptions import CancelledError
from .log import logger
from .transport_sockets import TransportSocket
from .waiting import gather, sleep

NO_RESOURCES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
ACCEPT_AGAIN_SECONDS = 1
"""After how long a server accepts again when the system had no resources."""


class AbstractServer:
    """What servers can do."""

    def close(self) -> None:
        """Stop accepting connections; open ones stay open."""
        raise NotImplementedError

    def close_clients(self) -> None:
        """Close the transports of all connections."""
        raise NotImplementedError

    def abort_clients(self) -> None:
        """Abort the transports of all connections."""
        raise NotImplementedError

    def get_loop(self) -> AbstractEventLoop:
        """Return the loop of the server."""
        raise NotImplementedError

    def is_serving(self) -> bool:
        """Return whether connections are accepted."""
        raise NotImplementedError

    def start_serving(self) -> None:
        """Begin to accept connections."""
        raise NotImplementedError

    def serve_forever(self) -> None:
        """Accept connections until the task is cancelled."""
        raise NotImplementedError

    def wait_closed(self) -> None:
        """Wait until the server is closed and all connections have ended."""
        raise NotImplementedError

    def __enter__(self) -> Any:
        return self

    @entry
    def __exit__(self, *exc_info: object) -> None:
        self.close()
        self.wait_closed()


class Server(AbstractServer):
    """A server over sockets that listen."""

    def __init__(
        self,
        loop: AbstractEventLoop,
        sockets: list[socket.socket],
        protocol_factory: Factory,
        ssl_context: Any,
        backlog: int,
        ssl_handshake_timeout: float | None,
        ssl_shutdown_timeout: float | None = None,
        unlink: Callable[[], None] | None = None,
    ) -> None:
        self._loop = loop
        self._sockets: list[socket.socket] | None = sockets
        self._clients: weakref.WeakSet[Any] = weakref.WeakSet()
        self._waiters: list[Any] | None = []
        self._protocol_factory = protocol_factory
        self._backlog = backlog
        self._ssl_context = ssl_context  # by asyncio's name: programs ask for it
        self._tls = {
            "ssl": ssl_context,
            "handshake_timeout": ssl_handshake_timeout,
            "shutdown_timeout": ssl_shutdown_timeout,
        }
        self._unlink = unlink
        """Removes the path of a Unix socket."""
        self._serving = False
        self._serving_forever_fut: Any = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} sockets={self.sockets!r}>"

    # What transports tell.

    def _attach(self, transport: Any) -> None:
        assert self._sockets is not None
        self._clients.add(transport)

    def _detach(self, transport: Any) -> None:
        self._clients.discard(transport)
        if self._sockets is None and not self._clients:
            self._wakeup()

    def _wakeup(self) -> None:
        waiters, self._waiters = self._waiters, None
        for waiter in waiters or ():
            if not waiter.done():
                waiter.set_result(None)

    # Accepting.

    def _start_serving(self) -> None:
        if self._serving:
            return
        self._serving = True
        for sock in self._sockets or ():
            sock.listen(self._backlog)
            self._loop.add_reader(sock.fileno(), self._accept, sock)

    def _accept(self, listener: socket.socket) -> None:
        # All that have come, so that few iterations are needed.
        for _ in range(self._backlog + 1):
            try:
                sock, address = listener.accept()
                sock.setblocking(False)
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno not in NO_RESOURCES:
                    raise
                self._loop.call_exception_handler(
                    {
                        "message": "socket.accept() out of system resource",
                        "exception": error,
                        "socket": TransportSocket(listener),
                    }
                )
                self._loop.remove_reader(listener.fileno())
                self._loop.call_later(
                    ACCEPT_AGAIN_SECONDS, self._accept_again, listener
                )
                return
            serving = Coroutine(self._serve, (sock, address))
            self._loop.create_task(serving)

    def _accept_again(self, listener: socket.socket) -> None:
        if self._sockets is not None:
            self._loop.add_reader(listener.fileno(), self._accept, listener)

    def _serve(self, sock: socket.socket, address: Any) -> None:
        try:
            connect_socket(
                self._loop,
                sock,
                self._protocol_factory,
                extra={"peername": address},
                server=self,
                server_side=True,
                **self._tls,
            )
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            if self._loop.get_debug():
                self._loop.call_exception_handler(
                    {
                        "message": "Error on transport creation for incoming "
                        "connection",
                        "exception": error,
                    }
                )

    # What programs call.

    @property
    def sockets(self) -> tuple[TransportSocket, ...]:
        """The sockets that listen."""
        return tuple(TransportSocket(sock) for sock in self._sockets or ())

    def get_loop(self) -> AbstractEventLoop:
        """Return the loop of the server."""
        return self._loop

    def is_serving(self) -> bool:
        """Return whether connections are accepted."""
        return self._serving

    @guarded
    def close(self) -> None:
        """Stop accepting connections; open ones stay open."""
        sockets, self._sockets = self._sockets, None
        if sockets is None:
            return
        for sock in sockets:
            self._loop.remove_reader(sock.fileno())
            sock.close()
        if self._unlink is not None:
            self._unlink()
        self._serving = False
        forever, self._serving_forever_fut = self._serving_forever_fut, None
        if forever is not None and not forever.done():
            forever.cancel()
        if not self._clients:
            self._wakeup()

    @guarded
    def close_clients(self) -> None:
        """Close the transports of all connections."""
        for transport in list(self._clients):
            transport.close()

    @guarded
    def abort_clients(self) -> None:
        """Abort the transports of all connections."""
        for transport in list(self._clients):
            transport.abort()

    @entry
    def start_serving(self) -> None:
        """Begin to accept connections."""
        self._start_serving()
        sleep(0)  # so that it listens in this round

    @entry
    def serve_forever(self) -> None:
        """Accept connections until the task is cancelled."""
        if self._serving_forever_fut is not None:
            raise RuntimeError(
                f"server {self!r} is already being awaited on serve_forever()"
            )
        if self._sockets is None:
            raise RuntimeError(f"server {self!r} is closed")
        self._start_serving()
        self._serving_forever_fut = forever = self._loop.create_future()
        try:
            forever.wait()
        except CancelledError:
            try:
                self.close()
                self.wait_closed()
            finally:
                raise
        finally:
            self._serving_forever_fut = None

    @entry
    def wait_closed(self) -> None:
        """Wait until the server is closed and all connections have ended."""
        if self._waiters is None:
            return
        waiter = self._loop.create_future()
        self._waiters.append(waiter)
        waiter.wait()


def _check_context(ssl: Any) -> None:
    if ssl is None:
        return
    import ssl as tls

    if not isinstance(ssl, tls.SSLContext):
        raise TypeError("ssl argument must be an SSLContext or None")


@entry
def create_server(
    loop: AbstractEventLoop,
    protocol_factory: Factory,
    host: Any = None,
    port: Any = None,
    *,
    family: int = socket.AF_UNSPEC,
    flags: int = socket.AI_PASSIVE,
    sock: socket.socket | None = None,
    backlog: int = 100,
    ssl: Any = None,
    reuse_address: bool | None = None,
    reuse_port: bool | None = None,
    keep_alive: bool | None = None,
    ssl_handshake_timeout: float | None = None,
    ssl_shutdown_timeout: float | None = None,
    start_serving: bool = True,
) -> Server:
    """Listen at a port of one host or several, or by a socket that is bound."""
    if isinstance(ssl, bool):
        raise TypeError("ssl argument must be an SSLContext or None")
    check_tls(ssl is not None, ssl_handshake_timeout, ssl_shutdown_timeout)
    check_socket(sock)
    if host is not None or port is not None:
        if sock is not None:
            raise ValueError("host/port and sock can not be specified at the same time")
        if reuse_address is None:
            reuse_address = os.name == "posix" and sys.platform != "cygwin"
        options = reuse_address, reuse_port, keep_alive
        sockets = _listeners(loop, _hosts(host), port, family, flags, options)
    elif sock is None:
        raise ValueError("Neither host/port nor sock were specified")
    elif not is_stream(sock):
        raise ValueError(f"A Stream Socket was expected, got {sock!r}")
    else:
        sockets = [sock]
    for each in sockets:
        each.setblocking(False)
    server = Server(
        loop,
        sockets,
        protocol_factory,
        ssl,
        backlog,
        ssl_handshake_timeout,
        ssl_shutdown_timeout,
    )
    if start_serving:
        server.start_serving()
    return server


def _hosts(host: Any) -> Iterable[Any]:
    if host == "":
        return [None]
    if isinstance(host, str) or not isinstance(host, Iterable):
        return [host]
    return host


def _listeners(
    loop: AbstractEventLoop,
    hosts: Iterable[Any],
    port: Any,
    family: int,
    flags: int,
    options: tuple[bool | None, bool | None, bool | None],
) -> list[socket.socket]:
    """Return sockets that are bound to all addresses of some hosts."""
    asked = [Coroutine(_look_up, (loop, host, port, family, flags)) for host in hosts]
    found = set(itertools.chain.from_iterable(await_(gather(*asked))))
    sockets: list[socket.socket] = []
    try:
        for info in found:
            sock = _bound(info, *options)
            if sock is not None:
                sockets.append(sock)
        if not sockets:
            tried = [info[4] for info in found]
            raise OSError(f"could not bind on any address out of {tried!r}")
    except BaseException:
        for sock in sockets:
            sock.close()
        raise
    return sockets


def _look_up(
    loop: AbstractEventLoop, host: Any, port: Any, family: int, flags: int
) -> Any:
    infos = resolve(loop, (host, port), family=family, flags=flags)
    if not infos:
        raise OSError(f"getaddrinfo({host!r}) returned empty list")
    return infos


def _bound(
    info: Any,
    reuse_address: bool | None,
    reuse_port: bool | None,
    keep_alive: bool | None,
) -> socket.socket | None:
    """Return a socket bound to an address, `None` where the system has no such."""
    family, kind, proto, _, address = info
    try:
        sock = socket.socket(family, kind, proto)
    except OSError:
        return None  # getaddrinfo() knows families that the system has not
    try:
        if reuse_address:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, True)
        if reuse_port and family in (socket.AF_INET, socket.AF_INET6):
            set_reuse_port(sock)
        if keep_alive:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, True)
        is_newer = family == getattr(socket, "AF_INET6", None)
        if is_newer and hasattr(socket, "IPPROTO_IPV6"):
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, True)
        try:
            sock.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:  # an address family that is off
                sock.close()
                return None
            reason = str(error).lower()
            text = f"error while attempting to bind on address {address!r}: {reason}"
            raise OSError(error.errno, text) from None
    except BaseException:
        sock.close()
        raise
    return sock


def set_reuse_port(sock: socket.socket) -> None:
    """Let other sockets be bound to the same port."""
    if not hasattr(socket, "SO_REUSEPORT"):
        raise ValueError("reuse_port not supported by socket module")
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    except OSError:
        raise ValueError(
            "reuse_port not supported by socket module, "
            "SO_REUSEPORT defined but not implemented."
        ) from None


@entry
def create_unix_server(
    loop: AbstractEventLoop,
    protocol_factory: Factory,
    path: Any = None,
    *,
    sock: socket.socket | None = None,
    backlog: int = 100,
    ssl: Any = None,
    ssl_handshake_timeout: float | None = None,
    ssl_shutdown_timeout: float | None = None,
    start_serving: bool = True,
    cleanup_socket: bool = True,
) -> Server:
    """Listen at a path, or by a Unix socket that is bound."""
    if isinstance(ssl, bool):
        raise TypeError("ssl argument must be an SSLContext or None")
    check_tls(ssl, ssl_handshake_timeout, ssl_shutdown_timeout)
    if path is not None:
        if sock is not None:
            raise ValueError("path and sock can not be specified at the same time")
        sock = _bound_path(os.fspath(path))
    elif sock is None:
        raise ValueError("path was not specified, and no sock specified")
    elif sock.family != socket.AF_UNIX or not is_stream(sock):
        raise ValueError(f"A UNIX Domain Stream Socket was expected, got {sock!r}")
    sock.setblocking(False)
    server = Server(
        loop,
        [sock],
        protocol_factory,
        ssl,
        backlog,
        ssl_handshake_timeout,
        ssl_shutdown_timeout,
        _unlinking(sock) if cleanup_socket else None,
    )
    if start_serving:
        server.start_serving()
    return server


def _is_in_file_system(path: Any) -> bool:
    return bool(path) and path[0] not in (0, "\x00")


def _bound_path(path: Any) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    if _is_in_file_system(path):
        try:
            if stat.S_ISSOCK(os.stat(path).st_mode):
                os.remove(path)  # one that nobody listens at, as a rule
        except FileNotFoundError:
            pass
        except OSError as error:
            logger.error(
                "Unable to check or remove stale UNIX socket %r: %r", path, error
            )
    try:
        sock.bind(path)
    except OSError as error:
        sock.close()
        if error.errno != errno.EADDRINUSE:
            raise
        text = f"Address {path!r} is already in use"
        raise OSError(errno.EADDRINUSE, text) from None
    except BaseException:
        sock.close()
        raise
    return sock


def _unlinking(sock: socket.socket) -> Callable[[], None] | None:
    """Return what removes the path of a socket, unless another has taken it."""
    path = sock.getsockname()
    if not _is_in_file_system(path):
        return None
    try:
        number = os.stat(path).st_ino
    except FileNotFoundError:
        return None

    def unlink() -> None:
        try:
            if os.stat(path).st_ino == number:
                os.unlink(path)
        except FileNotFoundError:
            pass
        except OSError as error:
            logger.error("Unable to clean up listening UNIX socket %r: %r", path, error)

    return unlink
