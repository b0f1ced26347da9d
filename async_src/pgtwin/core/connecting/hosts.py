"""Decides which servers to try, and in which order.

Nothing is looked up and no connection is opened here. Names stay names until the caller
has looked up their addresses. libpq itself is asked about the parameters that it knows.
Connection strings are kept without secrets.
"""

from __future__ import annotations

import ipaddress
import math
import os
import random
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias, TypeVar

from psycopg import pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import OperationalError, ProgrammingError

Parameters: TypeAlias = dict[str, str | int | None]
Environment: TypeAlias = tuple[object, ...]
Key = TypeVar("Key")

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
    *("PGLOADBALANCEHOSTS", "PGSERVICE"),
)
# As the environment itself has them, in bytes or in capitals.
_KEYS: tuple[object, ...] = tuple(map(getattr(os.environ, "encodekey", str), VARIABLES))
# Parameters that are no secret, in part or as a whole.
PLAIN = frozenset(
    (
        *NAMES,
        *("application_name", "client_encoding", "dbname", "gssencmode", "keepalives"),
        *("options", "sslcert", "sslkey", "sslmode", "sslrootcert", "user"),
    )
)
# Connection strings of which is kept what libpq makes of them; as many with a secret.
KEPT = 64
DEFAULT_TIMEOUT = 130
SHORTEST_TIMEOUT = 2

# libpq finds all values, of its service file and the environment too, before it finds
# that there is no such mode. With a password it reads no file for one.
NOWHERE = {"sslmode": "pgtwin", "password": "unused"}


class Target(NamedTuple):
    """One server to try."""

    chosen: dict[str, str]  # the parameters that differ from what was given
    known: dict[str, str]  # what libpq makes of all
    name: str | None  # whose addresses must be asked for


class Route(NamedTuple):
    """The hosts of a connection string, and how long to try each."""

    targets: tuple[Target, ...]
    patience: float  # seconds for each attempt
    random: bool  # whether hosts, and the addresses of a host, are shuffled
    standby_first: bool
    walsender: bool

    def order(self) -> Iterable[Target]:
        """Return what to try, in order.

        If a standby is preferred, there are two passes: one that accepts a standby
        only, one that accepts every server.
        """
        found: Sequence[Target] = self.targets
        if self.random:
            found = random.sample(found, len(found))
        if not self.standby_first:
            return found
        return [
            target._replace(
                chosen={**target.chosen, "target_session_attrs": accepted},
                known={**target.known, "target_session_attrs": accepted},
            )
            for accepted in ("standby", "any")
            for target in found
        ]


_routes: dict[tuple[str, Environment], Route] = {}
# Those of strings that may hold a secret, by digests of them.
_secret_routes: dict[tuple[bytes, Environment], Route] = {}
_SALT = os.urandom(16)


def as_text(conninfo: str, given: Parameters) -> str:
    """Return one connection string for another one and parameters that override it.

    Raises `ProgrammingError` if it is not a connection string.
    """
    if not given:
        return conninfo
    # To parse a string is a good part of what connecting costs.
    params = conninfo_to_dict(conninfo, **given) if conninfo else given
    return _joined(
        {name: str(value) for name, value in params.items() if value is not None}
    )


def find_route(text: str) -> Route:
    """Return what a connection string says, with what libpq finds elsewhere.

    Raises `ProgrammingError` and `OperationalError` as `settings()`, `timeout_of()`
    and `hosts()` do.
    """
    environment = _environment()
    route = _routes.get((text, environment))
    if route is None and _secret_routes:
        route = _secret_routes.get((_digest(text), environment))
    if route is None:
        params = conninfo_to_dict(text)
        known = settings(params)
        route = _make_route(known)
        if _needs_service(params):
            return route
        if params.keys() <= PLAIN:
            _keep(_routes, text, environment, route)
        else:
            _keep(_secret_routes, _digest(text), environment, route)
    return route


def _keep(
    routes: dict[tuple[Key, Environment], Route],
    key: Key,
    environment: Environment,
    route: Route,
) -> None:
    if len(routes) >= KEPT:
        routes.clear()
    routes[key, environment] = route


def _digest(text: str) -> bytes:
    # Imported for those who need it: it takes a while.
    from hashlib import sha256

    return sha256(_SALT + text.encode()).digest()


def _make_route(known: dict[str, str]) -> Route:
    patience = timeout_of(known)
    targets = []
    for chosen in hosts(known):
        here = {**known, **chosen}
        targets.append(Target(chosen, here, name_to_look_up(here)))
    return Route(
        tuple(targets),
        patience,
        known["load_balance_hosts"] == "random",
        known["target_session_attrs"] == "prefer-standby",
        is_replication(known),
    )


def changed(text: str, chosen: Mapping[str, str]) -> str:
    """Return a connection string with other values of some parameters."""
    return _joined({**conninfo_to_dict(text), **chosen}) if chosen else text


def _joined(params: Mapping[str, object]) -> str:
    return " ".join(f"{name}={_quoted(str(value))}" for name, value in params.items())


def _environment() -> Environment:
    """Return the values of `VARIABLES`, and `None` for those that are not set."""
    # For a name that is not set os.environ raises and catches two errors, which takes
    # longer than all else here. The dict in it has no promise to stay.
    found = getattr(os.environ, "_data", None)
    if type(found) is dict:
        return tuple(map(found.get, _KEYS))
    return tuple(map(os.environ.get, VARIABLES))


def _needs_service(params: Mapping[str, object]) -> bool:
    return "service" in params or "PGSERVICE" in os.environ


def settings(params: Mapping[str, str | int | None]) -> dict[str, str]:
    """Return what libpq makes of parameters: the values of `NAMES`.

    libpq itself is asked, so that service files and the environment count as it
    documents; nothing is looked up and nothing is opened. Raises `ProgrammingError` for
    a parameter that libpq does not know, `OperationalError` for such a service.
    """
    given = {name: str(value) for name, value in params.items() if value is not None}
    if _needs_service(given):
        return _ask_libpq(given)
    # Without a service what is found depends on nothing but these parameters, the
    # environment, and whether libpq knows the names of the others.
    asked = tuple((name, given[name]) for name in NAMES if name in given)
    return dict(_known_settings(asked, frozenset(given), _environment()))


@lru_cache(maxsize=64)
def _known_settings(
    asked: tuple[tuple[str, str], ...],
    names: frozenset[str],
    variables: Environment,
) -> dict[str, str]:
    return _ask_libpq({**dict.fromkeys(names, ""), **dict(asked)})


def _ask_libpq(given: Mapping[str, str]) -> dict[str, str]:
    pgconn = pq.PGconn.connect_start(_joined({**given, **NOWHERE}).encode())
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


def hosts(known: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the hosts to try: for each the parameters that differ from what was given.

    Raises `OperationalError` when hosts, addresses and ports do not match.
    """
    names = ("host", "hostaddr", "port")
    names_given, addresses, ports = (_parts(known[name]) for name in names)
    number = max(len(names_given), len(addresses), 1)
    if names_given and addresses and len(names_given) != len(addresses):
        raise OperationalError(
            f"cannot connect: {len(names_given)} hosts but {len(addresses)} addresses "
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
            for name, values in zip(names, (names_given, addresses, ports), strict=True)
            if values
        }
        for i in range(number)
    ]


def is_replication(known: Mapping[str, str]) -> bool:
    """Return whether a walsender is requested, which has no extended query protocol."""
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
