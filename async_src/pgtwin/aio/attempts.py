"""Opens an exchange with the first of several servers that accepts it.

Law: every attempt ends within its own `connect_timeout`, name look-up included.
"""

from __future__ import annotations

import asyncio
import math
import random
import socket
from collections.abc import Mapping
from functools import partial

from psycopg import errors as e
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from pgtwin.aio.daemon_thread import call_in_thread
from pgtwin.aio.exchange import Exchange
from pgtwin.core import attempts
from pgtwin.core.deadlines import ConnectTimeout, Deadline
from pgtwin.core.refusal import is_final, restated


async def open_exchange(
    conninfo: str, given: attempts.Parameters, whole: float | None = None
) -> Exchange:
    """Connect as a connection string and parameters say, trying host after host.

    All attempts together may take `whole` seconds, if that is not `None`. Raises
    `ProgrammingError` when they make no sense, `ConnectTimeout` or `OperationalError`
    when no server has accepted us; with several attempts the message has one line for
    each, and class and SQLSTATE are those of the last one. A failed authentication is
    the last one, whatever hosts are left.
    """
    params = conninfo_to_dict(conninfo, **given)
    known = attempts.settings(params)
    patience = attempts.timeout_of(known)
    limit = Deadline(math.inf if whole is None else whole)
    failed: list[tuple[str, e.Error]] = []
    for place in attempts.places(known):
        if failed and not limit.left():
            break
        deadline = Deadline(min(patience, limit.left()))
        try:
            addresses = await look_up({**known, **place}, deadline.seconds)
        except e.OperationalError as error:
            failed.append((attempts.describe({**known, **place}), error))
            continue
        for address in addresses:
            chosen = {**place, **address}
            # To parse a string is a good part of what connecting costs.
            as_given = not given and not chosen
            text = conninfo if as_given else make_conninfo("", **{**params, **chosen})
            try:
                exchange = await Exchange.connect(text, deadline.left())
            except e.OperationalError as error:
                failed.append((attempts.describe({**known, **chosen}), error))
                if is_final(error):
                    raise _failure(failed) from None
            else:
                exchange.walsender = attempts.is_replication(known)
                return exchange
            if not limit.left():
                break
            deadline = Deadline(min(patience, limit.left()))
    raise _failure(failed) from None


async def look_up(known: Mapping[str, str], timeout: float) -> list[dict[str, str]]:
    """Return the addresses of a host, each as the parameter that says it.

    Where there is no name to look up, no parameter is said, once. Raises
    `ConnectionTimeout` after `timeout` seconds, `OperationalError` when the name is
    unknown.
    """
    host = attempts.name_to_look_up(known)
    if host is None:
        return [{}]
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
    if attempts.is_random(known):
        random.shuffle(addresses)
    return [{"hostaddr": address} for address in addresses]


def _failure(failed: list[tuple[str, e.Error]]) -> e.Error:
    """Return the last error of attempts that have failed, with the texts of all."""
    where, last = failed[-1]
    if len(failed) > 1:
        text = attempts.failure(failed)
    elif isinstance(last, e.ConnectionTimeout):
        text = f"cannot connect to {where}: {last}"
    else:
        text = f"cannot connect: {last}"
    return restated(last, text)
