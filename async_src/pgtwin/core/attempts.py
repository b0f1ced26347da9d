"""What to try, in which order, to reach a server.

Law: nothing is looked up and nothing is opened here; names stay names until the
caller has asked for their addresses. What libpq knows of a parameter is asked of libpq.
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
from psycopg.conninfo import make_conninfo
from psycopg.errors import OperationalError, ProgrammingError

Parameters: TypeAlias = dict[str, str | int | None]

# The parameters that are looked at here, before libpq has them.
NAMES = (
    "host",
    "hostaddr",
    "port",
    "connect_timeout",
    "target_session_attrs",
    "load_balance_hosts",
    "replication",
)
# Where libpq looks for what is not given: for one of these, or of its database.
VARIABLES = (
    *("PGHOST", "PGHOSTADDR", "PGPORT", "PGCONNECT_TIMEOUT", "PGTARGETSESSIONATTRS"),
    *("PGLOADBALANCEHOSTS",),
)
DEFAULT_TIMEOUT = 130
SHORTEST_TIMEOUT = 2

# libpq finds all values, of its service file and the environment too, before it finds
# that there is no such mode. With a password it reads no file for one.
NOWHERE = {"sslmode": "pgtwin", "password": "unused"}


def settings(params: Mapping[str, str | int | None]) -> dict[str, str]:
    """Return what libpq makes of parameters: the values of `NAMES`.

    libpq itself is asked, so that service files and the environment count as it
    documents; nothing is looked up and nothing is opened. Raises `ProgrammingError` for
    a parameter that libpq does not know, `OperationalError` for such a service.
    """
    given = {name: str(value) for name, value in params.items() if value is not None}
    if "service" in given or "PGSERVICE" in os.environ:
        return _ask_libpq(given)
    # Without a service what is found depends on nothing but these parameters, the
    # environment, and whether libpq knows the names of the others.
    asked = tuple((name, given[name]) for name in NAMES if name in given)
    variables = tuple(map(os.environ.get, VARIABLES))
    return dict(_known_settings(asked, frozenset(given), variables))


@lru_cache(maxsize=64)
def _known_settings(
    asked: tuple[tuple[str, str], ...],
    names: frozenset[str],
    variables: tuple[str | None, ...],
) -> dict[str, str]:
    return _ask_libpq({**dict.fromkeys(names, ""), **dict(asked)})


def _ask_libpq(given: Mapping[str, str]) -> dict[str, str]:
    text = " ".join(
        f"{name}={_quoted(value)}" for name, value in {**given, **NOWHERE}.items()
    )
    pgconn = pq.PGconn.connect_start(text.encode())
    try:
        found = {option.keyword.decode(): option.val for option in pgconn.info}
        if found["port"] is None:  # which libpq has a default for
            message = pgconn.get_error_message().strip()
            make_conninfo("", **given)  # which tells what is no parameter at all
            raise OperationalError(f"cannot connect: {message}")
    finally:
        pgconn.finish()
    return {name: (found.get(name) or b"").decode(errors="replace") for name in NAMES}


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", r"\\").replace("'", r"\'") + "'"


def timeout_of(known: Mapping[str, str]) -> float:
    """Return the seconds that one attempt may take, as libpq reads `connect_timeout`.

    Zero and less mean 130 s; less than two seconds means two. Unlike libpq takes
    fractions. Raises `ProgrammingError` when it is no number.
    """
    text = known["connect_timeout"]
    try:
        seconds = float(text) if text else 0.0
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds):
        raise ProgrammingError(
            f"connect_timeout must be a number of seconds, not {text!r}"
        )
    return max(seconds, SHORTEST_TIMEOUT) if seconds > 0 else DEFAULT_TIMEOUT


def places(known: Mapping[str, str]) -> list[dict[str, str]]:
    """Return what to try, in order: the parameters that differ from what was given.

    There is one set for each host. If a standby is preferred, there are two passes: one
    that accepts a standby only, one that accepts every server. Raises
    `OperationalError` when hosts, addresses and ports do not match.
    """
    found = _hosts(known)
    if is_random(known):
        random.shuffle(found)
    if known["target_session_attrs"] != "prefer-standby":
        return found
    return [
        {**place, "target_session_attrs": accepted}
        for accepted in ("standby", "any")
        for place in found
    ]


def _hosts(known: Mapping[str, str]) -> list[dict[str, str]]:
    names = ("host", "hostaddr", "port")
    hosts, addresses, ports = (_parts(known[name]) for name in names)
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
        return [{}]
    return [
        {
            name: values[i] if len(values) > 1 else values[0]
            for name, values in zip(names, (hosts, addresses, ports), strict=True)
            if values
        }
        for i in range(number)
    ]


def is_random(known: Mapping[str, str]) -> bool:
    """Tell whether hosts, and the addresses of a host, are tried in random order."""
    return known["load_balance_hosts"] == "random"


def is_replication(known: Mapping[str, str]) -> bool:
    """Tell whether a walsender is asked for, which has no extended query protocol."""
    # As the server reads it: a database, or a boolean.
    value = known["replication"].lower()
    return value not in (
        "",
        "0",
        "f",
        "fa",
        "fal",
        "fals",
        "false",
        "n",
        "no",
        "of",
        "off",
    )


def name_to_look_up(known: Mapping[str, str]) -> str | None:
    """Return the host name whose addresses must be asked for, if there is one."""
    host = known["host"]
    if not host or host.startswith(("/", "@")) or known["hostaddr"]:
        return None
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    return None


def describe(known: Mapping[str, str]) -> str:
    """Return where an attempt goes to, in words for a message."""
    host = known["host"]
    address = known["hostaddr"]
    where = host or address or "the default host"
    if host and address and host != address:
        where = f"{host} ({address})"
    port = known["port"]
    return f"{where}, port {port}" if port else where


def failure(errors: Iterable[tuple[str, Exception]]) -> str:
    """Return one message for several failed attempts."""
    lines = [f"- {where}: {error}" for where, error in errors]
    return f"cannot connect: all {len(lines)} attempts failed\n" + "\n".join(lines)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")] if text else []
