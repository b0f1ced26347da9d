# twingen: async-only
"""Readers and writers for event loops that have none, such as Windows' proactor loop.

One thread selects for all such loops. Callbacks run in their own loop, and a descriptor
is not watched again before its callback has returned.
"""

from __future__ import annotations

import asyncio
import contextlib
import selectors
import socket
import threading
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, cast

READ = selectors.EVENT_READ
WRITE = selectors.EVENT_WRITE


def able_to_watch(
    loop: asyncio.AbstractEventLoop, fd: int
) -> asyncio.AbstractEventLoop:
    """Return a loop with readers and writers: the same one, or a wrapper.

    `fd` is a descriptor that is open and not watched yet.
    """
    try:
        loop.remove_reader(fd)
    except NotImplementedError:
        # As much of a loop as our callers use.
        return cast("asyncio.AbstractEventLoop", HelpedLoop(loop))
    return loop


def is_forgetful(loop: asyncio.AbstractEventLoop) -> bool:
    """Return whether a reader is not called again after its socket has had an error.

    libuv, which uvloop uses, does this: it calls once, even if more than one read is
    needed to get the error, and must be asked again.
    """
    return type(loop).__module__.partition(".")[0] == "uvloop"


class HelpedLoop:
    """An event loop whose descriptors are watched by the selector thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._thread = selector_thread()
        self._callbacks: dict[tuple[int, int], Callable[[], object]] = {}
        self.create_future = loop.create_future

    def add_reader(self, fd: int, callback: Callable[..., object], *args: Any) -> None:
        """Call a function in the loop whenever the descriptor can be read."""
        self._add(fd, READ, partial(callback, *args))

    def add_writer(self, fd: int, callback: Callable[..., object], *args: Any) -> None:
        """Call a function in the loop whenever the descriptor can be written."""
        self._add(fd, WRITE, partial(callback, *args))

    def remove_reader(self, fd: int) -> bool:
        """Stop watching for reading; return whether it was watched."""
        return self._remove(fd, READ)

    def remove_writer(self, fd: int) -> bool:
        """Stop watching for writing; return whether it was watched."""
        return self._remove(fd, WRITE)

    def _add(self, fd: int, event: int, callback: Callable[[], object]) -> None:
        # Another callback is another registration, even if the number is the same.
        self._callbacks[fd, event] = callback
        self._watch(fd, event, callback)

    def _remove(self, fd: int, event: int) -> bool:
        if self._callbacks.pop((fd, event), None) is None:
            return False
        self._thread.change(fd, event, None)
        return True

    def _watch(self, fd: int, event: int, callback: Callable[[], object]) -> None:
        ready = partial(self._run, fd, event, callback)
        self._thread.change(fd, event, partial(self._loop.call_soon_threadsafe, ready))

    def _run(self, fd: int, event: int, callback: Callable[[], object]) -> None:
        if self._callbacks.get((fd, event)) is not callback:
            return  # removed while it was on its way
        callback()
        if self._callbacks.get((fd, event)) is callback:
            self._watch(fd, event, callback)


class SelectorThread:
    """Selects, and reports each requested descriptor and event once."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)
        self._selector.register(self._woken, READ, {})
        self._lock = threading.Lock()
        threading.Thread(target=self._work, name="pgtwin-selector", daemon=True).start()

    def change(self, fd: int, event: int, tell: Callable[[], object] | None) -> None:
        """Call `tell` once when a descriptor is ready for an event; `None` ends this.

        The change is complete when this returns, because a descriptor that is closed
        cannot be removed from epoll while another descriptor refers to the same socket.
        """
        with self._lock:
            self._set(fd, event, tell)
        with contextlib.suppress(BlockingIOError):  # it will wake already
            self._waker.send(b"\0")

    def _work(self) -> None:
        while True:
            ready: list[tuple[selectors.SelectorKey, int]] = []
            # select() may find a descriptor that is closed at this moment.
            with contextlib.suppress(OSError):
                ready = self._selector.select()
            for key, mask in ready:
                if key.fileobj is self._woken:
                    with contextlib.suppress(BlockingIOError):
                        self._woken.recv(4096)
                    continue
                with self._lock:
                    told = self._take(key.fd, mask)
                for tell in told:
                    with contextlib.suppress(RuntimeError):  # the loop is closed
                        tell()

    def _take(self, fd: int, mask: int) -> list[Callable[[], object]]:
        """Return the callbacks of events, and stop watching for these events."""
        key = self._selector.get_map().get(fd)
        if key is None:
            return []
        told = [tell for event, tell in key.data.items() if event & mask]
        for event in (READ, WRITE):
            if event & mask:
                self._set(fd, event, None)
        return told

    def _set(self, fd: int, event: int, tell: Callable[[], object] | None) -> None:
        key = self._selector.get_map().get(fd)
        watched: dict[int, Callable[[], object]] = dict(key.data) if key else {}
        watched.pop(event, None)
        if tell is not None:
            watched[event] = tell
        if not watched:
            if key is not None:
                self._selector.unregister(fd)
        elif key is None:
            self._selector.register(fd, sum(watched), watched)
        else:
            self._selector.modify(fd, sum(watched), watched)


@lru_cache(maxsize=1)
def selector_thread() -> SelectorThread:
    """Return the thread of this process, started when it is first asked for."""
    return SelectorThread()
