"""Datagrams: their transport, and the method of a loop that makes it."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable
from typing import Any

from .abstract_event_loop import AbstractEventLoop
from .addresses import resolve
from .dynamic_calls import awaited
from .entry_points import entry, guarded
from .log import logger
from .servers import set_reuse_port
from .socket_transports import (
    MANY_LOST_WRITES,
    MOST_RECEIVED,
    SocketTransport,
    check_data,
)
from .transports import DatagramTransport

HEADER_SIZE = 8
"""Bytes that a datagram counts in the buffer besides its data."""


class DatagramSocketTransport(SocketTransport, DatagramTransport):
    """The transport of a socket of datagrams."""

    def __init__(
        self,
        loop: AbstractEventLoop,
        sock: socket.socket,
        protocol: Any,
        address: Any = None,
        waiter: Any = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        self._address = address
        super().__init__(loop, sock, protocol, extra)
        self._begin(waiter)

    def get_write_buffer_size(self) -> int:
        """Return how many bytes are to be sent yet."""
        return sum(len(data) + HEADER_SIZE for data, _ in self._buffer)

    def _read_ready(self) -> None:
        if self._conn_lost:
            return
        try:
            data, address = self._sock.recvfrom(MOST_RECEIVED)
        except (BlockingIOError, InterruptedError):
            pass
        except OSError as error:
            self._protocol.error_received(error)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            self._fatal_error(error, "Fatal read error on datagram transport")
        else:
            self._protocol.datagram_received(data, address)

    @guarded
    def sendto(self, data: Any, addr: Any = None) -> None:
        """Send a datagram, to an address unless the socket is connected."""
        check_data(data)
        if self._address:
            if addr not in (None, self._address):
                raise ValueError(f"Invalid address: must be None or {self._address}")
            addr = self._address
            if self._conn_lost:
                if self._conn_lost >= MANY_LOST_WRITES:
                    logger.warning("socket.send() raised exception.")
                self._conn_lost += 1
                return
        if self._sock is None:
            return
        if not self._buffer:
            if self._send(data, addr):
                return
            self._loop.add_writer(self._sock_fd, self._write_ready)
        self._buffer.append((bytes(data), addr))
        self._maybe_pause_protocol()

    def _send(self, data: Any, address: Any) -> bool:
        """Send a datagram, or tell of what failed; `False` says to try it later."""
        try:
            if self._extra["peername"]:
                self._sock.send(data)
            else:
                self._sock.sendto(data, address)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError as error:
            self._protocol.error_received(error)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            self._fatal_error(error, "Fatal write error on datagram transport")
        return True

    def _write_ready(self) -> None:
        while self._buffer and self._send(*self._buffer[0]):
            if self._buffer:
                self._buffer.popleft()
        self._maybe_resume_protocol()
        if not self._buffer and not self._conn_lost:
            self._loop.remove_writer(self._sock_fd)
            if self._closing:
                self._call_connection_lost(None)


@entry
def create_datagram_endpoint(
    loop: AbstractEventLoop,
    protocol_factory: Callable[[], Any],
    local_addr: Any = None,
    remote_addr: Any = None,
    *,
    family: int = 0,
    proto: int = 0,
    flags: int = 0,
    reuse_port: bool | None = None,
    allow_broadcast: bool | None = None,
    sock: socket.socket | None = None,
) -> tuple[Any, Any]:
    """Make a transport and a protocol of datagrams."""
    if sock is not None:
        if sock.type == socket.SOCK_STREAM:
            raise ValueError(f"A datagram socket was expected, got {sock!r}")
        options = {
            "local_addr": local_addr,
            "remote_addr": remote_addr,
            "family": family,
            "proto": proto,
            "flags": flags,
            "reuse_port": reuse_port,
            "allow_broadcast": allow_broadcast,
        }
        given = ", ".join(f"{name}={value}" for name, value in options.items() if value)
        if given:
            raise ValueError(
                "socket modifier keyword arguments can not be used when sock is "
                f"specified. ({given})"
            )
        sock.setblocking(False)
        remote = None
    else:
        sock, remote = _endpoint(
            loop,
            _pairs(loop, local_addr, remote_addr, family, proto, flags),
            bool(reuse_port),
            bool(allow_broadcast),
            local_addr is not None,
            remote_addr is not None,
        )
    protocol = protocol_factory()
    waiter = loop.create_future()
    transport = DatagramSocketTransport(loop, sock, protocol, remote, waiter)
    try:
        waiter.wait()
    except BaseException:
        transport.close()
        raise
    return transport, protocol


def _pairs(
    loop: AbstractEventLoop,
    local: Any,
    remote: Any,
    family: int,
    proto: int,
    flags: int,
) -> list[tuple[tuple[int, int], tuple[Any, Any]]]:
    """Return each (family, protocol) with its local and remote address."""
    if not (local or remote):
        if family == 0:
            raise ValueError("unexpected address family")
        return [((family, proto), (None, None))]
    if family == getattr(socket, "AF_UNIX", None) and family:
        for each in (local, remote):
            if each is not None and not isinstance(each, str):
                raise TypeError("string is expected")
        if local and local[0] not in (0, "\x00"):
            try:
                if stat.S_ISSOCK(os.stat(local).st_mode):
                    os.remove(local)
            except FileNotFoundError:
                pass
            except OSError as error:
                logger.error(
                    "Unable to check or remove stale UNIX socket %r: %r", local, error
                )
        return [((family, proto), (local, remote))]
    found: dict[tuple[int, int], list[Any]] = {}
    for position, address in enumerate((local, remote)):
        if address is None:
            continue
        if not (isinstance(address, tuple) and len(address) == 2):
            raise TypeError("2-tuple is expected")
        infos = resolve(
            loop,
            address,
            family=family,
            kind=socket.SOCK_DGRAM,
            proto=proto,
            flags=flags,
        )
        if not infos:
            raise OSError("getaddrinfo() returned empty list")
        for one, _, number, _, resolved in infos:
            found.setdefault((one, number), [None, None])[position] = resolved
    pairs = [
        (key, (pair[0], pair[1]))
        for key, pair in found.items()
        if not (local and pair[0] is None) and not (remote and pair[1] is None)
    ]
    if not pairs:
        raise ValueError("can not get address information")
    return pairs


def _endpoint(
    loop: AbstractEventLoop,
    pairs: list[tuple[tuple[int, int], tuple[Any, Any]]],
    reuse_port: bool,
    allow_broadcast: bool,
    binds: bool,
    connects: bool,
) -> tuple[socket.socket, Any]:
    """Return a socket of the first pair of addresses that works, and the remote one."""
    errors: list[OSError] = []
    for (family, proto), (local, remote) in pairs:
        sock = None
        try:
            sock = socket.socket(family=family, type=socket.SOCK_DGRAM, proto=proto)
            if reuse_port:
                set_reuse_port(sock)
            if allow_broadcast:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            sock.setblocking(False)
            if binds:
                sock.bind(local)
            if connects:
                if not allow_broadcast:
                    awaited(loop.sock_connect, sock, remote)
                return sock, remote
            return sock, None
        except OSError as error:
            if sock is not None:
                sock.close()
            errors.append(error)
        except BaseException:
            if sock is not None:
                sock.close()
            raise
    raise errors[0]
