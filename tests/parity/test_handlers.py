"""Handlers that call back into their connection are told so, in both twins alike."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import pgtwin
from pgtwin import errors as e

BUSY = r"busy with a (notify|notice) handler, begun by the same caller"
NOTIFY = "SELECT pg_notify('mychan', 'hello')"
NOTICE = "DO $$BEGIN RAISE NOTICE 'hello'; END$$"
SPOKEN = pytest.mark.parametrize("spoken", [NOTIFY, NOTICE], ids=["notify", "notice"])


def handle(conn: Any, call: Callable[[], object]) -> list[BaseException]:
    """Call back whenever the server speaks; return what that has raised."""
    raised: list[BaseException] = []

    def handler(_said: object) -> None:
        try:
            call()
        except e.InterfaceError as error:
            raised.append(error)

    conn.add_notify_handler(handler)
    conn.add_notice_handler(handler)
    return raised


def check(raised: list[BaseException]) -> None:
    assert len(raised) == 1
    with pytest.raises(e.InterfaceError, match=BUSY):
        raise raised[0]


@SPOKEN
@pytest.mark.parametrize("timeout", [None, 60])
def test_errors_of_handlers_in_sync_form(
    dsn: str, spoken: Any, timeout: float | None
) -> None:
    with pgtwin.Connection.connect(dsn, autocommit=True) as conn:
        conn.execute("LISTEN mychan")
        raised = handle(conn, lambda: conn.execute("SELECT 1"))
        conn.execute(spoken, timeout=timeout)
        check(raised)
        assert conn.execute("SELECT 2").fetchone() == (2,)


@SPOKEN
@pytest.mark.parametrize("timeout", [None, 60])
async def test_async(dsn: str, spoken: Any, timeout: float | None) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
        await conn.execute("LISTEN mychan")
        # A handler is no coroutine, but it can begin one.
        raised = handle(conn, lambda: conn.execute("SELECT 1").send(None))
        await conn.execute(spoken, timeout=timeout)
        check(raised)
        cur = await conn.execute("SELECT 2")
        assert await cur.fetchone() == (2,)


def test_parameters_that_execute(dsn: str) -> None:
    with pgtwin.Connection.connect(dsn) as conn:

        def parameters() -> Iterator[tuple[int]]:
            yield (1,)
            conn.execute("SELECT 1")

        with pytest.raises(e.InterfaceError, match=r"busy with executemany\(\)"):
            conn.cursor().executemany("SELECT %s", parameters())
        conn.rollback()
        assert conn.execute("SELECT 2").fetchone() == (2,)


async def test_notify_handlers_are_told_at_once_in_an_event_loop(dsn: str) -> None:
    """An event loop reads between operations; without one nobody does."""
    asynchronous: asyncio.Queue[pgtwin.Notify] = asyncio.Queue()
    synchronous: list[pgtwin.Notify] = []
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
        with pgtwin.Connection.connect(dsn, autocommit=True) as twin:
            await conn.execute("LISTEN mychan")
            twin.execute("LISTEN mychan")
            conn.add_notify_handler(asynchronous.put_nowait)
            twin.add_notify_handler(synchronous.append)
            async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as other:
                for payload in ("first", "second"):
                    await other.execute("SELECT pg_notify('mychan', %s)", [payload])
                    told = await asyncio.wait_for(asynchronous.get(), 60)
                    assert told.payload == payload
            assert synchronous == []
            twin.execute("SELECT 1")
            assert [told.payload for told in synchronous] == ["first", "second"]
        conn.remove_notify_handler(asynchronous.put_nowait)
        await asyncio.sleep(0)
        assert not [task for task in asyncio.all_tasks() if "wait_lost" in repr(task)]
