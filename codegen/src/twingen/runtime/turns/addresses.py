"""Addresses of hosts: those that need no look-up, and the order of the others."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Sequence
from typing import Any

from .abstract_event_loop import AbstractEventLoop
from .dynamic_calls import awaited

AddressInfo = tuple[Any, Any, int, str, Any]
"""As `socket.getaddrinfo()` gives it: family, type, protocol, name and address."""

_PROTOCOLS: dict[int, int] = {
    socket.SOCK_STREAM: socket.IPPROTO_TCP,
    socket.SOCK_DGRAM: socket.IPPROTO_UDP,
}


def numeric(
    host: Any,
    port: Any,
    family: int,
    kind: int,
    proto: int,
    flow: int = 0,
    scope: int = 0,
) -> AddressInfo | None:
    """Return what a look-up would give for a host that is a number already."""
    if proto not in (0, socket.IPPROTO_TCP, socket.IPPROTO_UDP) or host is None:
        return None
    base = kind & ~(getattr(socket, "SOCK_NONBLOCK", 0))
    base &= ~getattr(socket, "SOCK_CLOEXEC", 0)
    if base not in _PROTOCOLS:
        return None
    if port in (None, b"", ""):
        port = 0
    try:
        port = int(port)
    except (TypeError, ValueError):
        return None
    families = [family]
    if family == socket.AF_UNSPEC:
        families = [socket.AF_INET]
        if socket.has_ipv6:
            families.append(socket.AF_INET6)
    if isinstance(host, bytes):
        host = host.decode("idna")
    if "%" in host:  # with a scope, which only a look-up understands
        return None
    for each in families:
        try:
            socket.inet_pton(each, host)
        except OSError:
            continue
        address: Any = (host, port)
        if socket.has_ipv6 and each == socket.AF_INET6:
            address = (host, port, flow, scope)
        return each, kind, _PROTOCOLS[base], "", address
    return None


def resolve(
    loop: AbstractEventLoop,
    address: Any,
    *,
    family: int = 0,
    kind: int = socket.SOCK_STREAM,
    proto: int = 0,
    flags: int = 0,
) -> list[AddressInfo]:
    """Return the addresses of a host and port; wait for the look-up if there is one."""
    host, port = address[:2]
    found = numeric(host, port, family, kind, proto, *address[2:])
    if found is not None:
        return [found]
    how = {"family": family, "type": kind, "proto": proto, "flags": flags}
    return awaited(loop.getaddrinfo, host, port, **how)


def interleave(infos: Sequence[AddressInfo], first: int = 1) -> list[AddressInfo]:
    """Alternate the families of addresses, after some of the first family."""
    families: dict[int, list[AddressInfo]] = {}
    for info in infos:
        families.setdefault(info[0], []).append(info)
    groups = list(families.values())
    head: list[AddressInfo] = []
    if first > 1:
        head, groups[0] = groups[0][: first - 1], groups[0][first - 1 :]
    rounds = itertools.zip_longest(*groups)
    return head + [each for one in rounds for each in one if each is not None]
