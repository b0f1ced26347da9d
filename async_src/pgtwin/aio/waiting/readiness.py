"""Waits until one socket has been read or written as far as needed.

There is one wait at a time. Only the step that the waiter passes reads from the socket
or writes to it, never this module.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import weakref  # twingen: async-only
from collections.abc import Callable

from psycopg.errors import OperationalError

# twingen: async-only
from pgtwin.aio.waiting.selector_thread import able_to_watch, is_forgetful
from pgtwin.aio.waiting.timeout import wait_for

STREAM = (socket.SOCK_STREAM,)

# Seconds after which a forgetful loop is asked again to watch a socket, if need be.
CHECK = 0.5  # twingen: async-only


class Readiness:
    """Waits for one socket in the running event loop.

    The socket is watched through a private duplicate of its descriptor. So a reader
    that the user registers for the connection stays registered.
    """

    _step: Callable[[], bool] | None = None
    _waiter: asyncio.Future[None] | None = None
    _socket: socket.SocketType | None = None

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._forgetful = is_forgetful(self._loop)  # twingen: async-only
        self._checking = False  # twingen: async-only
        # Whether the loop has called since it was asked to watch.
        self._called = False  # twingen: async-only
        self._fd = -1
        self._reading = False
        self._writing = False

    def __del__(self) -> None:
        if self._socket is not None:
            self._socket.close()  # a session that was lost, and then forgotten

    def attach(self, fd: int) -> None:
        """Watch another socket, or the same number opened again."""
        self.detach()
        self._socket = _duplicate(fd)
        self._fd = self._socket.fileno()
        self._loop = able_to_watch(self._loop, self._fd)  # twingen: async-only

    def detach(self) -> None:
        """Watch nothing. A pending wait fails; the socket itself does not change."""
        watched, self._socket = self._socket, None
        fd, self._fd = self._fd, -1
        if watched is None:
            return
        try:
            if self._reading:
                self._loop.remove_reader(fd)
            if self._writing:
                self._loop.remove_writer(fd)
        except RuntimeError:
            pass  # the loop was closed before, and watches nothing any more
        finally:
            self._reading = self._writing = False
            watched.close()
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            waiter.set_exception(OperationalError("the connection is closed"))

    def shut_down(self) -> None:
        """Shut down both directions of the socket, which wakes a pending wait."""
        watched = self._socket
        if watched is not None:
            with contextlib.suppress(OSError):  # the peer may have been quicker
                watched.shutdown(socket.SHUT_RDWR)

    def reading(self, step: Callable[[], bool]) -> asyncio.Future[None]:
        """Call a step whenever the socket can be read; done when it returns true.

        Who does not wait until then calls `rest()`. Raises `OperationalError` when the
        socket is not watched, and the future what the step raises.
        """
        if self._fd < 0:
            raise OperationalError("the connection is closed")
        self._step = step
        # twingen: async-only
        if self._forgetful and self._called and not self._checking:
            self.check_later()
        waiter = self._waiter = self._loop.create_future()
        if not self._reading:
            self._loop.add_reader(self._fd, self._ready)
            self._reading = True
        return waiter

    def rest(self) -> None:
        """Call no step any more."""
        self._step = self._waiter = None

    async def wait(
        self,
        step: Callable[[], bool],
        timeout: float | None = None,
        writing: bool = False,
    ) -> bool:
        """Call a step whenever the socket is ready, until it returns true.

        `writing` says that the step wants to write too. Returns false when `timeout`
        seconds have passed before. Raises what the step raises, and
        `OperationalError` when the socket is no longer watched.
        """
        waiter: asyncio.Future[None] = self.reading(step)
        try:
            if writing:
                self._loop.add_writer(self._fd, self._ready)
                self._writing = True
            if timeout is None:
                await waiter
            else:
                await wait_for(waiter, timeout)
        except asyncio.TimeoutError:
            return False
        finally:
            self.rest()
            if self._writing:
                self._loop.remove_writer(self._fd)
                self._writing = False
        return True

    # twingen: async-only
    def check(self) -> None:
        """Watch the socket again if a task waits for it."""
        self._checking = False
        if self._waiter is not None:
            self._called = False
            self._watch_again()

    # twingen: async-only
    def check_later(self) -> None:
        """Let the loop `check()` in a while.

        The last callback of a wait is maybe the one after which the loop has given up
        the socket, and the next wait would not end. To watch again each time takes as
        long as a query.
        """
        self._checking = True
        readiness: weakref.ReferenceType[Readiness] = weakref.ref(self)
        self._loop.call_later(CHECK, _check, readiness)

    # twingen: async-only
    def _watch_again(self) -> None:
        if not self._reading:
            return
        try:
            self._loop.add_reader(self._fd, self._ready)
        except RuntimeError:  # the loop has given up the socket for an error
            self._loop.remove_reader(self._fd)
            self._loop.add_reader(self._fd, self._ready)

    def _ready(self) -> None:
        self._called = True  # twingen: async-only
        waiter = self._waiter
        if waiter is None or waiter.done():
            # Nobody reads what has come: an event loop would call again at once.
            if self._reading:
                self._loop.remove_reader(self._fd)
                self._reading = False
            return
        step = self._step
        assert step is not None
        try:
            if step():
                self._step = self._waiter = None
                waiter.set_result(None)
        except Exception as error:
            waiter.set_exception(error)
        if self._forgetful and not waiter.done():  # twingen: async-only
            # Later, as the loop gives up a socket after it has called.
            self._loop.call_soon(self._watch_again)


# twingen: async-only
def _check(reference: weakref.ReferenceType[Readiness]) -> None:
    readiness = reference()
    if readiness is not None:
        readiness.check()


async def ready(fd: int, timeout: float, writing: bool = False) -> bool:
    """Wait until a socket that only the caller uses is readable, or `writing` writable.

    Returns false if `timeout` seconds have passed before.
    """
    loop = asyncio.get_running_loop()
    loop = able_to_watch(loop, fd)  # twingen: async-only
    waiter: asyncio.Future[None] = loop.create_future()
    try:
        loop.add_reader(fd, _settle, waiter)
        if writing:
            loop.add_writer(fd, _settle, waiter)
        await wait_for(waiter, timeout)
    except asyncio.TimeoutError:
        return False
    finally:
        loop.remove_reader(fd)
        if writing:
            loop.remove_writer(fd)
    return True


def _settle(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


def _duplicate(fd: int) -> socket.SocketType:
    """Return another descriptor of the same socket, which closes with the object."""
    # In one call of C: a signal comes before both are made, or after. The system is not
    # asked for the type and the protocol: libpq opens no other sockets.
    return next(map(socket.SocketType, (-1,), STREAM, (0,), map(os.dup, (fd,))))
