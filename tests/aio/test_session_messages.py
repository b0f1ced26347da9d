"""Notices and notifications of a session, with an exchange and nothing else."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
from psycopg import Notify
from psycopg.errors import Diagnostic

from pgtwin.aio.libpq.connect_attempts import connect
from pgtwin.aio.libpq.exchange import Exchange
from pgtwin.aio.sessions.adaptation import Adaptation
from pgtwin.aio.sessions.lock import SessionLock
from pgtwin.aio.sessions.notices_and_notifications import Messages
from pgtwin.aio.waiting.notification_listener import Listener


class Parts(NamedTuple):
    """What messages need of a session."""

    exchange: Exchange
    lock: SessionLock
    messages: Messages


class Owner:
    """Stands where a connection does."""


OWNER = Owner()


@pytest.fixture
async def parts(dsn: str) -> AsyncIterator[Parts]:
    pgconn, _ = await connect(dsn, {})
    exchange = Exchange.over(pgconn)
    lock = SessionLock(exchange)
    messages = Messages(exchange, lock, Adaptation(pgconn, OWNER))
    await exchange.query(b"LISTEN here")
    yield Parts(exchange, lock, messages)
    exchange.finish()


async def notify(parts: Parts, *payloads: str) -> None:
    for payload in payloads:
        await parts.exchange.query(f"NOTIFY here, '{payload}'".encode())
    parts.messages.deliver()


def payloads(queue: deque[Notify]) -> list[str]:
    return [each.payload for each in queue]


async def test_nobody_asks_and_they_are_kept(parts: Parts) -> None:
    await notify(parts, "a", "b")
    assert payloads(parts.messages.backlog) == ["a", "b"]


async def test_a_handler_takes_them(parts: Parts) -> None:
    taken: list[str] = []
    parts.messages.notify_handlers.append(lambda each: taken.append(each.payload))
    parts.messages.note_attention()
    await notify(parts, "a", "b")
    assert taken == ["a", "b"]
    assert not parts.messages.backlog


async def test_a_handler_that_fails_is_logged(
    parts: Parts, caplog: pytest.LogCaptureFixture
) -> None:
    taken: list[str] = []

    def fail(notification: Notify) -> None:
        raise ValueError("no")

    parts.messages.notify_handlers += [fail, lambda each: taken.append(each.payload)]
    parts.messages.note_attention()
    await notify(parts, "a")
    assert taken == ["a"]
    assert "a notify handler failed" in caplog.text


async def test_a_handler_cannot_begin_an_operation(parts: Parts) -> None:
    holders: list[str] = []

    def look(notification: Notify) -> None:
        assert parts.lock.holder is not None
        holders.append(parts.lock.holder.operation)

    parts.messages.notify_handlers.append(look)
    parts.messages.note_attention()
    await notify(parts, "a")
    assert holders == ["a notify handler"]
    assert parts.lock.holder is None


async def test_the_oldest_are_dropped(
    parts: Parts, caplog: pytest.LogCaptureFixture
) -> None:
    parts.messages.notifies_max = 2
    await notify(parts, "a", "b", "c", "d")
    assert payloads(parts.messages.backlog) == ["c", "d"]
    assert parts.messages.dropped == 2
    told = [each for each in caplog.records if "notifies_max" in each.getMessage()]
    assert len(told) == 1
    assert told[0].levelno == logging.ERROR


async def test_a_listener_has_the_backlog_first(parts: Parts) -> None:
    await notify(parts, "a")
    listener = Listener(deque())
    parts.messages.add_listener(listener)
    assert parts.exchange.wants_notifies
    await notify(parts, "b")
    assert payloads(listener.queue) == ["a", "b"]
    parts.messages.remove_listener(listener)
    assert not parts.exchange.wants_notifies
    # What it has left is for the next.
    assert payloads(parts.messages.backlog) == ["a", "b"]


async def test_a_forgotten_listener_listens_no_more(parts: Parts) -> None:
    listener = Listener(deque())
    parts.messages.add_listener(listener)
    del listener
    assert not parts.messages.listeners
    await notify(parts, "a")
    assert payloads(parts.messages.backlog) == ["a"]


async def test_what_came_unasked_is_kept_though_a_handler_took_it(parts: Parts) -> None:
    taken: list[str] = []
    parts.messages.notify_handlers.append(lambda each: taken.append(each.payload))
    parts.messages.note_attention()
    parts.exchange.arrived.append(Notify("here", "early", 1))
    parts.messages.deliver(early=True)
    assert taken == ["early"]
    assert not parts.messages.backlog
    parts.messages.keep_early()
    assert payloads(parts.messages.backlog) == ["early"]


async def test_the_next_operation_forgets_what_came_unasked(parts: Parts) -> None:
    parts.messages.notify_handlers.append(lambda each: None)
    parts.messages.note_attention()
    parts.exchange.arrived.append(Notify("here", "early", 1))
    parts.messages.deliver(early=True)
    await parts.exchange.query(b"SELECT 1")
    parts.messages.keep_early()
    assert not parts.messages.backlog


async def test_notices_go_to_their_handlers(parts: Parts) -> None:
    notices: list[str | None] = []

    def note(diagnostic: Diagnostic) -> None:
        notices.append(diagnostic.message_primary)

    parts.messages.notice_handlers.append(note)
    await parts.exchange.query(b"DO $$ BEGIN RAISE NOTICE 'look'; END $$")
    assert notices == ["look"]
