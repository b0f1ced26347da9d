"""Connections that open and close, and what goes wrong on the way."""

from __future__ import annotations

import asyncio
import gc
import pickle
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

import pgtwin
from pgtwin import errors as e, pq
from pgtwin.conninfo import conninfo_to_dict, make_conninfo
from pgtwin.core.connecting import connection_errors, hosts
from pgtwin.core.connecting.failed_pgconn import finished
from pgtwin.core.connecting.libpq_library import find_library
from pgtwin.rows import dict_row

# Far more than any of these tests needs, far less than libpq's own patience.
DEADLINE = 60


async def test_connect(dsn: str) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn)
    try:
        assert not conn.closed
        assert not conn.broken
        cur = await conn.execute("SELECT 1")
        assert await cur.fetchone() == (1,)
    finally:
        await conn.close()
    assert conn.closed
    assert not conn.broken


async def test_connect_as_block(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        assert isinstance(conn, pgtwin.AsyncConnection)
        cur = await conn.execute("SELECT 1")
        assert await cur.fetchone() == (1,)
    assert conn.closed


async def test_connect_then_block(dsn: str) -> None:
    async with await pgtwin.AsyncConnection.connect(dsn) as conn:
        assert not conn.closed
    assert conn.closed
    conn = await pgtwin.AsyncConnection.connect(dsn)
    async with conn:
        assert not conn.closed
    assert conn.closed


async def test_connect_in_a_task(dsn: str) -> None:
    opening: asyncio.Task[pgtwin.AsyncConnection[Any]] = asyncio.create_task(
        pgtwin.AsyncConnection.connect(dsn)
    )
    async with await opening as conn:
        cur = await conn.execute("SELECT 1")
        assert await cur.fetchone() == (1,)


async def test_subclass(dsn: str) -> None:
    class Mine(pgtwin.AsyncConnection[Any]):
        pass

    async with Mine.connect(dsn) as conn:
        assert type(conn) is Mine


async def test_close_twice(dsn: str) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn)
    await conn.close()
    await conn.close()
    assert conn.closed
    assert not conn.broken


async def test_keywords(dsn: str) -> None:
    params: dict[str, Any] = conninfo_to_dict(dsn)
    async with pgtwin.AsyncConnection.connect(
        **params,
        application_name="from keywords",
        autocommit=True,
        prepare_threshold=None,
        row_factory=dict_row,
    ) as conn:
        assert conn.autocommit is True
        assert conn.prepare_threshold is None
        cur = await conn.execute("SELECT current_setting('application_name') AS name")
        assert await cur.fetchone() == {"name": "from keywords"}


async def test_keyword_wins_over_conninfo(dsn: str) -> None:
    conninfo = make_conninfo(dsn, application_name="from conninfo")
    async with pgtwin.AsyncConnection.connect(
        conninfo, application_name="from keyword"
    ) as conn:
        assert conn.info.parameter_status("application_name") == "from keyword"


async def test_cursor_factory(dsn: str) -> None:
    class Mine(pgtwin.AsyncCursor[Any]):
        pass

    async with pgtwin.AsyncConnection.connect(dsn, cursor_factory=Mine) as conn:
        assert type(conn.cursor()) is Mine
        assert type(await conn.execute("SELECT 1")) is Mine


async def test_server_cursor_factory(dsn: str) -> None:
    class Mine(pgtwin.AsyncServerCursor[Any]):
        pass

    async with pgtwin.AsyncConnection.connect(dsn, server_cursor_factory=Mine) as conn:
        cur = conn.cursor("mine")
        assert type(cur) is Mine
        await cur.close()


async def test_prepared_max(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, prepared_max=None) as conn:
        assert conn.prepared_max is None
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        assert conn.prepared_max == 100


async def test_context(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as first:
        text_loader = first.adapters.get_loader(25, pgtwin.pq.Format.TEXT)
        assert text_loader is not None
        first.adapters.register_loader("int4", text_loader)
        async with pgtwin.AsyncConnection.connect(dsn, context=first) as conn:
            cur = await conn.execute("SELECT 1")
            assert await cur.fetchone() == ("1",)


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


async def test_ssl_is_passed_on(tcp_dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(tcp_dsn, sslmode="disable") as conn:
        assert not conn.pgconn.ssl_in_use
    with pytest.raises(e.OperationalError, match=r"root\.crt|SSL"):
        await pgtwin.AsyncConnection.connect(
            tcp_dsn, sslmode="verify-ca", sslrootcert="/nowhere/root.crt"
        )


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


@pytest.mark.parametrize(
    "conninfo", ["nonsense", "host", "colour=blue", "port=1 port", "dbname='open"]
)
async def test_bad_conninfo(conninfo: str) -> None:
    with pytest.raises(e.ProgrammingError):
        await pgtwin.AsyncConnection.connect(conninfo)


async def test_bad_keyword(dsn: str) -> None:
    with pytest.raises(e.ProgrammingError, match="colour"):
        await pgtwin.AsyncConnection.connect(dsn, colour="blue")


@pytest.mark.parametrize("timeout", ["soon", "nan", "inf"])
async def test_bad_connect_timeout(dsn: str, timeout: str) -> None:
    with pytest.raises(e.ProgrammingError, match="connect_timeout"):
        await pgtwin.AsyncConnection.connect(dsn, connect_timeout=timeout)


async def test_connect_timeout_with_a_fraction(dsn: str, silent_port: int) -> None:
    fraction: Any = 60.5  # psycopg takes it, though its types do not say so
    async with await pgtwin.AsyncConnection.connect(dsn, connect_timeout=fraction):
        pass
    started = time.monotonic()
    # What is left for the server's answer is less when the machine stands still.
    with pytest.raises(e.ConnectionTimeout, match=r"in (2\.[0-5]|[0-2]|[01]\.\d) s"):
        await pgtwin.AsyncConnection.connect(
            f"host=127.0.0.1 port={silent_port}", connect_timeout="2.5"
        )
    assert 2.4 < time.monotonic() - started < DEADLINE


async def test_no_server(closed_port: int) -> None:
    started = time.monotonic()
    with pytest.raises(e.OperationalError, match=f"{closed_port}"):
        await pgtwin.AsyncConnection.connect(f"host=127.0.0.1 port={closed_port}")
    assert time.monotonic() - started < DEADLINE


async def test_no_socket(tmp_path: Any) -> None:
    with pytest.raises(e.OperationalError, match=re.escape(str(tmp_path))):
        await pgtwin.AsyncConnection.connect(host=str(tmp_path))


async def test_as_block_without_server(closed_port: int) -> None:
    with pytest.raises(e.OperationalError):
        async with pgtwin.AsyncConnection.connect(f"host=127.0.0.1 port={closed_port}"):
            pytest.fail("entered a connection with no server")


async def test_no_database(dsn: str) -> None:
    with pytest.raises(e.OperationalError, match="no_such_database"):
        await pgtwin.AsyncConnection.connect(dsn, dbname="no_such_database")


async def test_no_answer(silent_port: int) -> None:
    started = time.monotonic()
    with pytest.raises(
        e.ConnectionTimeout, match=rf"{silent_port}.*in ([0-2]|[01]\.\d) s"
    ):
        await pgtwin.AsyncConnection.connect(
            f"host=127.0.0.1 port={silent_port}", connect_timeout=2
        )
    assert 1.5 < time.monotonic() - started < DEADLINE


async def test_unknown_name() -> None:
    started = time.monotonic()
    with pytest.raises(e.OperationalError, match=r"no-such-host\.invalid"):
        await pgtwin.AsyncConnection.connect(
            "host=no-such-host.invalid", connect_timeout=10
        )
    assert time.monotonic() - started < DEADLINE


async def test_look_up_has_a_deadline(
    tcp_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No resolver is slow when a test needs it: this one is.
    resolve = socket.getaddrinfo

    over = threading.Event()

    def slow(*args: Any, **kwargs: Any) -> Any:
        over.wait(120)
        return resolve(*args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    started = time.monotonic()
    with pytest.raises(e.ConnectionTimeout, match="localhost"):
        await pgtwin.AsyncConnection.connect(
            tcp_dsn, host="localhost", connect_timeout=2
        )
    assert time.monotonic() - started < DEADLINE
    over.set()


RUN_AND_END = """
import asyncio, socket, sys, threading, time
import pgtwin

asked = threading.Event()

def never(*args, **kwargs):
    asked.set()
    time.sleep(600)

socket.getaddrinfo = never

async def main():
    connect = pgtwin.{cls}.connect("host=never.test", connect_timeout=2)
    try:
        await connect
    except pgtwin.OperationalError as error:
        print(type(error).__name__, asked.is_set())

def blocking():
    try:
        pgtwin.{cls}.connect("host=never.test", connect_timeout=2)
    except pgtwin.OperationalError as error:
        print(type(error).__name__, asked.is_set())

asyncio.run(main()) if pgtwin.{cls} is pgtwin.AsyncConnection else blocking()
"""


def test_nobody_waits_for_a_look_up_that_was_given_up() -> None:
    program = RUN_AND_END.format(cls=pgtwin.AsyncConnection.__name__)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=300
    )
    assert done.stdout.split() == ["ConnectTimeout", "True"], done.stderr


# twingen: async-only
async def test_look_up_of_a_task_that_is_cancelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, over = threading.Event(), threading.Event()

    def slow(*args: Any, **kwargs: Any) -> Any:
        asked.set()
        over.wait(120)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    opening = asyncio.create_task(pgtwin.AsyncConnection.connect("host=slow.test"))
    while not asked.is_set():
        await asyncio.sleep(0.01)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    over.set()


async def test_name(tcp_dsn: str) -> None:
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


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Have the name `many.test` stand for addresses; return the names looked up."""
    resolve, asked = socket.getaddrinfo, []

    def find(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host != "many.test":
            return resolve(host, *args, **kwargs)
        asked.append(host)
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, (address, 0)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", find)
    return asked


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


@pytest.fixture
def counter() -> Iterator[Counter]:
    """A server that counts who connects, and never answers."""
    with Counter() as counter:
        yield counter


class Counter:
    """A listening socket, and how often somebody has connected to it."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("0.0.0.0", 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Counter:
        return self

    def __exit__(self, *args: object) -> None:
        self._listener.close()

    def count(self) -> int:
        self._listener.setblocking(False)
        number = 0
        while True:
            try:
                self._listener.accept()[0].close()
            except BlockingIOError:
                return number
            number += 1


@pytest.mark.parametrize("by_name", [False, True])
async def test_no_next_address_when_the_time_is_over(
    by_name: bool, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = ["127.0.0.1", "127.0.0.2", "127.0.0.3"]
    resolving(monkeypatch, *addresses)
    host = "many.test" if by_name else ",".join(addresses)
    with pytest.raises(e.ConnectionTimeout) as caught:
        await pgtwin.AsyncConnection.connect(host=host, port=counter.port, timeout=0.2)
    assert counter.count() == 1
    assert "attempts failed" not in str(caught.value)


@pytest.mark.parametrize("by_name", [False, True])
async def test_next_address_in_its_own_time(
    by_name: bool, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = ["127.0.0.1", "127.0.0.2"]
    resolving(monkeypatch, *addresses)
    host = "many.test" if by_name else ",".join(addresses)
    with pytest.raises(e.ConnectionTimeout, match="all 2 attempts failed") as caught:
        await pgtwin.AsyncConnection.connect(
            host=host, port=counter.port, connect_timeout=2, timeout=600
        )
    assert counter.count() == 2
    assert len(re.findall(r"no answer from the server in", str(caught.value))) == 2


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


async def test_whole_time_is_shared_by_hosts_and_names(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving(monkeypatch, "127.0.0.1", "127.0.0.2")
    with pytest.raises(e.ConnectionTimeout):
        await pgtwin.AsyncConnection.connect(
            host="many.test,many.test",
            port=counter.port,
            timeout=0.2,
            target_session_attrs="prefer-standby",
        )
    assert counter.count() == 1


async def test_negative_connect_timeout(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, connect_timeout=-1, timeout=60):
        pass


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


async def test_password(login_dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(login_dsn) as conn:
        assert conn.info.password == "correct horse"


async def test_wrong_password(login_dsn: str) -> None:
    with pytest.raises(e.OperationalError) as caught:
        await pgtwin.AsyncConnection.connect(login_dsn, password="battery staple")
    message = str(caught.value)
    assert "password authentication failed" in message
    assert "battery staple" not in message


def lost_hosts(dsn: str, counter: Counter) -> dict[str, Any]:
    """Return the parameters of a server, and of one after it that counts."""
    params: dict[str, Any] = conninfo_to_dict(dsn)
    port = params.get("port") or 5432
    params["host"] = f"{params['host']},127.0.0.1"
    params["port"] = f"{port},{counter.port}"
    return params


async def test_wrong_password_ends_the_attempts(
    login_dsn: str, counter: Counter
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
    login_dsn: str, counter: Counter, monkeypatch: pytest.MonkeyPatch
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


async def test_next_host_when_attributes_differ(dsn: str, counter: Counter) -> None:
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


@pytest.mark.parametrize(
    ("params", "state", "cls"),
    [
        ({"dbname": "no_such_database"}, "3D000", e.InvalidCatalogName),
        ({"user": "no_such_role"}, "28000", e.InvalidAuthorizationSpecification),
        ({"options": "-c no_such=1"}, "42704", e.UndefinedObject),
        ({"options": "-c work_mem=soon"}, "22023", e.InvalidParameterValue),
    ],
)
async def test_state_of_a_refusal(
    tcp_dsn: str, params: dict[str, Any], state: str, cls: type[e.Error]
) -> None:
    with pytest.raises(psycopg.OperationalError) as theirs:
        psycopg.connect(tcp_dsn, **params).close()
    expected = str(theirs.value).splitlines()[-1]
    with pytest.raises(e.OperationalError) as caught:
        await pgtwin.AsyncConnection.connect(tcp_dsn, **params)
    refused = caught.value
    assert isinstance(refused, cls)
    assert refused.sqlstate == refused.diag.sqlstate == state
    # The text is libpq's own, as psycopg has it too.
    assert str(refused).partition("FATAL:")[2] == expected.partition("FATAL:")[2]
    assert "LOCATION" not in str(refused)
    assert refused.pgconn is not None
    assert b"LOCATION" not in refused.pgconn.error_message
    again = pickle.loads(pickle.dumps(refused))
    assert isinstance(again, cls)
    assert isinstance(again, e.OperationalError)
    assert (str(again), again.sqlstate) == (str(refused), state)


async def test_refusal_where_libpq_cannot_be_asked(
    tcp_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> object:
        raise OSError("no library")

    monkeypatch.setattr("ctypes.PyDLL", fail)
    find_library.cache_clear()
    connection_errors._set_verbosity.cache_clear()
    try:
        with pytest.raises(e.OperationalError, match='"no_such_database"') as caught:
            await pgtwin.AsyncConnection.connect(tcp_dsn, dbname="no_such_database")
    finally:
        find_library.cache_clear()
        connection_errors._set_verbosity.cache_clear()
    assert caught.value.sqlstate is None


async def test_state_of_a_full_database(tcp_dsn: str, login_dsn: str) -> None:
    name = "pgtwin_full"
    async with pgtwin.AsyncConnection.connect(tcp_dsn, autocommit=True) as conn:
        await conn.execute(f"CREATE DATABASE {name} CONNECTION LIMIT 0")
        try:
            with pytest.raises(e.TooManyConnections) as caught:
                await pgtwin.AsyncConnection.connect(login_dsn, dbname=name)
            assert caught.value.sqlstate == "53300"
        finally:
            await conn.execute(f"DROP DATABASE {name}")


@pytest.mark.parametrize(
    ("text", "final"),
    [
        ("a failed: Connection refused", False),
        ("a failed: server closed the connection unexpectedly", False),
        ("a failed: server is not in hot standby mode", False),
        ("a failed: FATAL:  57P03: the database system is starting up", False),
        ("a failed: FATAL:  28P01: password authentication failed", True),
        ("a failed: FATAL:  53300: too many clients", True),
        ("a failed: FATAL:  55000: not accepting connections", True),
    ],
)
def test_what_is_final(text: str, final: bool) -> None:
    pgconn = pq.PGconn.connect_start(b"sslmode=pgtwin")
    error = e.OperationalError("", pgconn=finished(pgconn))
    error.sqlstate = connection_errors.plain(text)[1]
    assert connection_errors.is_final(error) is final


async def test_errors_of_statements_are_not_verbose(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        conn.pgconn.exec_(b"SELECT nothing")
        assert b"42703" not in conn.pgconn.error_message
        assert b"LOCATION" not in conn.pgconn.error_message


@pytest.mark.parametrize(
    ("verbose", "expected"),
    [
        ("could not connect: no route\n\tis it up?", None),
        ("a failed: FATAL:  57P03: starting up\nLOCATION:  Main, post.c:12", "57P03"),
        (
            """a failed: FATAL:  28000: no entry
LOCATION:  Auth, auth.c:5
a failed: FATAL:  28P01: no
DETAIL:  ERROR: x
HINT:  see a:5
LOCATION:  Auth, auth.c:6""",
            "28P01",
        ),
        ("FATAL:  08P01: said a pooler\nDETAIL:  host:5432", "08P01"),
    ],
)
def test_verbose_text(verbose: str, expected: str | None) -> None:
    text, state = connection_errors.plain(verbose)
    assert state == expected
    kept = [line for line in verbose.splitlines() if not line.startswith("LOCATION")]
    codes = re.compile("(28000|28P01|57P03|08P01): ")
    assert text == codes.sub("", "\n".join(kept))


async def test_no_password(login_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSFILE", "/dev/null/nowhere")
    params: dict[str, Any] = conninfo_to_dict(login_dsn)
    del params["password"]
    with pytest.raises(e.OperationalError, match="no password supplied"):
        await pgtwin.AsyncConnection.connect(**params)


async def test_failed_connect_leaves_no_descriptor(closed_port: int) -> None:
    async def lowest_free() -> int:
        with socket.socket() as probe:
            return probe.fileno()

    with pytest.raises(e.OperationalError):
        await pgtwin.AsyncConnection.connect(f"host=127.0.0.1 port={closed_port}")
    before = await lowest_free()
    for _ in range(5):
        with pytest.raises(e.OperationalError):
            await pgtwin.AsyncConnection.connect(f"host=127.0.0.1 port={closed_port}")
    gc.collect()
    assert await lowest_free() == before


async def test_close_leaves_no_descriptor(dsn: str) -> None:
    async def lowest_free() -> int:
        with socket.socket() as probe:
            return probe.fileno()

    async with pgtwin.AsyncConnection.connect(dsn):
        pass
    before = await lowest_free()
    for _ in range(5):
        async with pgtwin.AsyncConnection.connect(dsn) as conn:
            await conn.execute("SELECT 1")
    assert await lowest_free() == before


async def test_info(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        params = conninfo_to_dict(dsn)
        info = conn.info
        assert info.vendor == "PostgreSQL"
        assert info.server_version >= 100000
        assert info.dbname == params.get("dbname", info.dbname)
        assert info.user == params.get("user", info.user)
        assert info.encoding == "utf-8"
        assert info.status == pgtwin.pq.ConnStatus.OK
        assert info.transaction_status.name == "IDLE"
        cur = await conn.execute("SELECT pg_backend_pid()")
        assert await cur.fetchone() == (info.backend_pid,)
        assert info.transaction_status.name == "INTRANS"
        assert conn.fileno() >= 0


async def test_info_has_no_password(login_dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(login_dsn) as conn:
        assert "correct horse" not in conn.info.dsn
        assert "password" not in conn.info.get_parameters()
        assert "correct horse" not in repr(conn)


async def test_repr(dsn: str) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn)
    assert f"pgtwin.{pgtwin.AsyncConnection.__name__} [IDLE]" in repr(conn)
    assert f"database={conn.info.dbname}" in repr(conn)
    cur = await conn.execute("SELECT 1")
    assert "[INTRANS]" in repr(conn)
    assert "TUPLES_OK" in repr(cur)
    await cur.close()
    assert "closed" in repr(cur)
    await conn.close()
    assert "[CLOSED]" in repr(conn)


async def test_forgotten_connection_warns(dsn: str) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn)
    with pytest.warns(ResourceWarning, match="forgotten"):
        del conn


async def test_closed_connection(dsn: str) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn)
    cur = conn.cursor()
    await conn.close()
    with pytest.raises(e.OperationalError, match="closed"):
        await conn.execute("SELECT 1")
    with pytest.raises(e.OperationalError, match="closed"):
        await cur.execute("SELECT 1")
    with pytest.raises(e.OperationalError, match="closed"):
        conn.cursor()
    with pytest.raises(e.OperationalError, match="closed"):
        await conn.commit()
    with pytest.raises(e.OperationalError, match="closed"):
        await conn.rollback()
    with pytest.raises(e.OperationalError, match="closed"):
        conn.fileno()
    with pytest.raises(e.OperationalError, match="closed"):
        async with conn.transaction():
            pytest.fail("entered a transaction on a closed connection")
    with pytest.raises(e.OperationalError, match="closed"):
        async for _ in conn.notifies(timeout=1):
            pytest.fail("notified by a closed connection")
    assert not conn.broken


async def test_fetch_after_connection_closed(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        cur = await conn.execute("SELECT generate_series(1, 3)")
    assert await cur.fetchall() == [(1,), (2,), (3,)]


async def test_exceptions_are_attributes() -> None:
    for name in (
        "Warning",
        "Error",
        "InterfaceError",
        "DatabaseError",
        "DataError",
        "OperationalError",
        "IntegrityError",
        "InternalError",
        "ProgrammingError",
        "NotSupportedError",
    ):
        assert getattr(pgtwin.AsyncConnection, name) is getattr(pgtwin, name)
        assert getattr(pgtwin, name) is getattr(e, name)
