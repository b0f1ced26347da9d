"""What the tests of both twins share: a server, and addresses that fail.

Law: nothing here belongs to one of the twins; it is imported by both suites.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from embedded_server import LOGIN_ROLE, running_server

PASSWORD = "correct horse"


@pytest.fixture(scope="session")
def dsn() -> Iterator[str]:
    """Conninfo of a database in which tests may do everything."""
    with running_server() as conninfo:
        yield conninfo


@pytest.fixture(scope="session")
def tcp_dsn(dsn: str) -> str:
    """Conninfo of the same database by TCP."""
    host = conninfo_to_dict(dsn).get("host")
    if host is None or str(host).startswith("/"):
        dsn = make_conninfo(dsn, host="127.0.0.1")
    try:
        psycopg.connect(dsn, connect_timeout=5).close()
    except psycopg.OperationalError as error:
        pytest.skip(f"the server does not listen on TCP: {error}")
    return dsn


@pytest.fixture(scope="session")
def login_dsn(dsn: str) -> Iterator[str]:
    """Conninfo of a role that needs a password, and has it in the conninfo."""
    with psycopg.connect(dsn, autocommit=True) as admin:
        if admin.execute(
            "SELECT 1 FROM pg_roles WHERE rolname = %s", [LOGIN_ROLE]
        ).fetchone():
            admin.execute(f"DROP ROLE {LOGIN_ROLE}")
        admin.execute(f"CREATE ROLE {LOGIN_ROLE} LOGIN PASSWORD '{PASSWORD}'")
        try:
            conninfo = make_conninfo(dsn, user=LOGIN_ROLE, password=PASSWORD)
            try:
                psycopg.connect(make_conninfo(conninfo, password="wrong")).close()
            except psycopg.OperationalError:
                yield conninfo
            else:
                pytest.skip("the server accepts every password")
        finally:
            admin.execute(f"DROP ROLE {LOGIN_ROLE}")


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port of 127.0.0.1 where connections are accepted and nobody ever answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def closed_port() -> int:
    """A port of 127.0.0.1 where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@pytest.fixture
def in_environment(dsn: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make the server the default one; the conninfo that is left to give is empty."""
    names = {
        "host": "PGHOST",
        "hostaddr": "PGHOSTADDR",
        "port": "PGPORT",
        "dbname": "PGDATABASE",
        "user": "PGUSER",
        "password": "PGPASSWORD",
    }
    for name, value in conninfo_to_dict(dsn).items():
        if name in names and value is not None:
            monkeypatch.setenv(names[name], str(value))
    return ""
