"""The lock of a session, with an exchange and nothing else."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator

import pytest

from pgtwin import OperationTimeout, errors as e
from pgtwin.aio.libpq.connect_attempts import connect
from pgtwin.aio.libpq.exchange import Exchange
from pgtwin.aio.sessions.lock import HeldInTime, Process, SessionLock


@pytest.fixture
async def lock(dsn: str) -> AsyncIterator[SessionLock]:
    pgconn, _ = await connect(dsn, {})
    exchange = Exchange.over(pgconn)
    yield SessionLock(exchange)
    exchange.finish()


async def test_without_a_limit_it_is_a_plain_lock(lock: SessionLock) -> None:
    assert lock.held() is lock.lock
    assert lock.held(math.inf) is not lock.lock


async def test_an_operation_has_its_deadline(lock: SessionLock) -> None:
    async with lock.held(60):
        assert lock.lock.locked()
        assert lock.exchange.deadline is not None
        assert lock.exchange.deadline.seconds == 60
        assert lock.holder is not None
        assert str(lock.holder).startswith("an operation in ")
    assert not lock.lock.locked()
    assert lock.exchange.deadline is None
    assert lock.holder is None


async def test_command_timeout_is_the_deadline_of_others(lock: SessionLock) -> None:
    lock.command_timeout = 30
    async with lock.held():
        assert lock.exchange.deadline is not None
        assert lock.exchange.deadline.seconds == 30
    async with lock.held(math.inf):
        assert lock.exchange.deadline is None


async def test_error_releases_it(lock: SessionLock) -> None:
    with pytest.raises(ValueError, match="in the block"):
        async with lock.held(60):
            raise ValueError("in the block")
    assert not lock.lock.locked()
    assert lock.holder is None
    assert lock.exchange.deadline is None


async def test_busy_until_the_deadline(lock: SessionLock) -> None:
    await lock.lock.acquire()
    with pytest.raises(OperationTimeout, match=r"busy for 0\.05 s with another op"):
        async with lock.held(0.05):
            raise AssertionError
    assert lock.exchange.deadline is None
    lock.lock.release()
    async with lock.held(60):
        pass


async def test_its_own_holder_does_not_wait_for_itself(lock: SessionLock) -> None:
    await lock.lock.acquire()
    lock.note_holder("a notify handler", grace=0)
    assert lock.is_own()
    with pytest.raises(e.InterfaceError, match="busy with a notify handler, begun by"):
        async with lock.held(60):
            raise AssertionError


async def test_its_own_holder_has_some_grace(lock: SessionLock) -> None:
    await lock.lock.acquire()
    lock.note_holder("copy()", grace=0.05)
    with pytest.raises(e.InterfaceError, match=r"busy with copy\(\)"):
        async with lock.held(60):
            raise AssertionError


async def test_a_holder_that_was_not_forgotten(lock: SessionLock) -> None:
    # As after an interruption: the lock itself is free.
    lock.note_holder("stream()", grace=0)
    assert not lock.is_own()
    held = lock.held()
    assert isinstance(held, HeldInTime)
    async with held:
        pass
    assert lock.holder is None


async def test_after_a_fork(lock: SessionLock) -> None:
    lock.process = Process()
    lock.process.left = True
    assert lock.inherited
    with pytest.raises(e.InterfaceError, match="process that this one was forked from"):
        lock.held()
