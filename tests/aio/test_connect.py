"""Opening and closing connections, and what goes wrong on the way."""

from __future__ import annotations

import asyncio
import gc
import re
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import pgtwin
from pgtwin import errors as e, pq
from pgtwin.conninfo import conninfo_to_dict, make_conninfo
from pgtwin.core import attempts
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
    opening = asyncio.create_task(pgtwin.AsyncConnection.connect(dsn))
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


@pytest.mark.parametrize("by_service", [False, True])
@pytest.mark.parametrize("name", attempts.VARIABLES)
def test_settings_of_the_environment(
    name: str, by_service: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = tmp_path / "services.conf"
    service.write_text(f"[pgtwin]\n{name}=7\n")
    monkeypatch.setenv("PGSERVICEFILE", str(service))
    if by_service:
        monkeypatch.setenv("PGSERVICE", "pgtwin")
    for value in (None, "", "9", None):
        if value is None:
            monkeypatch.delenv(attempts.VARIABLES[name], raising=False)
        else:
            monkeypatch.setenv(attempts.VARIABLES[name], value)
        (expected,) = (
            (option.val or b"").decode()
            for option in pq.Conninfo.get_defaults()
            if option.keyword == name.encode()
        )
        assert attempts.setting({}, name) == expected
        assert attempts.setting({name: "8"}, name) == "8"


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
