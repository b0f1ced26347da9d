"""The part of an event loop that waits for file descriptors, for one thread.

One selector is kept as long as the loop object lives. Callbacks run while
:meth:`Future.wait` or :meth:`SelectorLoop.wait_event` selects, and only then:
two threads must not wait on the same loop at the same time. Another thread may
settle a future if the loop is made wakeable, or watches no descriptor where the
wait begins.
"""

from __future__ import annotations

import contextlib
import math
import select
import selectors
import socket
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Generic, TypeVar

T = TypeVar("T")

# As select.poll() has them, where it exists.
_INPUT = getattr(select, "POLLIN", 1)
_OUTPUT = getattr(select, "POLLOUT", 4)


class _Poll:
    """What `select.poll` is, where the system has none."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()

    def register(self, fd: int, events: int) -> None:
        """Watch a descriptor, from now on for these events."""
        wanted = selectors.EVENT_READ if events & _INPUT else 0
        wanted |= selectors.EVENT_WRITE if events & _OUTPUT else 0
        if fd in self._selector.get_map():
            self._selector.modify(fd, wanted)
        else:
            self._selector.register(fd, wanted)

    def unregister(self, fd: int) -> None:
        """Stop watching a descriptor."""
        self._selector.unregister(fd)

    def poll(self, timeout: float | None = None) -> list[tuple[int, int]]:
        """Return descriptors that are ready, with events; wait milliseconds for one."""
        found = []
        seconds = None if timeout is None else timeout / 1000
        for key, events in self._selector.select(seconds):
            ready = _INPUT if events & selectors.EVENT_READ else 0
            ready |= _OUTPUT if events & selectors.EVENT_WRITE else 0
            found.append((key.fd, ready))
        return found


# It needs no descriptor of its own, as epoll and kqueue do; a selector around it would
# only say the same in other words.
_new_poll: Callable[[], Any] = getattr(select, "poll", _Poll)

_new = object.__new__

_Handler = Callable[..., object]


class Future(Generic[T]):
    """A value that a reader or writer callback will settle."""

    _value: T

    def __init__(self, loop: SelectorLoop) -> None:
        self._loop = loop
        # Not of the class: that takes longer to find.
        self._error: BaseException | None = None
        self._done = False

    def done(self) -> bool:
        """Return whether the future has its value or its exception."""
        return self._done

    def set_result(self, value: T) -> None:
        """Settle the future with a value; RuntimeError if it is settled already."""
        if self._done:
            raise RuntimeError("the future is already done")
        self._value = value
        self._done = True  # last, because another thread may look
        if self._loop.waker is not None:
            self._loop.wake()

    def set_exception(self, error: BaseException) -> None:
        """Settle the future with an exception that every wait raises."""
        if self._done:
            raise RuntimeError("the future is already done")
        self._error = error
        self._done = True
        if self._loop.waker is not None:
            self._loop.wake()

    def result(self) -> T:
        """Return the value or raise the exception; RuntimeError if not settled."""
        if not self._done:
            raise RuntimeError("the future is not done")
        if self._error is not None:
            raise self._error
        return self._value

    def exception(self) -> BaseException | None:
        """Return the exception, if it is that; RuntimeError if not settled."""
        if not self._done:
            raise RuntimeError("the future is not done")
        return self._error

    def wait(self, timeout: float | None = None) -> T:
        """Select until the future is done, and return its value.

        Waits at most `timeout` seconds, forever if `None`; raises
        `TimeoutError`, or the exception that the future was settled with. As in
        asyncio, a future whose wait has timed out cannot be settled any more.
        """
        loop = self._loop
        if timeout is None and not loop.watches_nothing:
            # As run_until() does, without a call for each thing to ask.
            poll = loop.poll
            readers = loop.readers
            while not self._done:
                for fd, events in poll():
                    if events == _INPUT and fd in readers:
                        readers[fd]()
                    else:
                        loop.dispatch(fd, events)
        elif not self._done:
            try:
                loop.run_until(self.done, timeout)
            except TimeoutError:
                if not self._done:
                    self.set_exception(
                        RuntimeError("the wait for the result timed out")
                    )
                raise
        if self._error is not None:
            raise self._error
        return self._value


class SelectorLoop:
    """A kept selector with the vocabulary of `asyncio`'s event loop."""

    # Also of one whose making was interrupted.
    waker: socket.socket | None = None
    _woken: socket.socket | None = None

    def __init__(self, wakeable: bool = False) -> None:
        # What wakes the thread that selects: its own end, and that of the others.
        self.waker = self._woken = None
        self._poll = _new_poll()
        self.poll = self._poll.poll
        self.readers: dict[int, _Handler] = {}
        self._writers: dict[int, _Handler] = {}
        self.watches_nothing = True
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

    # Nothing that the loop keeps leads back to it, unless it watches something: it
    # goes, with the selector, as soon as its owner does.
    def create_future(self) -> Future[Any]:
        """Return a future that callbacks of this loop settle."""
        # As Future(self) does, without what a call of a class costs.
        future: Future[Any] = _new(Future)
        future._loop = self
        future._error = None
        future._done = False
        return future

    def is_closed(self) -> bool:
        """Return whether the loop is closed; this one lives as long as its owner."""
        return False

    def add_reader(self, fd: Any, callback: Callable[..., object], *args: Any) -> None:
        """Call `callback(*args)` while waiting, whenever `fd` can be read."""
        self._watch(fd, self.readers, partial(callback, *args) if args else callback)

    def add_writer(self, fd: Any, callback: Callable[..., object], *args: Any) -> None:
        """Call `callback(*args)` while waiting, whenever `fd` can be written."""
        self._watch(fd, self._writers, partial(callback, *args) if args else callback)

    def remove_reader(self, fd: Any) -> bool:
        """Stop watching `fd` for reading; return whether it was watched."""
        return self._unwatch(fd, self.readers)

    def remove_writer(self, fd: Any) -> bool:
        """Stop watching `fd` for writing; return whether it was watched."""
        return self._unwatch(fd, self._writers)

    def wait_event(self, event: threading.Event, timeout: float | None = None) -> bool:
        """Select until a callback sets the event; TimeoutError after `timeout` s."""
        self.run_until(event.is_set, timeout)
        return True

    def run_until(self, done: Callable[[], bool], timeout: float | None) -> None:
        """Select and call back until `done()`; TimeoutError after `timeout` s."""
        deadline = None if timeout is None else time.monotonic() + timeout
        if self.watches_nothing:
            self._make_wakeable()  # only another thread can end this wait
        wait = None
        while not done():
            if timeout is not None:
                # poll() waits forever if it is negative, and rounds down.
                wait = math.ceil(timeout * 1000) if timeout > 0 else 0
            for fd, events in self.poll(wait):
                self.dispatch(fd, events)
            if deadline is not None and not done():
                timeout = deadline - time.monotonic()
                if timeout <= 0:
                    raise TimeoutError

    def dispatch(self, fd: int, events: int) -> None:
        """Call back for what poll() has said of a descriptor.

        An error, and the end of a connection, concerns who reads and who writes.
        """
        if events & ~_OUTPUT and fd in self.readers:
            self.readers[fd]()
        if events & ~_INPUT and fd in self._writers:
            self._writers[fd]()

    def _watch(self, fd: Any, handlers: dict[int, _Handler], handler: _Handler) -> None:
        number = fd if isinstance(fd, int) else fd.fileno()
        handlers[number] = handler
        self.watches_nothing = False
        self._register(number)

    def _unwatch(self, fd: Any, handlers: dict[int, _Handler]) -> bool:
        number = fd if isinstance(fd, int) else fd.fileno()
        if handlers.pop(number, None) is None:
            return False
        self._register(number)
        return True

    def _register(self, fd: int) -> None:
        events = 0
        if fd in self.readers:
            events |= _INPUT
        if fd in self._writers:
            events |= _OUTPUT
        if events:
            self._poll.register(fd, events)
        else:
            # Perhaps an interruption came before register().
            with contextlib.suppress(KeyError):
                self._poll.unregister(fd)
            self.watches_nothing = not (self.readers or self._writers)
