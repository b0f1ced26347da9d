"""Settings of a connection from environment variables and service files."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import pgtwin
from pgtwin import errors as e, pq
from pgtwin.conninfo import conninfo_to_dict
from pgtwin.core.connecting import hosts

# Far more than any of these tests needs, far less than libpq's own patience.
DEADLINE = 60


async def test_service(
    dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"{name}={value}" for name, value in conninfo_to_dict(dsn).items()]
    service = tmp_path / "services.conf"
    service.write_text("\n".join(["[pgtwin]", *lines, ""]))
    monkeypatch.setenv("PGSERVICEFILE", str(service))
    async with pgtwin.AsyncConnection.connect(service="pgtwin") as conn:
        assert conn.info.dbname == conninfo_to_dict(dsn)["dbname"]
    with pytest.raises(e.OperationalError, match="other"):
        await pgtwin.AsyncConnection.connect("service=other")


VARIABLES = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
    "load_balance_hosts": "PGLOADBALANCEHOSTS",
}


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Write a service file that libpq looks at; return where it is."""
    for name in (*VARIABLES.values(), "PGSERVICE", "PGSYSCONFDIR"):
        monkeypatch.delenv(name, raising=False)

    def write(**services: dict[str, Any]) -> Path:
        path = tmp_path / "services.conf"
        lines = []
        for service, params in services.items():
            lines += [f"[{service}]", *(f"{k}={v}" for k, v in params.items())]
        path.write_text("\n".join([*lines, ""]))
        monkeypatch.setenv("PGSERVICEFILE", str(path))
        return path

    return write


@pytest.mark.parametrize("by_service", [False, True])
@pytest.mark.parametrize("name", VARIABLES)
def test_settings_of_the_environment(
    name: str,
    by_service: bool,
    services: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    defaults = {
        option.keyword.decode(): (option.val or b"").decode()
        for option in pq.Conninfo.get_defaults()
    }
    if name not in defaults:
        pytest.skip(f"libpq has no {name}")
    services(mine={name: "7"})
    if by_service:
        monkeypatch.setenv("PGSERVICE", "mine")
    assert hosts.settings({})[name] == ("7" if by_service else defaults[name])
    # What was found with one environment is not taken for that of another.
    for value in ("", "9", "", "9"):
        monkeypatch.setenv(VARIABLES[name], value)
        expected = "7" if by_service else value
        assert hosts.settings({})[name] == expected
        assert hosts.settings({name: "8"})[name] == "8"
        assert hosts.settings({name: ""})[name] == ""
        assert hosts.settings({"service": "mine"})[name] == "7"
        given = {"service": "mine", name: r"it's \ 8"}
        assert hosts.settings(given)[name] == r"it's \ 8"


def test_settings_of_other_service_files(
    services: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = services(mine={"host": "a"})
    system = tmp_path / "pg_service.conf"
    system.write_text("[mine]\nhost=b\n[other]\nhost=c\n")
    monkeypatch.setenv("PGSYSCONFDIR", str(tmp_path))
    assert hosts.settings({"service": "mine"})["host"] == "a"
    assert hosts.settings({"service": "other"})["host"] == "c"
    monkeypatch.delenv("PGSERVICEFILE")
    monkeypatch.setenv("HOME", str(tmp_path / "nowhere"))
    assert hosts.settings({"service": "mine"})["host"] == "b"
    home = tmp_path / "home"
    home.mkdir()
    path.rename(home / ".pg_service.conf")
    monkeypatch.setenv("HOME", str(home))
    assert hosts.settings({"service": "mine"})["host"] == "a"
    if b"servicefile" in [option.keyword for option in pq.Conninfo.get_defaults()]:
        given = {"service": "mine", "servicefile": str(system)}
        assert hosts.settings(given)["host"] == "b"
    with pytest.raises(e.OperationalError, match="none"):
        hosts.settings({"service": "none"})


@pytest.mark.parametrize("where", ["service", "PGSERVICE", "URI", "environment"])
async def test_timeout_that_libpq_finds(
    where: str,
    silent_port: int,
    services: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = {"host": "127.0.0.1", "port": silent_port}
    services(mine={**place, "connect_timeout": 2}, plain=place)
    conninfo = "service=mine"
    if where == "PGSERVICE":
        conninfo = ""
        monkeypatch.setenv("PGSERVICE", "mine")
        monkeypatch.setenv("PGCONNECT_TIMEOUT", "600")  # the service goes before
    elif where == "URI":
        conninfo = f"postgresql://127.0.0.1:{silent_port}/?connect_timeout=2"
    elif where == "environment":
        conninfo = "service=plain"
        monkeypatch.setenv("PGCONNECT_TIMEOUT", "2")
    started = time.monotonic()
    with pytest.raises(e.ConnectionTimeout, match=f"{silent_port}"):
        await pgtwin.AsyncConnection.connect(conninfo)
    assert time.monotonic() - started < DEADLINE


@pytest.mark.parametrize("form", ["kwargs", "URI", "PGSERVICE"])
async def test_hosts_of_a_service(
    form: str,
    tcp_dsn: str,
    closed_port: int,
    services: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    good: dict[str, Any] = conninfo_to_dict(tcp_dsn)
    port = good.get("port") or 5432
    hosts = {"host": f"127.0.0.1,{good['host']}", "port": f"{closed_port},{port}"}
    options = {"options": "-c work_mem=5MB", "connect_timeout": 60}
    services(mine={**good, **hosts, **options})
    monkeypatch.setenv("PGHOST", "no-such-host.invalid")
    conninfo = ""
    params: dict[str, Any] = {}
    if form == "kwargs":
        params["service"] = "mine"
    elif form == "URI":
        conninfo = "postgresql:///?service=mine"
    else:
        monkeypatch.setenv("PGSERVICE", "mine")
    async with pgtwin.AsyncConnection.connect(conninfo, **params) as conn:
        assert conn.info.port == int(port)
        assert await (await conn.execute("SHOW work_mem")).fetchone() == ("5MB",)
    with pytest.raises(e.OperationalError, match=f"{closed_port}"):
        await pgtwin.AsyncConnection.connect(
            conninfo, **params, host="127.0.0.1", port=closed_port
        )


async def test_hosts_of_the_environment(
    tcp_dsn: str, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    good: dict[str, Any] = conninfo_to_dict(tcp_dsn)
    address = socket.gethostbyname(good.pop("host"))
    port = good.pop("port", None) or 5432
    monkeypatch.setenv("PGHOST", "first.invalid,second.invalid")
    monkeypatch.setenv("PGHOSTADDR", f"127.0.0.1,{address}")
    monkeypatch.setenv("PGPORT", f"{closed_port},{port}")
    async with pgtwin.AsyncConnection.connect(**good, connect_timeout=60) as conn:
        assert conn.info.host == "second.invalid"
        assert conn.info.hostaddr == address
        assert conn.info.port == int(port)


async def test_empty_host_is_none(
    services: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGHOST", "no-such-host.invalid")
    # As libpq: what is given counts, and empty it means the default host.
    with pytest.raises(e.OperationalError) as caught:
        await pgtwin.AsyncConnection.connect("host='' port=1")
    assert "no-such-host" not in str(caught.value)


async def test_environment(in_environment: str) -> None:
    async with pgtwin.AsyncConnection.connect(in_environment) as conn:
        cur = await conn.execute("SELECT 1")
        assert await cur.fetchone() == (1,)
