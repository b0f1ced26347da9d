"""The time that a connection attempt may take, look-ups of names included."""

from __future__ import annotations

import asyncio
import re
import socket
import subprocess
import sys
import threading
import time
from typing import Any

import pytest

import pgtwin
from pgtwin import errors as e
from tests.support.counting_server import CountingServer
from tests.support.resolved_names import resolving

# Far more than any of these tests needs, far less than libpq's own patience.
DEADLINE = 60


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


async def test_no_answer(silent_port: int) -> None:
    started = time.monotonic()
    with pytest.raises(
        e.ConnectionTimeout, match=rf"{silent_port}.*in ([0-2]|[01]\.\d) s"
    ):
        await pgtwin.AsyncConnection.connect(
            f"host=127.0.0.1 port={silent_port}", connect_timeout=2
        )
    assert 1.5 < time.monotonic() - started < DEADLINE


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


@pytest.mark.parametrize("by_name", [False, True])
async def test_no_next_address_when_the_time_is_over(
    by_name: bool, counter: CountingServer, monkeypatch: pytest.MonkeyPatch
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
    by_name: bool, counter: CountingServer, monkeypatch: pytest.MonkeyPatch
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


async def test_whole_time_is_shared_by_hosts_and_names(
    counter: CountingServer, monkeypatch: pytest.MonkeyPatch
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
