"""Opens connections as streams: TCP, Unix domain sockets, TLS."""

from __future__ import annotations

import socket
import ssl as tls
from typing import Any

from .channels import SocketChannel
from .deadline import Deadline
from .sockets import addresses, sock_connect
from .streams import LIMIT, StreamReader, StreamWriter, streams_over

_HANDSHAKE_TIMEOUT = 60.0


def open_connection(
    host: str | None = None,
    port: int | str | None = None,
    *,
    limit: int = LIMIT,
    ssl: tls.SSLContext | bool | None = None,
    family: int = 0,
    proto: int = 0,
    flags: int = 0,
    sock: socket.socket | None = None,
    local_addr: tuple[str, int] | None = None,
    server_hostname: str | None = None,
    ssl_handshake_timeout: float | None = None,
    timeout: float | None = None,
) -> tuple[StreamReader, StreamWriter]:
    """Connect to a host, trying its addresses in turn, or take a connected socket.

    `timeout` is in seconds, for all of it; TimeoutError leaves nothing open.
    """
    _check(ssl, server_hostname, host, sock, ssl_handshake_timeout)
    deadline = Deadline(timeout)
    if (host is not None or port is not None) == (sock is not None):
        raise ValueError(
            "host and port was not specified and no sock specified"
            if sock is None
            else "host/port and sock can not be specified at the same time"
        )
    if sock is None:
        found = addresses(
            host,
            port,
            family=family,
            kind=socket.SOCK_STREAM,
            proto=proto,
            flags=flags,
            timeout=deadline.remaining(),
        )
        sock = _connected(found, local_addr, deadline)
    return connected_streams(
        sock, limit, ssl, server_hostname or host, ssl_handshake_timeout, deadline
    )


def open_unix_connection(
    path: Any = None,
    *,
    limit: int = LIMIT,
    ssl: tls.SSLContext | bool | None = None,
    sock: socket.socket | None = None,
    server_hostname: str | None = None,
    ssl_handshake_timeout: float | None = None,
    timeout: float | None = None,
) -> tuple[StreamReader, StreamWriter]:
    """Connect to a Unix domain socket, or take a connected one."""
    _check(ssl, server_hostname, None, path or sock, ssl_handshake_timeout)
    if ssl and server_hostname is None:
        raise ValueError("you have to pass server_hostname when using ssl")
    if (path is None) == (sock is None):
        raise ValueError(
            "no path and sock were specified"
            if sock is None
            else "path and sock can not be specified at the same time"
        )
    deadline = Deadline(timeout)
    if sock is None:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.setblocking(False)
        try:
            sock_connect(sock, path, deadline.remaining())
        except BaseException:
            sock.close()
            raise
    return connected_streams(
        sock, limit, ssl, server_hostname, ssl_handshake_timeout, deadline
    )


def _check(
    ssl: object,
    server_hostname: str | None,
    host: str | None,
    elsewhere: object,
    handshake: float | None,
) -> None:
    if server_hostname is not None and not ssl:
        raise ValueError("server_hostname is only meaningful with ssl")
    if server_hostname is None and ssl and elsewhere is None and not host:
        raise ValueError("You must set server_hostname when using ssl without a host")
    if handshake is not None and not ssl:
        raise ValueError("ssl_handshake_timeout is only meaningful with ssl")


def _connected(
    found: list[Any], local_addr: tuple[str, int] | None, deadline: Deadline
) -> socket.socket:
    """Return a socket that is connected to the first address that answers."""
    errors: list[OSError] = []
    for family, kind, proto, _, address in found:
        sock = socket.socket(family, kind, proto)
        try:
            sock.setblocking(False)
            if local_addr is not None:
                sock.bind(local_addr)
            sock_connect(sock, address, deadline.remaining())
        except OSError as error:
            sock.close()
            if isinstance(error, TimeoutError) and error.errno is None:
                raise
            errors.append(error)
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    sentences = [str(error) for error in errors]
    if len(set(sentences)) == 1:
        raise errors[0]
    raise OSError(f"Multiple exceptions: {', '.join(sentences)}")


def connected_streams(
    sock: socket.socket,
    limit: int,
    ssl: tls.SSLContext | bool | None,
    server_hostname: str | None,
    handshake: float | None,
    deadline: Deadline,
    server_side: bool = False,
) -> tuple[StreamReader, StreamWriter]:
    """Return the streams of a connected socket; TLS is agreed on first."""
    if sock.family in (socket.AF_INET, socket.AF_INET6):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setblocking(False)
    extra: dict[str, Any] = {"sockname": sock.getsockname()}
    try:
        extra["peername"] = sock.getpeername()
    except OSError:
        extra["peername"] = None
    if ssl:
        context = tls.create_default_context() if ssl is True else ssl
        sock = _with_tls(
            sock, context, server_hostname, handshake, deadline, server_side
        )
        assert isinstance(sock, tls.SSLSocket)
        extra.update(
            ssl_object=sock,
            sslcontext=context,
            peercert=sock.getpeercert(),
            cipher=sock.cipher(),
            compression=sock.compression(),
        )
    extra["socket"] = sock
    return streams_over(SocketChannel(sock), limit, extra, can_write_eof=not ssl)


def _with_tls(
    sock: socket.socket,
    context: tls.SSLContext,
    server_hostname: str | None,
    handshake: float | None,
    deadline: Deadline,
    server_side: bool,
) -> socket.socket:
    limit = _HANDSHAKE_TIMEOUT if handshake is None else handshake
    rest = deadline.remaining()
    wrapped = context.wrap_socket(
        sock,
        server_side=server_side,
        do_handshake_on_connect=False,
        server_hostname=None if server_side else server_hostname,
    )
    try:
        try:
            SocketChannel(wrapped).shake_hands(
                limit if rest is None else min(rest, limit)
            )
        except TimeoutError as error:
            if error.errno is None and (rest is None or limit < rest):
                raise ConnectionAbortedError(
                    f"SSL handshake is taking longer than {limit} seconds: "
                    "aborting the connection"
                ) from None
            raise
    except BaseException:
        wrapped.close()
        raise
    return wrapped
