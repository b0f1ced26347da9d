"""Connections that are refused: passwords, SQLSTATE, bad settings, no server."""

from __future__ import annotations

import pickle
import re
import time
from typing import Any

import psycopg
import pytest

import pgtwin
from pgtwin import errors as e, pq
from pgtwin.conninfo import conninfo_to_dict
from pgtwin.core.connecting import connection_errors
from pgtwin.core.connecting.failed_pgconn import finished
from pgtwin.core.connecting.libpq_library import find_library

# Far more than any of these tests needs, far less than libpq's own patience.
DEADLINE = 60


@pytest.mark.parametrize(
    "conninfo", ["nonsense", "host", "colour=blue", "port=1 port", "dbname='open"]
)
async def test_bad_conninfo(conninfo: str) -> None:
    with pytest.raises(e.ProgrammingError):
        await pgtwin.AsyncConnection.connect(conninfo)


async def test_bad_keyword(dsn: str) -> None:
    with pytest.raises(e.ProgrammingError, match="colour"):
        await pgtwin.AsyncConnection.connect(dsn, colour="blue")


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


async def test_password(login_dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(login_dsn) as conn:
        assert conn.info.password == "correct horse"


async def test_wrong_password(login_dsn: str) -> None:
    with pytest.raises(e.OperationalError) as caught:
        await pgtwin.AsyncConnection.connect(login_dsn, password="battery staple")
    message = str(caught.value)
    assert "password authentication failed" in message
    assert "battery staple" not in message


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
def test_errors_that_end_the_attempts(text: str, final: bool) -> None:
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
