"""The part of an event loop that waits for file descriptors, for one thread.

One selector is kept as long as the loop object lives. Callbacks run while
:meth:`Future.wait` or :meth:`SelectorLoop.wait_event` selects, and only then:
two threads must not wait on the same loop at the same time.
"""

from __future__ import annotations

import selectors
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
        self._settle()
        self._value = value

    def set_exception(self, error: BaseException) -> None:
        """Settle the future with an exception that every wait raises."""
        self._settle()
        self._error = error

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
        if self._done:
            raise RuntimeError("the future is settled already")
        self._done = True

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

    def __init__(self) -> None:
        self._selector = _Selector()

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
        return True
