"""Connections: methods of a loop that make a transport and a protocol."""

from __future__ import annotations

import functools
import os
import socket
from collections.abc import Callable
from typing import Any

from .abstract_event_loop import AbstractEventLoop
from .addresses import AddressInfo, interleave, resolve
from .dynamic_calls import awaited
from .entry_points import entry
from .exceptions import ExceptionGroup
from .socket_transports import StreamTransport
from .staggered import staggered_race

Factory = Callable[[], Any]


def check_tls(
    ssl: Any, handshake_timeout: float | None, shutdown_timeout: float | None
) -> None:
    """Refuse arguments for TLS without TLS."""
    if not ssl:
        if handshake_timeout is not None:
            raise ValueError("ssl_handshake_timeout is only meaningful with ssl")
        if shutdown_timeout is not None:
            raise ValueError("ssl_shutdown_timeout is only meaningful with ssl")


def check_socket(sock: Any) -> None:
    """Refuse a socket that speaks TLS by itself."""
    if sock is not None and type(sock).__name__ == "SSLSocket":
        raise TypeError("Socket cannot be of type SSLSocket")


def is_stream(sock: socket.socket) -> bool:
    """Return whether a socket is one of streams."""
    return sock.type == socket.SOCK_STREAM


def make_transport(
    loop: AbstractEventLoop,
    sock: socket.socket,
    protocol: Any,
    waiter: Any,
    *,
    ssl: Any = None,
    server_side: bool = False,
    server_hostname: str | None = None,
    handshake_timeout: float | None = None,
    shutdown_timeout: float | None = None,
    extra: dict[str, Any] | None = None,
    server: Any = None,
) -> Any:
    """Return the transport of a socket, with TLS over it where that is asked for."""
    if not ssl:
        return StreamTransport(loop, sock, protocol, waiter, extra, server)
    from .tls import SSLProtocol

    context = None if isinstance(ssl, bool) else ssl
    over = SSLProtocol(
        loop,
        protocol,
        context,
        waiter,
        server_side,
        server_hostname,
        ssl_handshake_timeout=handshake_timeout,
        ssl_shutdown_timeout=shutdown_timeout,
    )
    StreamTransport(loop, sock, over, None, extra, server)
    return over.transport


def connect_socket(
    loop: AbstractEventLoop,
    sock: socket.socket,
    protocol_factory: Factory,
    *,
    extra: dict[str, Any] | None = None,
    server: Any = None,
    **tls: Any,
) -> tuple[Any, Any]:
    """Make the transport and protocol of a socket, and wait until they are ready."""
    sock.setblocking(False)
    protocol = protocol_factory()
    waiter = loop.create_future()
    transport = make_transport(
        loop, sock, protocol, waiter, extra=extra, server=server, **tls
    )
    try:
        waiter.wait()
    except BaseException:
        transport.close()
        raise
    return transport, protocol


@entry
def create_connection(
    loop: AbstractEventLoop,
    protocol_factory: Factory,
    host: Any = None,
    port: Any = None,
    *,
    ssl: Any = None,
    family: int = 0,
    proto: int = 0,
    flags: int = 0,
    sock: socket.socket | None = None,
    local_addr: Any = None,
    server_hostname: str | None = None,
    ssl_handshake_timeout: float | None = None,
    ssl_shutdown_timeout: float | None = None,
    happy_eyeballs_delay: float | None = None,
    interleave: int | None = None,
    all_errors: bool = False,
) -> tuple[Any, Any]:
    """Connect to a host and port, or take a connected socket."""
    if server_hostname is not None and not ssl:
        raise ValueError("server_hostname is only meaningful with ssl")
    if server_hostname is None and ssl:
        if not host:
            raise ValueError(
                "You must set server_hostname when using ssl without a host"
            )
        server_hostname = host
    check_tls(ssl, ssl_handshake_timeout, ssl_shutdown_timeout)
    check_socket(sock)
    if happy_eyeballs_delay is not None and interleave is None:
        interleave = 1
    if host is not None or port is not None:
        if sock is not None:
            raise ValueError("host/port and sock can not be specified at the same time")
        looked_up = functools.partial(
            _looked_up, loop, family=family, proto=proto, flags=flags
        )
        infos = looked_up((host, port))
        local = None if local_addr is None else looked_up(local_addr)
        if interleave:
            infos = _interleaved(infos, interleave)
        sock = _connect(loop, infos, local, happy_eyeballs_delay, all_errors)
    elif sock is None:
        raise ValueError("host and port was not specified and no sock specified")
    elif not is_stream(sock):
        raise ValueError(f"A Stream Socket was expected, got {sock!r}")
    return connect_socket(
        loop,
        sock,
        protocol_factory,
        ssl=ssl,
        server_hostname=server_hostname,
        handshake_timeout=ssl_handshake_timeout,
        shutdown_timeout=ssl_shutdown_timeout,
    )


_interleaved = interleave


def _looked_up(loop: AbstractEventLoop, address: Any, **how: int) -> list[AddressInfo]:
    infos = resolve(loop, address, **how)
    if not infos:
        raise OSError("getaddrinfo() returned empty list")
    return infos


def _connect(
    loop: AbstractEventLoop,
    infos: list[AddressInfo],
    local: list[AddressInfo] | None,
    delay: float | None,
    all_errors: bool,
) -> socket.socket:
    """Return a socket that is connected to the first address that answers."""
    errors: list[list[OSError]] = []
    found: socket.socket | None = None
    try:
        if delay is None:
            for info in infos:
                try:
                    found = _connected(loop, errors, info, local)
                    break
                except OSError:
                    continue
        else:
            ways = [
                functools.partial(_connected, loop, errors, info, local)
                for info in infos
            ]
            found = staggered_race(loop, ways, delay, socket.socket.close)
        if found is None:
            raise _summary([each for some in errors for each in some], all_errors)
        return found
    finally:
        errors.clear()  # their tracebacks keep this frame


def _summary(errors: list[OSError], all_errors: bool) -> BaseException:
    try:
        if all_errors:
            return ExceptionGroup("create_connection failed", errors)
        texts = [str(each) for each in errors]
        if len(set(texts)) == 1:
            return errors[0]
        return OSError(f"Multiple exceptions: {', '.join(texts)}")
    finally:
        del errors


def _connected(
    loop: AbstractEventLoop,
    errors: list[list[OSError]],
    info: AddressInfo,
    local: list[AddressInfo] | None,
) -> socket.socket:
    mine: list[OSError] = []
    errors.append(mine)
    family, kind, proto, _, address = info
    sock = None
    try:
        sock = socket.socket(family=family, type=kind, proto=proto)
        sock.setblocking(False)
        if local is not None:
            _bind(sock, family, local, mine)
        awaited(loop.sock_connect, sock, address)
        return sock
    except OSError as error:
        mine.append(error)
        if sock is not None:
            sock.close()
        raise
    except BaseException:
        if sock is not None:
            sock.close()
        raise
    finally:
        del errors, mine


def _bind(
    sock: socket.socket, family: int, local: list[AddressInfo], errors: list[OSError]
) -> None:
    for one, _, _, _, address in local:
        if one != family:
            continue
        try:
            sock.bind(address)
            return
        except OSError as error:
            reason = str(error).lower()
            text = f"error while attempting to bind on address {address!r}: {reason}"
            errors.append(OSError(error.errno, text))
    if errors:
        raise errors.pop()
    raise OSError(f"no matching local address with family={family!r} found")


@entry
def connect_accepted_socket(
    loop: AbstractEventLoop,
    protocol_factory: Factory,
    sock: socket.socket,
    *,
    ssl: Any = None,
    ssl_handshake_timeout: float | None = None,
    ssl_shutdown_timeout: float | None = None,
) -> tuple[Any, Any]:
    """Make the transport and protocol of a connection that was accepted elsewhere."""
    if not is_stream(sock):
        raise ValueError(f"A Stream Socket was expected, got {sock!r}")
    check_tls(ssl, ssl_handshake_timeout, ssl_shutdown_timeout)
    check_socket(sock)
    return connect_socket(
        loop,
        sock,
        protocol_factory,
        ssl=ssl,
        server_side=True,
        handshake_timeout=ssl_handshake_timeout,
        shutdown_timeout=ssl_shutdown_timeout,
    )


@entry
def create_unix_connection(
    loop: AbstractEventLoop,
    protocol_factory: Factory,
    path: Any = None,
    *,
    ssl: Any = None,
    sock: socket.socket | None = None,
    server_hostname: str | None = None,
    ssl_handshake_timeout: float | None = None,
    ssl_shutdown_timeout: float | None = None,
) -> tuple[Any, Any]:
    """Connect to a path, or take a connected Unix socket."""
    if ssl and server_hostname is None:
        raise ValueError("you have to pass server_hostname when using ssl")
    if not ssl and server_hostname is not None:
        raise ValueError("server_hostname is only meaningful with ssl")
    check_tls(ssl, ssl_handshake_timeout, ssl_shutdown_timeout)
    if path is not None:
        if sock is not None:
            raise ValueError("path and sock can not be specified at the same time")
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0)
        try:
            sock.setblocking(False)
            awaited(loop.sock_connect, sock, os.fspath(path))
        except BaseException:
            sock.close()
            raise
    elif sock is None:
        raise ValueError("no path and sock were specified")
    elif sock.family != socket.AF_UNIX or not is_stream(sock):
        raise ValueError(f"A UNIX Domain Stream Socket was expected, got {sock!r}")
    return connect_socket(
        loop,
        sock,
        protocol_factory,
        ssl=ssl,
        server_hostname=server_hostname,
        handshake_timeout=ssl_handshake_timeout,
        shutdown_timeout=ssl_shutdown_timeout,
    )
