"""Connects to the first of several servers that accepts the connection.

Each attempt ends within its own `connect_timeout`, which includes the lookup of names.
"""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from psycopg import errors as e

from pgtwin.aio.libpq.connect import connect_one
from pgtwin.aio.waiting.blocking_call import call_in_thread
from pgtwin.core.connecting import hosts
from pgtwin.core.connecting.connection_errors import is_final, restated
from pgtwin.core.deadlines import ConnectTimeout, Deadline

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn


async def connect(
    conninfo: str, given: hosts.Parameters, whole: float | None = None
) -> tuple[PGconn, bool]:
    """Connect with a connection string and parameters; try one host after the other.

    Returns the libpq connection, and whether the server is a walsender. All attempts
    together may take `whole` seconds; `None` sets no limit. Raises `ProgrammingError`
    if the parameters are wrong, and `ConnectTimeout` or `OperationalError` if no server
    has accepted the connection. After several attempts, the message has a line for
    each, and the class and SQLSTATE are those of the last one. After a failed
    authentication, the remaining hosts are not tried.
    """
    text = hosts.as_text(conninfo, given)
    route = hosts.find_route(text)
    limit = None if whole is None else Deadline(whole)
    failed: list[tuple[str, e.Error]] = []
    for target in route.order():
        if failed and limit is not None and not limit.left():
            break
        deadline = _deadline(route.patience, limit)
        addresses: Sequence[dict[str, str]] = ({},)
        if target.name is not None:
            try:
                addresses = await look_up(target.name, deadline.seconds, route.random)
            except e.OperationalError as error:
                failed.append((hosts.describe(target.known), error))
                continue
        for address in addresses:
            chosen = {**target.chosen, **address}
            try:
                pgconn = await connect_one(hosts.changed(text, chosen), deadline.left())
            except e.OperationalError as error:
                failed.append((hosts.describe({**target.known, **address}), error))
                if is_final(error):
                    raise _failure(failed) from None
            else:
                return pgconn, route.walsender
            if limit is not None and not limit.left():
                break
            deadline = _deadline(route.patience, limit)
    raise _failure(failed) from None


async def look_up(host: str, timeout: float, shuffled: bool) -> list[dict[str, str]]:
    """Return the addresses of a host, each as a parameter of the connection.

    Raises `ConnectionTimeout` after `timeout` seconds, and `OperationalError` if the
    name is unknown.
    """
    ask = partial(
        socket.getaddrinfo,
        host,
        None,
        type=socket.SOCK_STREAM,
        proto=socket.IPPROTO_TCP,
    )
    try:
        answers = await call_in_thread(timeout, ask)
    except asyncio.TimeoutError:
        raise ConnectTimeout(
            f"no answer to the look-up of host {host!r} in {round(timeout, 1):g} s"
        ) from None
    except (OSError, UnicodeError) as error:
        raise e.OperationalError(f"cannot look up host {host!r}: {error}") from None
    addresses = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
    if shuffled:
        random.shuffle(addresses)
    return [{"hostaddr": address} for address in addresses]


def _deadline(patience: float, limit: Deadline | None) -> Deadline:
    return Deadline(patience if limit is None else min(patience, limit.left()))


def _failure(failed: list[tuple[str, e.Error]]) -> e.Error:
    """Return the last error of attempts that have failed, with the texts of all."""
    where, last = failed[-1]
    if len(failed) > 1:
        text = hosts.failure(failed)
    elif isinstance(last, e.ConnectionTimeout):
        text = f"cannot connect to {where}: {last}"
    else:
        text = f"cannot connect: {last}"
    return restated(last, text)
