"""The part of an event loop that waits for file descriptors, for one thread.

One selector is kept as long as the loop object lives. Callbacks run while
:meth:`Future.wait` or :meth:`SelectorLoop.wait_event` selects, and only then:
two threads must not wait on the same loop at the same time. Another thread may
settle a future if the loop is made wakeable, or watches no descriptor where the
wait begins.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")

# poll() needs no descriptor of its own, as epoll and kqueue do.
_Selector: type[selectors.BaseSelector] = getattr(
    selectors, "PollSelector", selectors.DefaultSelector
)


class Future(Generic[T]):
    """A value that a reader or writer callback will settle."""

    __slots__ = ("_done", "_error", "_loop", "_value")

    _value: T

    def __init__(self, loop: SelectorLoop) -> None:
        self._loop = loop
        self._done = False
        self._error: BaseException | None = None

    def done(self) -> bool:
        """Tell whether the future has its value or its exception."""
        return self._done

    def set_result(self, value: T) -> None:
        """Settle the future with a value; RuntimeError if it is settled already."""
        if self._done:
            raise RuntimeError("the future is settled already")
        self._value = value
        self._settle()

    def set_exception(self, error: BaseException) -> None:
        """Settle the future with an exception that every wait raises."""
        if self._done:
            raise RuntimeError("the future is settled already")
        self._error = error
        self._settle()

    def result(self) -> T:
        """Return the value or raise the exception; RuntimeError if not settled."""
        if not self._done:
            raise RuntimeError("the future is not settled")
        if self._error is not None:
            raise self._error
        return self._value

    def exception(self) -> BaseException | None:
        """Return the exception, if it is that; RuntimeError if not settled."""
        if not self._done:
            raise RuntimeError("the future is not settled")
        return self._error

    def _settle(self) -> None:
        self._done = True  # last, for whoever looks from another thread
        if self._loop.waker is not None:
            self._loop.wake()

    def wait(self, timeout: float | None = None) -> T:
        """Select until the future is done, and return its value.

        Waits at most `timeout` seconds, for ever if `None`; raises
        `TimeoutError`, or the exception that the future was settled with. As in
        asyncio, a future whose wait has timed out cannot be settled any more.
        """
        if not self._done:
            try:
                self._loop.run_until(self.done, timeout)
            except TimeoutError:
                if not self._done:
                    self.set_exception(RuntimeError("the wait for it timed out"))
                raise
        return self.result()


class SelectorLoop:
    """A kept selector with the vocabulary of `asyncio`'s event loop."""

    def __init__(self, wakeable: bool = False) -> None:
        self._selector = _Selector()
        self._watches_nothing = True
        # What wakes the thread that selects: its own end, and that of the others.
        self.waker: socket.socket | None = None
        self._woken: socket.socket | None = None
        if wakeable:
            self._make_wakeable()

    def _make_wakeable(self) -> None:
        """Let other threads settle futures of this loop; takes two sockets."""
        if self.waker is None:
            self._woken, waker = socket.socketpair()
            self._woken.setblocking(False)
            waker.setblocking(False)
            self.add_reader(self._woken, self._woken.recv, 4096)
            self.waker = waker

    def wake(self) -> None:
        """Make the thread that selects look again at what it waits for."""
        assert self.waker is not None
        with contextlib.suppress(BlockingIOError):  # it will wake already
            self.waker.send(b"\0")

    def __del__(self) -> None:
        if self.waker is not None and self._woken is not None:
            self.waker.close()
            self._woken.close()

    def create_future(self) -> Future[Any]:
        """Return a future that callbacks of this loop settle."""
        return Future(self)

    def is_closed(self) -> bool:
        """Tell whether the loop is closed; this one lives as long as its owner."""
        return False

    def add_reader(self, fd: Any, callback: Callable[..., object], *args: Any) -> None:
        """Call `callback(*args)` while waiting, whenever `fd` can be read."""
        self._watch(fd, selectors.EVENT_READ, (callback, args))

    def add_writer(self, fd: Any, callback: Callable[..., object], *args: Any) -> None:
        """Call `callback(*args)` while waiting, whenever `fd` can be written."""
        self._watch(fd, selectors.EVENT_WRITE, (callback, args))

    def remove_reader(self, fd: Any) -> bool:
        """Stop watching `fd` for reading; tell whether it was watched."""
        return self._unwatch(fd, selectors.EVENT_READ)

    def remove_writer(self, fd: Any) -> bool:
        """Stop watching `fd` for writing; tell whether it was watched."""
        return self._unwatch(fd, selectors.EVENT_WRITE)

    def wait_event(self, event: threading.Event, timeout: float | None = None) -> bool:
        """Select until a callback sets the event; TimeoutError after `timeout` s."""
        self.run_until(event.is_set, timeout)
        return True

    def run_until(self, done: Callable[[], bool], timeout: float | None) -> None:
        """Select and call back until `done()`; TimeoutError after `timeout` s."""
        deadline = None if timeout is None else time.monotonic() + timeout
        if self._watches_nothing:
            self._make_wakeable()  # only another thread can end this wait
        while not done():
            ready = self._selector.select(timeout)
            for key, mask in ready:
                for event, (callback, args) in tuple(key.data.items()):
                    if mask & event:
                        callback(*args)
            if deadline is not None:
                timeout = deadline - time.monotonic()
                if timeout <= 0 and not done():
                    raise TimeoutError

    def _watch(
        self, fd: Any, event: int, handler: tuple[Callable[..., object], Any]
    ) -> None:
        self._watches_nothing = False
        key = self._selector.get_map().get(fd)
        if key is None:
            self._selector.register(fd, event, {event: handler})
        else:
            handlers = {**key.data, event: handler}
            self._selector.modify(fd, key.events | event, handlers)

    def _unwatch(self, fd: Any, event: int) -> bool:
        key = self._selector.get_map().get(fd)
        if key is None or not key.events & event:
            return False
        handlers = {kept: key.data[kept] for kept in key.data if kept != event}
        if handlers:
            self._selector.modify(fd, key.events & ~event, handlers)
        else:
            self._selector.unregister(fd)
            self._watches_nothing = not self._selector.get_map()
        return True
