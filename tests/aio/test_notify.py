"""Notifications and notices."""

from __future__ import annotations

import asyncio
import logging
import resource
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

import pgtwin
from pgtwin import Notify, errors as e

pytestmark = pytest.mark.every_loop


@pytest.fixture
async def listener(dsn: str) -> AsyncIterator[pgtwin.AsyncConnection[Any]]:
    """A connection that listens on `mychan`."""
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
        await conn.execute("LISTEN mychan")
        yield conn


async def notify(conn: pgtwin.AsyncConnection[Any], *payloads: str) -> None:
    for payload in payloads:
        await conn.execute("SELECT pg_notify('mychan', %s)", (payload,))


async def notify_later(conn: pgtwin.AsyncConnection[Any], *payloads: str) -> None:
    await asyncio.sleep(0.2)
    await notify(conn, *payloads)


async def test_notify(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    await notify(other, "hello")
    async for notification in listener.notifies(timeout=60, stop_after=1):
        assert notification == Notify("mychan", "hello", other.info.backend_pid)
        assert isinstance(notification, Notify)


async def test_wakes_at_once(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    task = asyncio.create_task(notify_later(other, "a", "b"))
    found = [
        notification.payload
        async for notification in listener.notifies(timeout=60, stop_after=2)
    ]
    await task
    assert found == ["a", "b"]


async def test_timeout(listener: pgtwin.AsyncConnection[Any]) -> None:
    started = time.monotonic()
    found = [n async for n in listener.notifies(timeout=0.3)]
    assert found == []
    assert 0.2 < time.monotonic() - started < 60


async def test_timeout_of_zero(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    assert [n async for n in listener.notifies(timeout=0)] == []
    await notify(other, "a")
    # What the server has sent is there when this answer is.
    await listener.execute("SELECT 1")
    assert [n.payload async for n in listener.notifies(timeout=0)] == ["a"]


async def test_timeout_is_for_all(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    await notify(other, "a", "b", "c")
    await listener.execute("SELECT 1")
    found = [n.payload async for n in listener.notifies(timeout=0.2)]
    assert found == ["a", "b", "c"]


async def test_timeout_is_not_for_each(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    over = asyncio.Event()

    async def notify_often() -> None:
        for _ in range(600):
            await notify(other, "again")
            await asyncio.sleep(0.05)
            if over.is_set():
                break

    task = asyncio.create_task(notify_often())
    # It ends, though something comes all the time.
    found = [n.payload async for n in listener.notifies(timeout=0.5)]
    assert not task.done()
    over.set()
    await task
    assert set(found) <= {"again"}


async def test_stop_after_keeps_the_rest(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    await notify(other, "a", "b", "c")
    found = [n.payload async for n in listener.notifies(timeout=60, stop_after=1)]
    assert found == ["a"]
    found = [n.payload async for n in listener.notifies(timeout=60, stop_after=2)]
    assert found == ["b", "c"]


async def test_close_generator(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    await notify(other, "a", "b", "stop", "c")
    generator = listener.notifies()
    found = []
    async for notification in generator:
        found.append(notification.payload)
        if notification.payload == "stop":
            await generator.aclose()
    assert found == ["a", "b", "stop"]
    cur = await listener.execute("SELECT 1")
    assert await cur.fetchone() == (1,)
    found = [n.payload async for n in listener.notifies(timeout=60, stop_after=1)]
    assert found == ["c"]


async def test_execute_between_notifications(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    await notify(other, "1", "2", "3")
    found = []
    async for notification in listener.notifies(timeout=60, stop_after=3):
        cur = await listener.execute("SELECT %s::int * 10", (notification.payload,))
        found.append(await cur.fetchone())
    assert found == [(10,), (20,), (30,)]


async def test_arrived_during_a_query(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    await notify(other, "a")
    await listener.execute("SELECT 1")
    await notify(other, "b")
    await listener.execute("SELECT 1")
    found = [n.payload async for n in listener.notifies(timeout=60, stop_after=2)]
    assert found == ["a", "b"]


async def test_notify_oneself(listener: pgtwin.AsyncConnection[Any]) -> None:
    await notify(listener, "me")
    async for notification in listener.notifies(timeout=60, stop_after=1):
        assert notification.pid == listener.info.backend_pid


async def test_five_thousand_notifications(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    await other.execute(
        "SELECT pg_notify('mychan', n::text) FROM generate_series(1, 5000) AS n"
    )
    found = [n.payload async for n in listener.notifies(timeout=60, stop_after=5000)]
    assert found == [str(number) for number in range(1, 5001)]


@pytest.mark.parametrize("with_handler", [False, True])
@pytest.mark.parametrize(
    ("encoding", "payload"),
    [
        ("UTF8", "h\xe9 \u20ac \U0001f600"),
        ("LATIN1", "h\xe9"),
        ("WIN1252", "h\xe9 \u20ac"),
        ("EUC_JP", "\u65e5\u672c"),
        ("SQL_ASCII", "h\udcc3\udca9"),
    ],
)
async def test_encodings(
    encoding: str,
    payload: str,
    with_handler: bool,
    listener: pgtwin.AsyncConnection[Any],
    other: pgtwin.AsyncConnection[Any],
) -> None:
    told: list[Notify] = []
    await listener.execute('LISTEN "h\xe9"')
    await listener.execute(f"SET client_encoding TO {encoding}".encode())
    sent = payload.encode("utf-8", "surrogateescape").decode()
    if with_handler:
        listener.add_notify_handler(told.append)
    for channel in ("mychan", "h\xe9", "h\xe9", "mychan"):
        await other.execute("SELECT pg_notify(%s, %s)", (channel, sent))
    await other.commit()
    found = [each async for each in listener.notifies(timeout=60, stop_after=4)]
    name = "h\udcc3\udca9" if encoding == "SQL_ASCII" else "h\xe9"
    if encoding == "EUC_JP":
        name = found[1].channel  # EUC_JP may write it in several ways
    pid = other.info.backend_pid
    assert found == [
        Notify(channel, payload, pid) for channel in ("mychan", name, name, "mychan")
    ]
    assert all(type(each) is Notify for each in found)
    assert told == (found if with_handler else [])


async def test_notifies_is_called_several_times(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    for number in (1, 7, 8, 9, 100, 1000, 3):
        await other.execute(
            "SELECT pg_notify('mychan', i::text) FROM generate_series(1, %s) AS i",
            (number,),
        )
        await other.commit()
        found = [
            each.payload
            async for each in listener.notifies(timeout=60, stop_after=number)
        ]
        assert found == [str(i + 1) for i in range(number)]


async def test_generator_that_wants_none(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    await notify(other, "a")
    assert [each async for each in listener.notifies(stop_after=0)] == []
    assert [each async for each in listener.notifies(stop_after=-1)] == []
    found = [each.payload async for each in listener.notifies(timeout=60, stop_after=1)]
    assert found == ["a"]


async def test_handler(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    found: list[Notify] = []
    listener.add_notify_handler(found.append)
    await notify(other, "a")
    await listener.execute("SELECT 1")
    assert [n.payload for n in found] == ["a"]
    listener.remove_notify_handler(found.append)
    await notify(other, "b")
    await listener.execute("SELECT 1")
    assert [n.payload for n in found] == ["a"]
    with pytest.raises(ValueError, match="not in list"):
        listener.remove_notify_handler(found.append)


async def test_several_handlers(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    first: list[Notify] = []
    second: list[Notify] = []
    listener.add_notify_handler(first.append)
    listener.add_notify_handler(second.append)
    await notify(other, "a")
    await listener.execute("SELECT 1")
    assert first == second
    assert len(first) == 1


async def test_handler_that_fails(
    listener: pgtwin.AsyncConnection[Any],
    other: pgtwin.AsyncConnection[Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(_notification: Notify) -> None:
        raise ValueError("not this one")

    found: list[Notify] = []
    listener.add_notify_handler(refuse)
    listener.add_notify_handler(found.append)
    await notify(other, "a")
    with caplog.at_level(logging.WARNING, logger="pgtwin"):
        cur = await listener.execute("SELECT 1")
    assert await cur.fetchone() == (1,)
    assert len(found) == 1
    assert "not this one" in caplog.text


async def test_handler_and_generator(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    handled: list[Notify] = []
    listener.add_notify_handler(handled.append)
    task = asyncio.create_task(notify_later(other, "a"))
    found = [n async for n in listener.notifies(timeout=60, stop_after=1)]
    await task
    assert found == handled
    assert len(found) == 1


async def until_handled(handled: list[Notify], number: int) -> None:
    """Wait until handlers were called, where an event loop calls them."""
    while len(handled) < number:  # twingen: async-only
        await asyncio.sleep(0.01)


async def test_handler_before_generator(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    handled: list[Notify] = []
    listener.add_notify_handler(handled.append)
    await notify(other, "a", "b")
    await until_handled(handled, 2)
    found = [n async for n in listener.notifies(timeout=60, stop_after=2)]
    assert [n.payload for n in found] == ["a", "b"]
    assert found == handled
    # Once is enough.
    assert [n async for n in listener.notifies(timeout=0)] == []


async def test_handler_and_operation_before_generator(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    handled: list[Notify] = []
    listener.add_notify_handler(handled.append)
    await notify(other, "a")
    await until_handled(handled, 1)
    await listener.execute("SELECT 1")
    assert len(handled) == 1
    await notify(other, "b")
    found = [n.payload async for n in listener.notifies(timeout=60, stop_after=1)]
    assert found == ["b"]
    assert [n.payload for n in handled] == ["a", "b"]


async def test_handler_removed_before_generator(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    handled: list[Notify] = []
    listener.add_notify_handler(handled.append)
    await notify(other, "a")
    await until_handled(handled, 1)
    listener.remove_notify_handler(handled.append)
    await notify(other, "b")
    await listener.execute("SELECT 1")
    found = [n.payload async for n in listener.notifies(timeout=60, stop_after=2)]
    assert found == ["a", "b"]


async def test_handler_before_generator_has_a_limit(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    handled: list[Notify] = []
    listener.add_notify_handler(handled.append)
    query = "SELECT pg_notify('mychan', n::text) FROM generate_series(1, %s) AS n"
    await other.execute(query, (10_005,))
    await until_handled(handled, 10_005)
    found = [n.payload async for n in listener.notifies(timeout=60, stop_after=10_000)]
    assert len(handled) == 10_005
    last = [n.payload for n in handled[-10_000:]]
    assert found == last or found == [n.payload for n in handled[:10_000]]


async def test_unlisten(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    await listener.execute("UNLISTEN mychan")
    await notify(other, "a")
    assert [n async for n in listener.notifies(timeout=0.2)] == []


async def test_lost_while_waiting(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    async def terminate() -> None:
        await asyncio.sleep(0.2)
        await other.execute(
            "SELECT pg_terminate_backend(%s)", (listener.info.backend_pid,)
        )

    task = asyncio.create_task(terminate())
    with pytest.raises(e.OperationalError):
        async for _ in listener.notifies(timeout=60):
            pytest.fail("nothing was notified")
    await task
    assert listener.closed
    assert listener.broken


async def test_closed_while_waiting(listener: pgtwin.AsyncConnection[Any]) -> None:
    async def close() -> None:
        await asyncio.sleep(0.2)
        await listener.close()

    task = asyncio.create_task(close())
    with pytest.raises(e.OperationalError, match="closed"):
        async for _ in listener.notifies(timeout=60):
            pytest.fail("nothing was notified")
    await task
    assert listener.closed
    assert not listener.broken


# twingen: async-only
async def test_cancelled_while_waiting(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    async def wait() -> list[str]:
        return [n.payload async for n in listener.notifies()]

    task = asyncio.create_task(wait())
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await notify(other, "a")
    found = [n.payload async for n in listener.notifies(timeout=60, stop_after=1)]
    assert found == ["a"]


async def test_queries_while_listening(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    async def listen() -> list[str]:
        return [n.payload async for n in listener.notifies(timeout=600, stop_after=3)]

    task = asyncio.create_task(listen())
    await asyncio.sleep(0.1)
    for number in range(100):
        cur = await listener.execute("SELECT %s::int", (number,), timeout=60)
        assert await cur.fetchone() == (number,)
    async with listener.transaction():
        await listener.cursor().executemany("SELECT %s", [(1,), (2,)])
    async for _ in listener.cursor().stream("SELECT generate_series(1, 5)"):
        pass
    await listener.execute("LISTEN another")
    # None of them had to wait for the end of the listening.
    assert not task.done()
    await notify(other, "a", "b")
    await other.execute("NOTIFY another, 'c'")
    assert await task == ["a", "b", "c"]


async def test_copy_while_listening(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    async def listen() -> list[str]:
        return [n.payload async for n in listener.notifies(timeout=60, stop_after=1)]

    task = asyncio.create_task(listen())
    await asyncio.sleep(0.1)
    async with listener.cursor().copy(
        "COPY (SELECT generate_series(1, 1000)) TO STDOUT"
    ) as copy:
        assert await copy.read() == b"1\n"
        await notify(other, "a")
        await asyncio.sleep(0.1)
        assert len([data async for data in copy]) == 999
    assert await task == ["a"]


async def test_notify_oneself_while_listening(
    listener: pgtwin.AsyncConnection[Any],
) -> None:
    found: list[str] = []

    async def listen() -> None:
        async for notification in listener.notifies(timeout=60, stop_after=200):
            found.append(notification.payload)

    task = asyncio.create_task(listen())
    for number in range(200):
        await notify(listener, str(number))
        deadline = time.monotonic() + 60
        # It comes with the answer, after the last result.
        while len(found) <= number:
            assert time.monotonic() < deadline, f"{number} was not heard"
            await asyncio.sleep(0)
    await task
    assert found == [str(number) for number in range(200)]


async def test_several_consumers(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    async def listen(found: list[int]) -> None:
        async for notification in listener.notifies(timeout=60):
            if notification.payload == "stop":
                break
            found.append(int(notification.payload))
            await asyncio.sleep(0)

    each: list[list[int]] = [[], [], []]
    tasks = [asyncio.create_task(listen(found)) for found in each]
    for begin in range(0, 1000, 100):
        await other.execute(
            "SELECT pg_notify('mychan', n::text)"
            " FROM generate_series(%s::int, %s::int) AS n",
            (begin, begin + 99),
        )
        await listener.execute("SELECT 1")
    await notify(other, *["stop"] * len(tasks))
    for task in tasks:
        await task
    for found in each:
        assert found == sorted(found)
    assert sorted(number for found in each for number in found) == list(range(1000))


async def test_broadcast(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    async def listen(found: list[str], broadcast: bool) -> None:
        async for notification in listener.notifies(timeout=60, broadcast=broadcast):
            if notification.payload == "stop":
                break
            found.append(notification.payload)

    await notify(other, "before")
    await listener.execute("SELECT 1")
    each: list[list[str]] = [[], [], [], []]
    tasks = [
        asyncio.create_task(listen(found, broadcast=number < 2))
        for number, found in enumerate(each)
    ]
    session: Any = listener._session
    while len(session.messages.listeners) < len(tasks):
        await asyncio.sleep(0.01)
    sent = [str(number) for number in range(300)]
    for begin in range(0, 300, 100):
        await notify(other, *sent[begin : begin + 100])
        await listener.execute("SELECT 1")
    await notify(other, "stop", "stop")
    for task in tasks:
        await task
    # What was there before goes to one of them, the first that has begun.
    assert sorted(each, key=len)[-1].count("before") <= 1
    assert sum(found.count("before") for found in each) == 1
    first, second, *others = ([n for n in found if n != "before"] for found in each)
    assert first == second == sent
    assert sorted(n for found in others for n in found) == sorted(sent)


async def test_broadcast_leaves_the_rest(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    await notify(other, "a", "b", "c")
    for expected in ("a", "b"):
        found = [
            n.payload
            async for n in listener.notifies(timeout=60, stop_after=1, broadcast=True)
        ]
        assert found == [expected]
    found = [n.payload async for n in listener.notifies(timeout=60, stop_after=1)]
    assert found == ["c"]


async def test_broadcast_has_limits(
    listener: pgtwin.AsyncConnection[Any],
    other: pgtwin.AsyncConnection[Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    listener.notifies_max = 10
    await notify(other, "first")
    all_of_them = listener.notifies(timeout=60, broadcast=True)
    assert (await anext(all_of_them)).payload == "first"
    await other.execute(
        "SELECT pg_notify('mychan', n::text) FROM generate_series(1, 25) AS n"
    )
    await listener.execute("SELECT 1")
    found = [(await anext(all_of_them)).payload for _ in range(10)]
    await all_of_them.aclose()
    assert found == [str(number) for number in range(16, 26)]
    assert caplog.text.count("notifies_max = 10") == 1


async def test_handler_in_any_operation(
    listener: pgtwin.AsyncConnection[Any],
) -> None:
    found: list[str] = []
    listener.add_notify_handler(lambda notification: found.append(notification.payload))
    cur = listener.cursor()
    await notify(listener, "execute")
    assert found == ["execute"]
    query = "SELECT pg_notify('mychan', %s)"
    await cur.executemany(query, [("many",), ("more",)])
    assert found == ["execute", "many", "more"]
    async for _ in cur.stream(query, ("stream",)):
        pass
    assert found[3:] == ["stream"]
    async with listener.pipeline() as pipeline:
        await listener.execute(query, ("pipeline",))
        await pipeline.sync()
        assert found[4:] == ["pipeline"]
    async with cur.copy("COPY (SELECT pg_notify('mychan', 'copy')) TO STDOUT") as copy:
        while await copy.read():
            pass
    assert found[5:] == ["copy"]
    async with listener.transaction():
        await listener.execute(query, ("commit",))
        assert len(found) == 6
    assert found[6:] == ["commit"]


async def test_backlog_has_a_limit(
    listener: pgtwin.AsyncConnection[Any],
    other: pgtwin.AsyncConnection[Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert listener.notifies_max == 1_000_000
    listener.notifies_max = 10
    await other.execute(
        "SELECT pg_notify('mychan', n::text) FROM generate_series(1, 25) AS n"
    )
    await listener.execute("SELECT 1")
    found = [n.payload async for n in listener.notifies(timeout=0)]
    assert found == [str(number) for number in range(16, 26)]
    assert caplog.text.count("notifies_max = 10") == 1


# What a loop that looks ten times a second would have needed is far more.
@pytest.mark.skipif(sys.platform != "linux", reason="counts waits as Linux does")
async def test_idle_costs_nothing(
    listener: pgtwin.AsyncConnection[Any], other: pgtwin.AsyncConnection[Any]
) -> None:
    listener.add_notify_handler(lambda _notification: None)
    await other.execute("SELECT 1")
    before = resource.getrusage(resource.RUSAGE_THREAD)
    assert [n async for n in listener.notifies(timeout=2)] == []
    after = resource.getrusage(resource.RUSAGE_THREAD)
    assert after.ru_nvcsw - before.ru_nvcsw < 8
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.1


async def test_notice_handler(conn: pgtwin.AsyncConnection[Any]) -> None:
    found: list[tuple[str | None, str | None]] = []

    def keep(diagnostic: e.Diagnostic) -> None:
        found.append((diagnostic.severity, diagnostic.message_primary))

    conn.add_notice_handler(keep)
    await conn.execute("DO $$BEGIN RAISE NOTICE 'caf\xe9'; RAISE WARNING 'two'; END$$")
    assert found == [("NOTICE", "caf\xe9"), ("WARNING", "two")]
    conn.remove_notice_handler(keep)
    await conn.execute("DO $$BEGIN RAISE NOTICE 'three'; END$$")
    assert len(found) == 2
    with pytest.raises(ValueError, match="not in list"):
        conn.remove_notice_handler(keep)


async def test_notice_handler_that_fails(
    conn: pgtwin.AsyncConnection[Any], caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_diagnostic: e.Diagnostic) -> None:
        raise ValueError("not this one")

    conn.add_notice_handler(refuse)
    with caplog.at_level(logging.WARNING, logger="pgtwin"):
        await conn.execute("DO $$BEGIN RAISE NOTICE 'one'; END$$")
    assert "not this one" in caplog.text
    cur = await conn.execute("SELECT 1")
    assert await cur.fetchone() == (1,)


async def test_handler_of_what_is_executed_again(
    other: pgtwin.AsyncConnection[Any],
) -> None:
    received: list[str] = []
    other.add_notify_handler(lambda each: received.append(each.payload))
    other.prepare_threshold = 0
    await other.execute("LISTEN again")
    for number in range(4):
        await other.execute("SELECT pg_notify('again', %s)", (str(number),))
        assert received == [str(each) for each in range(number + 1)]
