"""The programs of the specification that exist in the sync form only.

`tests/aio/test_spec.py` has the others, in both forms.
"""

from __future__ import annotations

import logging
import selectors
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from typing_extensions import assert_type

import pgtwin
from pgtwin.conninfo import conninfo_to_dict
from pgtwin.rows import dict_row, scalar_row


@pytest.fixture
def conninfo(dsn: str, in_environment: str) -> str:
    """The conninfo of the page, if the server has that database and that user."""
    params = conninfo_to_dict(dsn)
    if (params.get("dbname"), params.get("user")) == ("test", "postgres"):
        return "dbname=test user=postgres"
    return in_environment


@pytest.fixture
def psql(dsn: str) -> Iterator[pgtwin.Connection[pgtwin.rows.TupleRow]]:
    """Another session, as one has in a terminal."""
    with pgtwin.connect(dsn, autocommit=True) as conn:
        yield conn


def test_contexts(conninfo: str, psql: pgtwin.Connection[pgtwin.rows.TupleRow]) -> None:
    psql.execute("CREATE TABLE test (id serial PRIMARY KEY, num int, data text)")
    try:
        with pgtwin.connect(conninfo) as conn:
            with conn.cursor() as cur:
                cur.execute("INSERT INTO test (num) VALUES (%s)", (100,))
            # the cursor is closed upon leaving the context
            assert cur.closed
        # the transaction is committed, the connection closed
        assert conn.closed
        assert psql.execute("SELECT num FROM test").fetchall() == [(100,)]
    finally:
        psql.execute("DROP TABLE test")


@pytest.mark.usefixtures("in_environment")
def test_notifications(
    psql: pgtwin.Connection[pgtwin.rows.TupleRow], capsys: pytest.CaptureFixture[str]
) -> None:
    conn = pgtwin.connect("", autocommit=True)
    conn.cursor().execute("LISTEN mychan")
    for payload in ("hello", "hey", "stop"):
        psql.execute(f"notify mychan, '{payload}'")
    gen = conn.notifies()
    for notify in gen:
        print(notify)
        if notify.payload == "stop":
            gen.close()
    print("there, I stopped")
    conn.close()
    pid = psql.info.backend_pid
    assert capsys.readouterr().out == (
        f"Notify(channel='mychan', payload='hello', pid={pid})\n"
        f"Notify(channel='mychan', payload='hey', pid={pid})\n"
        f"Notify(channel='mychan', payload='stop', pid={pid})\n"
        "there, I stopped\n"
    )


def test_notify_handler(
    dsn: str,
    psql: pgtwin.Connection[pgtwin.rows.TupleRow],
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pgtwin.connect(dsn, autocommit=True) as conn:
        conn.cursor().execute("LISTEN mychan")

        conn.add_notify_handler(lambda n: print(f"got this: {n}"))

        # meanwhile in psql...
        psql.execute("notify mychan, 'hey'")

        print(conn.cursor().execute("SELECT 1").fetchone())

    pid = psql.info.backend_pid
    assert capsys.readouterr().out == (
        f"got this: Notify(channel='mychan', payload='hey', pid={pid})\n(1,)\n"
    )


def test_detecting_disconnections(
    dsn: str,
    psql: pgtwin.Connection[pgtwin.rows.TupleRow],
    caplog: pytest.LogCaptureFixture,
) -> None:
    logger = logging.getLogger("pgtwin.test")
    exits: list[object] = []
    watching = threading.Event()
    conn = pgtwin.connect(dsn, autocommit=True)
    pid = conn.info.backend_pid

    def watch() -> None:
        with selectors.DefaultSelector() as sel:
            sel.register(conn, selectors.EVENT_READ)
            watching.set()
            while True:
                if not sel.select(timeout=60.0):
                    continue  # No FD activity detected in one minute

                # Activity detected. Is the connection still ok?
                try:
                    conn.execute("SELECT 1")
                except pgtwin.OperationalError:
                    # You were disconnected: do something useful such as panicking
                    logger.error("we lost our database!")
                    sys.exit(1)

    def run() -> None:
        try:
            watch()
        except SystemExit as stop:
            exits.append(stop.code)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert watching.wait(60)
    psql.execute("SELECT pg_terminate_backend(%s)", (pid,))
    thread.join(60)
    assert exits == [1]
    assert caplog.messages == ["we lost our database!"]
    assert conn.closed
    assert conn.broken
    conn.close()


def test_types_of_connect(dsn: str) -> None:
    with pgtwin.connect(dsn) as conn:
        assert_type(conn, pgtwin.Connection[pgtwin.rows.TupleRow])
    with pgtwin.connect(dsn, row_factory=dict_row) as rows:
        assert_type(rows, pgtwin.Connection[pgtwin.rows.DictRow])
        assert rows.execute("SELECT 1 AS id").fetchone() == {"id": 1}
    with pgtwin.connect(dsn, row_factory=scalar_row) as scalars:
        assert_type(scalars, pgtwin.Connection[Any])
        assert scalars.execute("SELECT 1").fetchone() == 1
