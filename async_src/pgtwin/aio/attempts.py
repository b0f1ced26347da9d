"""Opens an exchange with the first of several servers that accepts it.

Law: every attempt ends within its own `connect_timeout`, name look-up included.
"""

from __future__ import annotations

import asyncio
import math
import socket
from functools import partial

from psycopg import errors as e
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from pgtwin.aio.exchange import Exchange
from pgtwin.aio.patience import wait_for
from pgtwin.core import attempts
from pgtwin.core.deadlines import ConnectTimeout, Deadline


async def open_exchange(
    conninfo: str, given: attempts.Parameters, whole: float | None = None
) -> Exchange:
    """Connect as a connection string and parameters say, trying host after host.

    All attempts together may take `whole` seconds, if that is not `None`. Raises
    `ProgrammingError` when they make no sense, `ConnectTimeout` or `OperationalError`
    when no server was reached; with several attempts the message has one line for each.
    """
    params = conninfo_to_dict(conninfo, **given)
    patience = attempts.timeout_of(params)
    limit = Deadline(math.inf if whole is None else whole)
    failed: list[tuple[str, e.Error]] = []
    for round_ in attempts.rounds(params):
        for attempt in attempts.split(round_):
            if failed and not limit.left():
                break
            deadline = Deadline(min(patience, limit.left()))
            try:
                addresses = await look_up(attempt, deadline.seconds)
            except e.OperationalError as error:
                failed.append((attempts.describe(attempt), error))
                continue
            for address in addresses:
                # To parse a string is a good part of what connecting costs.
                as_given = not given and address == params
                text = conninfo if as_given else make_conninfo("", **address)
                try:
                    return await Exchange.connect(text, deadline.left())
                except e.OperationalError as error:
                    failed.append((attempts.describe(address), error))
                if not limit.left():
                    break
                deadline = Deadline(min(patience, limit.left()))
    where, last = failed[-1]
    if len(failed) > 1:
        text = attempts.failure(failed)
    elif isinstance(last, e.ConnectionTimeout):
        text = f"cannot connect to {where}: {last}"
    else:
        text = f"cannot connect: {last}"
    raise type(last)(text, pgconn=last.pgconn) from None


async def look_up(
    params: attempts.Parameters, timeout: float
) -> list[attempts.Parameters]:
    """Return the parameters once for each address of their host.

    Parameters without a host name come back as they are. Raises
    `ConnectionTimeout` after `timeout` seconds, `OperationalError` when the name is
    unknown.
    """
    host = attempts.name_to_look_up(params)
    if host is None:
        return [params]
    ask = partial(
        socket.getaddrinfo,
        host,
        attempts.setting(params, "port") or None,
        type=socket.SOCK_STREAM,
        proto=socket.IPPROTO_TCP,
    )
    try:
        answers = await wait_for(asyncio.to_thread(ask), timeout)
    except asyncio.TimeoutError:
        raise ConnectTimeout(
            f"no answer to the look-up of host {host!r} in {round(timeout, 1):g} s"
        ) from None
    except (OSError, UnicodeError) as error:
        raise e.OperationalError(f"cannot look up host {host!r}: {error}") from None
    addresses = dict.fromkeys(str(answer[4][0]) for answer in answers)
    return [{**params, "hostaddr": address} for address in addresses]
