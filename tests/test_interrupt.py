"""Ctrl-C during a query of the sync driver."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

import pgtwin
from pgtwin import sql
from pgtwin.pq import PipelineStatus, TransactionStatus


@pytest.fixture(autouse=True)
def interrupts() -> Iterator[None]:
    """Have Ctrl-C heeded also where the tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt_when_sleeping(dsn: str, pid: int) -> None:
    """Press Ctrl-C once the server process is in `pg_sleep()`."""
    deadline = time.monotonic() + 60
    with psycopg.connect(dsn, autocommit=True) as conn:
        while time.monotonic() < deadline:
            event = conn.execute(
                "SELECT wait_event FROM pg_stat_activity WHERE pid = %s", (pid,)
            ).fetchone()
            if event == ("PgSleep",):
                break
            time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGINT)


def test_interrupted_query(dsn: str) -> None:
    with pgtwin.connect(dsn) as conn:
        thread = threading.Thread(
            target=interrupt_when_sleeping, args=(dsn, conn.info.backend_pid)
        )
        thread.start()
        started = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            conn.execute("SELECT pg_sleep(120)")
        thread.join()
        assert time.monotonic() - started < 60
        assert not conn.closed
        assert conn.info.transaction_status == TransactionStatus.INERROR
        assert not conn.lock.locked()
        conn.rollback()
        assert conn.execute("SELECT 1").fetchone() == (1,)


def test_interrupted_stream(dsn: str) -> None:
    with pgtwin.connect(dsn) as conn:
        thread = threading.Thread(
            target=interrupt_when_sleeping, args=(dsn, conn.info.backend_pid)
        )
        found = []
        # The server sends when it has 8 KiB.
        query = (
            "SELECT n, repeat('x', 10000), pg_sleep(n / 3 * 120) "
            "FROM generate_series(1, 5) AS n"
        )
        with pytest.raises(KeyboardInterrupt):
            for number, _, _ in conn.cursor().stream(query):
                found.append(number)
                if number == 1:
                    thread.start()
        thread.join()
        assert found[:1] == [1]
        assert not conn.closed
        assert not conn.lock.locked()
        conn.rollback()
        assert conn.execute("SELECT 1").fetchone() == (1,)


def test_interrupted_notifies(dsn: str) -> None:
    with pgtwin.connect(dsn, autocommit=True) as conn:
        conn.execute("LISTEN mychan")
        timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
        with pytest.raises(KeyboardInterrupt):
            timer.start()
            for _ in conn.notifies(timeout=60):
                pytest.fail("nothing was notified")
        timer.join()
        assert not conn.closed
        conn.execute("NOTIFY mychan, 'after'")
        found = [n.payload for n in conn.notifies(timeout=60, stop_after=1)]
        assert found == ["after"]


@pytest.mark.usefixtures("two_phase")
def test_interrupted_tpc_prepare(dsn: str) -> None:
    name = sql.Identifier(f"interrupted-{os.getpid()}")
    with pgtwin.connect(dsn, autocommit=True) as other, pgtwin.connect(dsn) as conn:
        other.execute(
            sql.SQL(
                "CREATE TABLE {0} (id int); "
                "CREATE FUNCTION {0}() RETURNS trigger LANGUAGE plpgsql AS "
                "'BEGIN PERFORM pg_sleep(120); RETURN NULL; END'; "
                "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON {0} DEFERRABLE "
                "INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {0}()"
            ).format(name)
        )
        try:
            conn.tpc_begin(name.as_string())
            conn.execute(sql.SQL("INSERT INTO {} VALUES (1)").format(name))
            thread = threading.Thread(
                target=interrupt_when_sleeping, args=(dsn, conn.info.backend_pid)
            )
            thread.start()
            with pytest.raises(KeyboardInterrupt):
                conn.tpc_prepare()
            thread.join()
            conn.tpc_rollback()
            found = conn.execute(sql.SQL("SELECT * FROM {}").format(name)).fetchall()
            assert found == []
            conn.rollback()
        finally:
            conn.close()
            other.execute(sql.SQL("DROP TABLE {0}; DROP FUNCTION {0}").format(name))


def many(conn: pgtwin.Connection[Any]) -> None:
    conn.cursor().executemany("SELECT pg_sleep(%s)", [(0,), (120,), (120,)])


def pipeline(conn: pgtwin.Connection[Any]) -> None:
    with conn.pipeline():
        conn.execute("SELECT 1")
        conn.execute("SELECT pg_sleep(120)")
        conn.execute("SELECT 2")


def copy(conn: pgtwin.Connection[Any]) -> None:
    with conn.cursor().copy("COPY (SELECT pg_sleep(120)) TO STDOUT") as rows:
        rows.read()


@pytest.mark.parametrize("work", [many, pipeline, copy])
def test_interrupted_bulk(
    dsn: str, work: Callable[[pgtwin.Connection[Any]], None]
) -> None:
    with pgtwin.connect(dsn) as conn:
        thread = threading.Thread(
            target=interrupt_when_sleeping, args=(dsn, conn.info.backend_pid)
        )
        thread.start()
        started = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            work(conn)
        thread.join()
        assert time.monotonic() - started < 60
        assert not conn.closed
        assert conn.pgconn.pipeline_status == PipelineStatus.OFF
        assert conn.info.transaction_status == TransactionStatus.INERROR
        assert not conn.lock.locked()
        conn.rollback()
        assert conn.execute("SELECT 1").fetchone() == (1,)
