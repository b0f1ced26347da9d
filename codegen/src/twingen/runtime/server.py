"""Servers that answer each connection in a thread of its own."""

from __future__ import annotations

import contextlib
import contextvars
import logging
import os
import socket
import ssl as tls
import stat
import sys
import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any

from .connections import connected_streams
from .deadline import Deadline
from .selector_loop import Future, SelectorLoop
from .sockets import addresses
from .streams import LIMIT, StreamReader, StreamWriter

Handler = Callable[[StreamReader, StreamWriter], object]


class ServerClosed(BaseException):
    """What ends `serve_forever()` when the server is closed.

    As asyncio's cancellation there, `except Exception` does not catch it.
    """


def start_server(
    client_connected_cb: Handler,
    host: str | Iterable[str] | None = None,
    port: int | str | None = None,
    *,
    limit: int = LIMIT,
    family: int = 0,
    flags: int = socket.AI_PASSIVE,
    sock: socket.socket | None = None,
    backlog: int = 100,
    ssl: tls.SSLContext | None = None,
    reuse_address: bool | None = None,
    reuse_port: bool | None = None,
    ssl_handshake_timeout: float | None = None,
    start_serving: bool = True,
) -> Server:
    """Listen on every address of a host, or on a bound socket."""
    if (host is not None or port is not None) == (sock is not None):
        raise ValueError(
            "Neither host/port nor sock were specified"
            if sock is None
            else "host/port and sock can not be specified at the same time"
        )
    if sock is not None:
        listeners = [sock]
    else:
        listeners = _bound(host, port, family, flags, reuse_address, reuse_port)
    return _started(
        Server(
            client_connected_cb, listeners, limit, backlog, ssl, ssl_handshake_timeout
        ),
        start_serving,
    )


def start_unix_server(
    client_connected_cb: Handler,
    path: Any = None,
    *,
    limit: int = LIMIT,
    sock: socket.socket | None = None,
    backlog: int = 100,
    ssl: tls.SSLContext | None = None,
    ssl_handshake_timeout: float | None = None,
    start_serving: bool = True,
) -> Server:
    """Listen on a Unix domain socket; one that was left at the path is replaced."""
    if (path is None) == (sock is None):
        raise ValueError(
            "path was not specified, and no sock specified"
            if sock is None
            else "path and sock can not be specified at the same time"
        )
    if sock is None:
        name = os.fspath(path)
        with contextlib.suppress(FileNotFoundError):
            if name[:1] not in (0, "\0") and stat.S_ISSOCK(os.stat(name).st_mode):
                os.remove(name)
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.bind(name)
        except BaseException:
            sock.close()
            raise
    return _started(
        Server(client_connected_cb, [sock], limit, backlog, ssl, ssl_handshake_timeout),
        start_serving,
    )


def _started(server: Server, start_serving: bool) -> Server:
    if start_serving:
        server.start_serving()
    return server


def _bound(
    host: str | Iterable[str] | None,
    port: int | str | None,
    family: int,
    flags: int,
    reuse_address: bool | None,
    reuse_port: bool | None,
) -> list[socket.socket]:
    """Return a socket for each address of the hosts; none is left open on errors."""
    hosts = [host or None] if host is None or isinstance(host, str) else list(host)
    found = {
        info
        for each in hosts
        for info in addresses(
            each, port, family=family, kind=socket.SOCK_STREAM, flags=flags
        )
    }
    if reuse_address is None:
        reuse_address = os.name == "posix" and sys.platform != "cygwin"
    with contextlib.ExitStack() as opened:
        listeners = []
        for kind, type_, proto, _, address in found:
            try:
                listener = opened.enter_context(socket.socket(kind, type_, proto))
            except OSError:
                continue  # a family that this machine does not have
            if reuse_address:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if reuse_port:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            if kind == socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            try:
                listener.bind(address)
            except OSError as error:
                raise OSError(
                    error.errno,
                    f"error while attempting to bind on address {address!r}: "
                    f"{str(error.strerror).lower()}",
                ) from None
            listeners.append(listener)
        opened.pop_all()
    return listeners


class Server:
    """Listening sockets, and the thread that accepts connections while it serves."""

    def __init__(
        self,
        handler: Handler,
        listeners: list[socket.socket],
        limit: int,
        backlog: int,
        ssl: tls.SSLContext | None,
        handshake: float | None,
    ) -> None:
        self._handler = handler
        self._listeners: list[socket.socket] | None = listeners
        self._limit = limit
        self._backlog = backlog
        self._ssl = ssl
        self._handshake = handshake
        # Guards what follows; notified when the last connection is over.
        self._changed = threading.Condition()
        self._connections = 0
        self._stopped: Future[None] | None = None
        self._accepting: threading.Thread | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} sockets={self.sockets!r}>"

    @property
    def sockets(self) -> tuple[socket.socket, ...]:
        """The sockets that listen; none once the server is closed."""
        return tuple(self._listeners or ())

    def is_serving(self) -> bool:
        """Return whether connections are accepted."""
        return self._stopped is not None and self._listeners is not None

    def start_serving(self) -> None:
        """Begin to accept connections; returns immediately."""
        with self._changed:
            if self._listeners is None or self._stopped is not None:
                return
            loop = SelectorLoop(wakeable=True)
            self._stopped = loop.create_future()
            context = contextvars.copy_context()
            for listener in self._listeners:
                listener.setblocking(False)
                listener.listen(self._backlog)
                loop.add_reader(listener, self._accept, listener, context)
            self._accepting = threading.Thread(target=self._stopped.wait, daemon=True)
            self._accepting.start()

    def serve_forever(self) -> None:
        """Accept connections until the server is closed, then raise ServerClosed."""
        if self._listeners is None:
            raise RuntimeError(f"server {self!r} is closed")
        self.start_serving()
        accepting = self._accepting
        assert accepting is not None
        try:
            accepting.join()
        finally:
            self.close()
        raise ServerClosed

    def close(self) -> None:
        """Stop accepting connections; open ones stay open."""
        with self._changed:
            listeners, self._listeners = self._listeners, None
            if listeners is None:
                return
            if self._stopped is not None:
                self._stopped.set_result(None)
        accepting = self._accepting
        if accepting is not None and accepting is not threading.current_thread():
            accepting.join()
        for listener in listeners:
            listener.close()
        with self._changed:
            self._changed.notify_all()

    def wait_closed(self, timeout: float | None = None) -> None:
        """Wait until the server is closed and its connections are.

        As with asyncio's, open connections do not count before Python 3.12.
        """
        with self._changed:
            if not self._changed.wait_for(self._is_over, timeout):
                raise TimeoutError

    def _is_over(self) -> bool:
        if self._listeners is not None:
            return False
        return sys.version_info < (3, 12) or not self._connections

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
        self.wait_closed()

    def _accept(self, listener: socket.socket, context: contextvars.Context) -> None:
        try:
            sock, _ = listener.accept()
        except OSError:
            return  # it went away, or there are too many
        with self._changed:
            self._connections += 1
        run = context.copy().run
        threading.Thread(target=run, args=(self._answer, sock), daemon=True).start()

    def _answer(self, sock: socket.socket) -> None:
        """Hand the streams of a connection to the handler."""
        try:
            reader, writer = connected_streams(
                sock,
                self._limit,
                self._ssl,
                None,
                self._handshake,
                Deadline(None),
                server_side=True,
            )
        except OSError:
            sock.close()
            self._forget_connection()
            return
        writer.when_lost(self._forget_connection)
        try:
            self._handler(reader, writer)
        except Exception:
            logging.getLogger(__name__).exception(
                "unhandled exception in client_connected_cb"
            )
            writer.close()

    def _forget_connection(self) -> None:
        with self._changed:
            self._connections -= 1
            self._changed.notify_all()
