"""What to try, in which order, to reach a server.

Law: nothing is looked up and nothing is opened here; names stay names until the
caller has asked for their addresses.
"""

from __future__ import annotations

import ipaddress
import math
import os
import random
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TypeAlias

from psycopg import pq
from psycopg.errors import OperationalError, ProgrammingError

Parameters: TypeAlias = dict[str, str | int | None]

# Where libpq looks for the parameters of which somebody asks here.
VARIABLES = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
    "load_balance_hosts": "PGLOADBALANCEHOSTS",
}
DEFAULT_TIMEOUT = 130
SHORTEST_TIMEOUT = 2


def setting(params: Mapping[str, str | int | None], name: str) -> str:
    """Return a parameter, or what the environment or libpq has for it.

    Where a service is named, only libpq knows what its file says: the result is
    empty then.
    """
    value = params.get(name)
    if value is not None and value != "":
        return str(value)
    if params.get("service"):
        return ""
    if "PGSERVICE" in os.environ:
        return _default(name)
    found = os.environ.get(VARIABLES[name])
    return _built_in(name) if found is None else found


def _default(name: str) -> str:
    keyword = name.encode()
    for option in pq.Conninfo.get_defaults():
        if option.keyword == keyword:
            return (option.val or b"").decode()
    return ""


# What libpq has where the environment says nothing, which never changes.
_built_in = lru_cache(maxsize=None)(_default)


def timeout_of(params: Mapping[str, str | int | None]) -> float:
    """Return the seconds that one attempt may take, as libpq reads `connect_timeout`.

    Zero and less mean 130 s; less than two seconds means two. Unlike libpq takes
    fractions. Raises `ProgrammingError` when it is no number.
    """
    text = setting(params, "connect_timeout")
    try:
        seconds = float(text) if text else 0.0
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds):
        raise ProgrammingError(
            f"connect_timeout must be a number of seconds, not {text!r}"
        )
    return max(seconds, SHORTEST_TIMEOUT) if seconds > 0 else DEFAULT_TIMEOUT


def split(params: Parameters) -> list[Parameters]:
    """Return one set of parameters for each of the hosts that are named.

    Raises `OperationalError` when hosts, addresses and ports do not match.
    """
    names = ("host", "hostaddr", "port")
    hosts, addresses, ports = (_parts(setting(params, name)) for name in names)
    number = max(len(hosts), len(addresses), 1)
    if hosts and addresses and len(hosts) != len(addresses):
        raise OperationalError(
            f"cannot connect: {len(hosts)} hosts but {len(addresses)} addresses "
            "in hostaddr"
        )
    if len(ports) not in (0, 1, number):
        raise OperationalError(
            f"cannot connect: {len(ports)} ports for {number} hosts: give one port, "
            "or one for each host"
        )
    if number == 1:
        return [params]
    attempts = []
    for i in range(number):
        attempt = dict(params)
        for name, values in zip(names, (hosts, addresses, ports), strict=True):
            if values:
                attempt[name] = values[i] if len(values) > 1 else values[0]
        attempts.append(attempt)
    if setting(params, "load_balance_hosts") == "random":
        random.shuffle(attempts)
    return attempts


def rounds(params: Parameters) -> list[Parameters]:
    """Return the parameters of each pass over the hosts.

    There are two passes when a standby is preferred: one that accepts a standby
    only, one that accepts every server.
    """
    if setting(params, "target_session_attrs") != "prefer-standby":
        return [params]
    return [
        {**params, "target_session_attrs": "standby"},
        {**params, "target_session_attrs": "any"},
    ]


def name_to_look_up(params: Parameters) -> str | None:
    """Return the host name whose addresses must be asked for, if there is one."""
    host = setting(params, "host")
    if not host or host.startswith(("/", "@")) or setting(params, "hostaddr"):
        return None
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    return None


def describe(params: Parameters) -> str:
    """Return where an attempt goes to, in words for a message."""
    host = setting(params, "host")
    address = setting(params, "hostaddr")
    where = host or address or "the default host"
    if host and address and host != address:
        where = f"{host} ({address})"
    port = setting(params, "port")
    return f"{where}, port {port}" if port else where


def failure(errors: Iterable[tuple[str, Exception]]) -> str:
    """Return one message for several failed attempts."""
    lines = [f"- {where}: {error}" for where, error in errors]
    return f"cannot connect: all {len(lines)} attempts failed\n" + "\n".join(lines)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")] if text else []
