"""Where to connect to: what is kept of connection strings, and what decides it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from psycopg.conninfo import conninfo_to_dict

from pgtwin import errors as e
from pgtwin.core.connecting import hosts

SECRET = "battery-staple"


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in hosts.VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(hosts, "_routes", {})
    monkeypatch.setattr(hosts, "_secret_routes", {})


def _hosts(text: str) -> list[str]:
    return [target.known["host"] for target in hosts.find_route(text).order()]


def test_environment_counts_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    default = _hosts("user=x")
    for host in ("/a", "/b", "/a,/b"):
        monkeypatch.setenv("PGHOST", host)
        assert _hosts("user=x") == host.split(",")
        assert _hosts("user=x host=/c") == ["/c"]
    monkeypatch.delenv("PGHOST")
    assert _hosts("user=x") == default


def test_another_environment_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    # It has no dict that could be looked at.
    monkeypatch.setenv("PGHOST", "/a")
    assert _hosts("user=x") == ["/a"]
    monkeypatch.setattr(os, "environ", dict(os.environ))
    assert _hosts("user=x") == ["/a"]
    assert hosts._environment()[0] == "/a"


@pytest.mark.parametrize("by_variable", [False, True])
def test_service_file_is_read_each_time(
    by_variable: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "services.conf"
    monkeypatch.setenv("PGSERVICEFILE", str(path))
    text = "user=x"
    assert _hosts(text)
    if by_variable:
        monkeypatch.setenv("PGSERVICE", "mine")
    else:
        text += " service=mine"
    for host in ("/a", "/b"):
        path.write_text(f"[mine]\nhost={host}\n")
        assert _hosts(text) == [host]
    path.unlink()
    with pytest.raises(e.OperationalError, match=r"mine|services"):
        hosts.find_route(text)


@pytest.mark.parametrize(
    "text",
    [
        f"host=/a password={SECRET}",
        f"host=/a sslpassword={SECRET}",
        f"postgresql://x:{SECRET}@/y?host=/a",
    ],
)
def test_no_secret_is_kept(text: str) -> None:
    route = hosts.find_route(text)
    assert SECRET not in repr(hosts._secret_routes)
    assert (len(hosts._routes), len(hosts._secret_routes)) == (0, 1)
    assert hosts.find_route(text) is route
    other = hosts.find_route(text.replace("/a", "/b"))
    assert [target.known["host"] for target in other.targets] == ["/b"]


@pytest.mark.parametrize("rest", ["", f" password={SECRET}"])
def test_few_lists_of_hosts_are_kept(rest: str) -> None:
    for number in range(3 * hosts.KEPT):
        assert _hosts(f"host=/{number}{rest}") == [f"/{number}"]
        assert len(hosts._routes) <= hosts.KEPT
        assert len(hosts._secret_routes) <= hosts.KEPT


def test_errors_are_not_kept() -> None:
    for _ in range(2):
        with pytest.raises(e.ProgrammingError, match="nonsense"):
            hosts.find_route("nonsense=1")
        with pytest.raises(e.ProgrammingError, match="connect_timeout"):
            hosts.find_route("connect_timeout=soon")
        with pytest.raises(e.OperationalError, match="2 hosts but 1 addresses"):
            hosts.find_route("host=a,b hostaddr=127.0.0.1")
    assert not hosts._routes
    assert not hosts._secret_routes


def test_random_order_each_time() -> None:
    names = [f"/{number}" for number in range(30)]
    text = f"host={','.join(names)} load_balance_hosts=random"
    if not hosts.find_route(text).random:
        pytest.skip("libpq has no load_balance_hosts")
    first, second = _hosts(text), _hosts(text)
    assert sorted(first) == sorted(second) == sorted(names)
    assert first != second


def test_standby_first() -> None:
    route = hosts.find_route("host=/a,/b target_session_attrs=prefer-standby")
    assert [
        (target.known["host"], target.chosen["target_session_attrs"])
        for target in route.order()
    ] == [("/a", "standby"), ("/b", "standby"), ("/a", "any"), ("/b", "any")]


@pytest.mark.parametrize("conninfo", ["", "host=a port=1", "postgresql://x@a:1/y"])
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"port": 5, "host": None},
        {"password": r" it's \ 'x' "},
        {"options": "", "user": "\\"},
        {"host": None},
    ],
)
def test_text_of_parameters(conninfo: str, given: dict[str, Any]) -> None:
    expected = conninfo_to_dict(conninfo, **given)
    found = conninfo_to_dict(hosts.as_text(conninfo, given))
    assert found == {name: str(value) for name, value in expected.items()}
    chosen = {"hostaddr": "127.0.0.1", "port": "7"}
    text = hosts.changed(hosts.as_text(conninfo, given), chosen)
    assert conninfo_to_dict(text) == {**found, **chosen}
