# twingen: async-only
"""Waits in an event loop that gives up a socket, as libuv does after an error."""

from __future__ import annotations

import asyncio
import gc
import socket
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pgtwin.aio.waiting import readiness
from pgtwin.aio.waiting.readiness import CHECK, Readiness
from pgtwin.aio.waiting.selector_thread import able_to_watch


class GivesUp:
    """The running loop, but a reader is called once each time that it is added."""

    def __init__(self, fd: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._watching = able_to_watch(self._loop, fd)
        self.remove_reader = self._watching.remove_reader
        self.adding = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loop, name)

    def add_reader(self, fd: int, callback: Callable[[], object]) -> None:
        def once() -> None:
            self._watching.remove_reader(fd)
            callback()

        self.adding += 1
        self._watching.add_reader(fd, once)


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, others = socket.socketpair()
    with ours, others:
        ours.setblocking(False)
        yield ours, others


def watching(ours: socket.socket) -> Readiness:
    made = Readiness()
    made._loop = GivesUp(ours.fileno())  # type: ignore[assignment]
    made._forgetful = True
    made.attach(ours.fileno())
    return made


async def test_detach_after_several_waits(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    ours, others = ends
    waits = watching(ours)
    for _ in range(3):
        others.send(b"x")
        assert await waits.wait(lambda: bool(ours.recv(1)), CHECK + 5)
    waits.detach()


async def test_wait_until_all_parts_have_come(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    ours, others = ends
    waits = watching(ours)
    others.send(b"xxx")
    assert await waits.wait(lambda: bool(ours.recv(1)) and not _has_data(ours), 5)
    waits.detach()


def _has_data(sock: socket.socket) -> bool:
    try:
        return bool(sock.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return False


async def test_no_reader_is_added_when_nobody_waits(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "CHECK", 0.01)
    ours, others = ends
    waits = watching(ours)
    others.send(b"x")
    assert await waits.wait(lambda: bool(ours.recv(1)), 5)
    adding = waits._loop.adding  # type: ignore[attr-defined]
    await asyncio.sleep(0.1)
    assert waits._loop.adding == adding  # type: ignore[attr-defined]
    assert not waits._checking
    waits.detach()


async def test_wait_in_which_nothing_comes_adds_one_reader(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wait in which nothing comes is asked for once."""
    monkeypatch.setattr(readiness, "CHECK", 0.01)
    ours, others = ends
    waits = watching(ours)
    for _ in range(2):
        others.send(b"x")
        assert await waits.wait(lambda: bool(ours.recv(1)), 5)
    adding = waits._loop.adding  # type: ignore[attr-defined]
    assert not await waits.wait(lambda: True, 0.3)
    assert waits._loop.adding == adding + 1  # type: ignore[attr-defined]
    waits.detach()


async def test_forgotten_waits_are_collected(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    waits = watching(ends[0])
    waits.check_later()
    known = weakref.ref(waits)
    del waits
    gc.collect()
    assert known() is None, "the loop keeps what nobody else does"
