"""Several hosts and addresses: which is tried next, and when the attempts end."""

from __future__ import annotations

import re
import socket
import time
from typing import Any

import pytest

import pgtwin
from pgtwin import errors as e, pq
from pgtwin.conninfo import conninfo_to_dict
from tests.support.counting_server import CountingServer
from tests.support.resolved_names import resolving

# Far more than any of these tests needs, far less than libpq's own patience.
DEADLINE = 60


async def test_unknown_name() -> None:
    started = time.monotonic()
    with pytest.raises(e.OperationalError, match=r"no-such-host\.invalid"):
        await pgtwin.AsyncConnection.connect(
            "host=no-such-host.invalid", connect_timeout=10
        )
    assert time.monotonic() - started < DEADLINE


async def test_host_name_is_looked_up(tcp_dsn: str) -> None:
    if conninfo_to_dict(tcp_dsn)["host"] != "127.0.0.1":
        pytest.skip("the server is not on this machine")
    async with pgtwin.AsyncConnection.connect(
        tcp_dsn, host="localhost", connect_timeout=60
    ) as conn:
        assert conn.info.host == "localhost"
        assert conn.info.hostaddr == "127.0.0.1"


async def test_second_host_answers(
    tcp_dsn: str, closed_port: int, silent_port: int
) -> None:
    good = conninfo_to_dict(tcp_dsn)
    # It may stand still, and has as little time as the silent one: it is asked often.
    hosts = ["127.0.0.1", "127.0.0.1", *[str(good["host"])] * 30]
    ports = [closed_port, silent_port, *[good.get("port") or 5432] * 30]
    started = time.monotonic()
    async with pgtwin.AsyncConnection.connect(
        tcp_dsn,
        host=",".join(hosts),
        port=",".join(map(str, ports)),
        connect_timeout=2,
    ) as conn:
        assert time.monotonic() - started < DEADLINE
        assert conn.info.port == int(good.get("port") or 5432)
        cur = await conn.execute("SELECT 1")
        assert await cur.fetchone() == (1,)


async def test_addresses_in_random_order(monkeypatch: pytest.MonkeyPatch) -> None:
    if pq.version() < 160000:
        pytest.skip("libpq has no load_balance_hosts")
    asked = resolving(monkeypatch, *[f"127.0.0.{last}" for last in range(1, 9)])
    orders = set()
    for _ in range(12):
        with pytest.raises(e.OperationalError) as caught:
            await pgtwin.AsyncConnection.connect(
                "host=many.test port=1 load_balance_hosts=random"
            )
        orders.add(
            tuple(re.findall(r"many\.test \((127\.0\.0\.\d)\)", str(caught.value)))
        )
    assert len(orders) > 1
    assert {len(set(order)) for order in orders} == {8}
    # A list in the environment, and a name without the parameter: in their order.
    monkeypatch.setenv("PGLOADBALANCEHOSTS", "random")
    firsts = set()
    for _ in range(40):
        with pytest.raises(e.OperationalError) as caught:
            await pgtwin.AsyncConnection.connect("host=127.0.0.1,127.0.0.2 port=1")
        firsts.add(re.findall(r"- (127\.0\.0\.\d)", str(caught.value))[0])
    assert firsts == {"127.0.0.1", "127.0.0.2"}
    monkeypatch.setenv("PGLOADBALANCEHOSTS", "disable")
    with pytest.raises(e.OperationalError) as caught:
        await pgtwin.AsyncConnection.connect("host=many.test port=1")
    found = re.findall(r"\((127\.0\.0\.\d)\)", str(caught.value))
    assert found == [f"127.0.0.{last}" for last in range(1, 9)]
    assert len(asked) == 13


async def test_second_address_answers(
    network: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    params: dict[str, Any] = conninfo_to_dict(network.conninfo)
    resolving(monkeypatch, "127.0.0.2", "127.0.0.1")
    # It may stand still, and has as little time as the silent one: it is asked often.
    params["host"] = ",".join(["many.test"] * 10)
    with socket.create_server(("127.0.0.2", int(params["port"]))):
        async with pgtwin.AsyncConnection.connect(**params, connect_timeout=2) as conn:
            assert conn.info.host == "many.test"
            assert conn.info.hostaddr == "127.0.0.1"


async def test_no_host_answers(closed_port: int, silent_port: int) -> None:
    with pytest.raises(e.OperationalError) as caught:
        await pgtwin.AsyncConnection.connect(
            host="127.0.0.1,127.0.0.1",
            port=f"{closed_port},{silent_port}",
            connect_timeout=2,
        )
    message = str(caught.value)
    assert str(closed_port) in message
    assert str(silent_port) in message


async def test_hosts_and_ports_differ_in_number() -> None:
    with pytest.raises(e.OperationalError, match="2 ports"):
        await pgtwin.AsyncConnection.connect(host="a,b,c", port="1,2")


def lost_hosts(dsn: str, counter: CountingServer) -> dict[str, Any]:
    """Return the parameters of a server, and of one after it that counts."""
    params: dict[str, Any] = conninfo_to_dict(dsn)
    port = params.get("port") or 5432
    params["host"] = f"{params['host']},127.0.0.1"
    params["port"] = f"{port},{counter.port}"
    return params


async def test_wrong_password_ends_the_attempts(
    login_dsn: str, counter: CountingServer
) -> None:
    params = lost_hosts(login_dsn, counter)
    params["password"] = "battery staple"
    for attrs in ("any", "prefer-standby"):
        with pytest.raises(e.InvalidPassword) as caught:
            await pgtwin.AsyncConnection.connect(**params, target_session_attrs=attrs)
        assert caught.value.sqlstate == "28P01"
        assert str(caught.value).count("password authentication failed") == 1
    assert counter.count() == 0


async def test_no_password_ends_the_attempts(
    login_dsn: str, counter: CountingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSFILE", "/dev/null/nowhere")
    params = lost_hosts(login_dsn, counter)
    del params["password"]
    with pytest.raises(e.OperationalError, match="no password supplied"):
        await pgtwin.AsyncConnection.connect(**params)
    assert counter.count() == 0


async def test_wrong_password_after_a_lost_host(
    login_dsn: str, closed_port: int
) -> None:
    params: dict[str, Any] = conninfo_to_dict(login_dsn)
    port = params.get("port") or 5432
    params["host"] = f"127.0.0.1,{params['host']}"
    params["port"] = f"{closed_port},{port}"
    params["password"] = "battery staple"
    with pytest.raises(e.InvalidPassword, match="all 2 attempts") as caught:
        await pgtwin.AsyncConnection.connect(**params)
    assert caught.value.sqlstate == caught.value.diag.sqlstate == "28P01"


async def test_next_host_when_attributes_differ(
    dsn: str, counter: CountingServer
) -> None:
    params = lost_hosts(dsn, counter)
    with pytest.raises(e.ConnectionTimeout, match="hot standby"):
        await pgtwin.AsyncConnection.connect(
            **params, target_session_attrs="standby", connect_timeout=2
        )
    assert counter.count() == 1


async def test_next_host_when_one_cannot_be_looked_up(tcp_dsn: str) -> None:
    good: dict[str, Any] = conninfo_to_dict(tcp_dsn)
    good["host"] = f"no-such-host.invalid,{good['host']}"
    async with pgtwin.AsyncConnection.connect(**good, connect_timeout=60):
        pass
