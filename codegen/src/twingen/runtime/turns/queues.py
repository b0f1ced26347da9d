"""Queues between tasks."""

from __future__ import annotations

import heapq
import types
from collections import deque
from typing import Any, Generic, TypeVar

from .dynamic_calls import awaited
from .entry_points import entry, guarded
from .exceptions import QueueEmpty, QueueFull, QueueShutDown
from .futures import Future
from .locks import Event, LoopBound

T = TypeVar("T")


class Queue(LoopBound, Generic[T]):
    """A queue: `put()` waits while it is full, `get()` while it is empty."""

    _queue: Any

    def __init__(self, maxsize: int = 0) -> None:
        self._maxsize = maxsize
        self._getters: deque[Future[Any]] = deque()
        self._putters: deque[Future[Any]] = deque()
        self._unfinished_tasks = 0
        self._finished = Event()
        self._finished.set()
        self._init(maxsize)
        self._is_shutdown = False

    # What subclasses may override.

    def _init(self, maxsize: int) -> None:
        self._queue = deque()

    def _get(self) -> T:
        return self._queue.popleft()  # type: ignore[no-any-return]

    def _put(self, item: T) -> None:
        self._queue.append(item)

    # Up to here.

    __class_getitem__: Any = classmethod(types.GenericAlias)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {id(self):#x} {self._format()}>"

    def __str__(self) -> str:
        return f"<{type(self).__name__} {self._format()}>"

    def _format(self) -> str:
        parts = [f"maxsize={self._maxsize!r}"]
        if getattr(self, "_queue", None):
            parts.append(f"_queue={list(self._queue)!r}")
        if self._getters:
            parts.append(f"_getters[{len(self._getters)}]")
        if self._putters:
            parts.append(f"_putters[{len(self._putters)}]")
        if self._unfinished_tasks:
            parts.append(f"tasks={self._unfinished_tasks}")
        if self._is_shutdown:
            parts.append("shutdown")
        return " ".join(parts)

    @property
    def maxsize(self) -> int:
        """How many items the queue may have; 0 is any number."""
        return self._maxsize

    def qsize(self) -> int:
        """Return how many items the queue has."""
        return len(self._queue)

    def empty(self) -> bool:
        """Return whether the queue has no items."""
        return not self._queue

    def full(self) -> bool:
        """Return whether the queue has as many items as it may have."""
        return self._maxsize > 0 and self.qsize() >= self._maxsize

    @entry
    def put(self, item: T) -> None:
        """Add an item; wait while the queue is full."""
        while self.full():
            if self._is_shutdown:
                raise QueueShutDown
            self._wait_among(self._putters, self.full)
        self.put_nowait(item)

    @entry
    def get(self) -> T:
        """Remove an item and return it; wait while there is none."""
        while self.empty():
            if self._is_shutdown:
                raise QueueShutDown
            self._wait_among(self._getters, self.empty)
        return self.get_nowait()

    def _wait_among(self, waiters: deque[Future[Any]], hopeless: Any) -> None:
        waiter: Future[None] = self._get_loop().create_future()
        waiters.append(waiter)
        try:
            waiter.wait()
        except BaseException:
            waiter.cancel()
            if waiter in waiters:
                waiters.remove(waiter)
            if not hopeless() and not waiter.cancelled():
                self._wakeup_next(waiters)  # it was meant for this task
            raise

    def _wakeup_next(self, waiters: deque[Future[Any]]) -> None:
        while waiters:
            waiter = waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                break

    @guarded
    def put_nowait(self, item: T) -> None:
        """Add an item, or raise `QueueFull`."""
        if self._is_shutdown:
            raise QueueShutDown
        if self.full():
            raise QueueFull
        self._put(item)
        self._unfinished_tasks += 1
        self._finished.clear()
        self._wakeup_next(self._getters)

    @guarded
    def get_nowait(self) -> T:
        """Remove an item and return it, or raise `QueueEmpty`."""
        if self.empty():
            if self._is_shutdown:
                raise QueueShutDown
            raise QueueEmpty
        item = self._get()
        self._wakeup_next(self._putters)
        return item

    @guarded
    def task_done(self) -> None:
        """Say that the work on an item is done."""
        if self._unfinished_tasks <= 0:
            raise ValueError("task_done() called too many times")
        self._unfinished_tasks -= 1
        if self._unfinished_tasks == 0:
            self._finished.set()

    @entry
    def join(self) -> None:
        """Wait until the work on all items is done."""
        if self._unfinished_tasks > 0:
            awaited(self._finished.wait)

    @guarded
    def shutdown(self, immediate: bool = False) -> None:
        """Let `put()` raise `QueueShutDown`, and `get()` when the queue is empty."""
        self._is_shutdown = True
        if immediate:
            while not self.empty():
                self._get()
                if self._unfinished_tasks > 0:
                    self._unfinished_tasks -= 1
            if self._unfinished_tasks == 0:
                self._finished.set()
        for waiters in (self._getters, self._putters):
            while waiters:
                waiter = waiters.popleft()
                if not waiter.done():
                    waiter.set_result(None)


class PriorityQueue(Queue[T]):
    """A queue that gives its least item first."""

    def _init(self, maxsize: int) -> None:
        self._queue = []

    def _put(self, item: T) -> None:
        heapq.heappush(self._queue, item)

    def _get(self) -> T:
        return heapq.heappop(self._queue)  # type: ignore[no-any-return]


class LifoQueue(Queue[T]):
    """A queue that gives its newest item first."""

    def _init(self, maxsize: int) -> None:
        self._queue = []

    def _get(self) -> T:
        return self._queue.pop()  # type: ignore[no-any-return]
