"""Waiting: for time, for one future, for several."""

from __future__ import annotations

import concurrent.futures
import functools
import math
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from .abstract_event_loop import AbstractEventLoop
from .coroutines import Coroutine
from .dynamic_calls import await_
from .entry_points import entry
from .events import get_event_loop, get_running_loop
from .exceptions import CancelledError
from .futures import Future, isfuture, loop_of, set_result_unless_cancelled
from .inspection import isawaitable, iscoroutine
from .queues import Queue
from .shared_loop import shared, uses_shared_loop, visit
from .suspension import suspend
from .task_creation import ensure_future
from .thread_state import here
from .timeouts import timeout as timeout_after

T = TypeVar("T")

FIRST_COMPLETED = concurrent.futures.FIRST_COMPLETED
FIRST_EXCEPTION = concurrent.futures.FIRST_EXCEPTION
ALL_COMPLETED = concurrent.futures.ALL_COMPLETED


@entry
def sleep(delay: float, result: Any = None) -> Any:
    """Wait some seconds, or with 0 one round of the loop; return `result`."""
    if delay <= 0:
        suspend(None)
        return result
    if math.isnan(delay):
        raise ValueError("Invalid delay: NaN (not a number)")
    loop = get_running_loop()
    future: Future[Any] = loop.create_future()
    handle = loop.call_later(delay, set_result_unless_cancelled, future, result)
    try:
        return await_(future)
    finally:
        handle.cancel()


def _release(waiter: Future[None], *args: Any) -> None:
    if not waiter.done():
        waiter.set_result(None)


@entry
def wait(
    fs: Iterable[Any],
    *,
    timeout: float | None = None,
    return_when: str = ALL_COMPLETED,
) -> tuple[set[Any], set[Any]]:
    """Wait for several futures; return those that are done and those that are not."""
    if isfuture(fs) or iscoroutine(fs):
        raise TypeError(f"expect a list of futures, not {type(fs).__name__}")
    if not fs:
        raise ValueError("Set of Tasks/Futures is empty.")
    if return_when not in (FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED):
        raise ValueError(f"Invalid return_when value: {return_when}")
    futures = set(fs)
    if any(iscoroutine(each) for each in futures):
        raise TypeError("Passing coroutines is forbidden, use tasks explicitly.")
    loop = get_running_loop()
    assert futures, "Set of Futures is empty."
    waiter: Future[None] = loop.create_future()
    handle = None
    if timeout is not None:
        handle = loop.call_later(timeout, _release, waiter)
    left = len(futures)

    def completed(future: Any) -> None:
        nonlocal left
        left -= 1
        if (
            left <= 0
            or return_when == FIRST_COMPLETED
            or (
                return_when == FIRST_EXCEPTION
                and not future.cancelled()
                and future.exception() is not None
            )
        ):
            if handle is not None:
                handle.cancel()
            _release(waiter)

    for each in futures:
        each.add_done_callback(completed)
    try:
        await_(waiter)
    finally:
        if handle is not None:
            handle.cancel()
        for each in futures:
            each.remove_done_callback(completed)
    done: set[Any] = set()
    pending: set[Any] = set()
    for each in futures:
        (done if each.done() else pending).add(each)
    return done, pending


def _cancel_and_wait(future: Any) -> None:
    waiter: Future[None] = get_running_loop().create_future()
    release = functools.partial(_release, waiter)
    future.add_done_callback(release)
    try:
        future.cancel()
        await_(waiter)
    finally:
        future.remove_done_callback(release)


@entry
def wait_for(fut: Any, timeout: float | None) -> Any:
    """Wait for an awaitable; cancel it when the time is over."""
    if timeout is not None and timeout <= 0:
        future = ensure_future(fut)
        if not future.done():
            _cancel_and_wait(future)
            try:
                return future.result()
            except CancelledError as error:
                raise TimeoutError from error
        return future.result()
    with timeout_after(timeout):
        return await_(fut)


class _Gathering(Future[Any]):
    """What `gather()` returns: a cancellation is passed on to its children."""

    def __init__(self, children: list[Any], *, loop: AbstractEventLoop) -> None:
        super().__init__(loop=loop)
        self._children = children
        self._cancel_requested = False

    def _cancel(self, msg: Any = None) -> bool:
        if self.done():
            return False
        cancelled = False
        for child in self._children:
            if child.cancel(msg=msg):
                cancelled = True
        if cancelled:
            self._cancel_requested = True
        return cancelled


def gather(*coros_or_futures: Any, return_exceptions: bool = False) -> Future[Any]:
    """Return a future of the results of several awaitables, which run side by side."""
    given = [loop_of(each) for each in coros_or_futures if isfuture(each)]
    if uses_shared_loop() and all(each is shared.loop for each in given):
        return visit(gather, *coros_or_futures, return_exceptions=return_exceptions)
    if not coros_or_futures:
        nothing: Future[Any] = get_event_loop().create_future()
        nothing.set_result([])
        return nothing
    finished = 0
    outer: _Gathering | None = None

    def child_done(child: Any) -> None:
        nonlocal finished
        finished += 1
        if outer is None or outer.done():
            if not child.cancelled():
                child.exception()  # it counts as retrieved
            return
        if not return_exceptions:
            if child.cancelled():
                outer.set_exception(child._make_cancelled_error())
                return
            error = child.exception()
            if error is not None:
                outer.set_exception(error)
                return
        if finished < len(by_argument):
            return
        results = [_outcome(each) for each in children]
        if outer._cancel_requested:
            outer.set_exception(children[-1]._make_cancelled_error())
        else:
            outer.set_result(results)

    by_argument: dict[Any, Any] = {}
    children: list[Any] = []
    already_done: list[Any] = []
    loop: Any = None
    for argument in coros_or_futures:
        if argument not in by_argument:
            child = ensure_future(argument, loop=loop)
            if loop is None:
                loop = loop_of(child)
            if child is not argument:
                child._log_destroy_pending = False
            by_argument[argument] = child
            if child.done():
                already_done.append(child)
            else:
                child.add_done_callback(child_done)
        children.append(by_argument[argument])
    outer = _Gathering(children, loop=loop)
    for child in already_done:
        child_done(child)
    return outer


def _outcome(future: Any) -> Any:
    if future.cancelled():
        message = future._cancel_message
        return CancelledError("" if message is None else message)
    error = future.exception()
    return future.result() if error is None else error


def shield(arg: Any) -> Future[Any]:
    """Return a future for an awaitable that its cancellation spares."""
    if uses_shared_loop():
        return visit(shield, arg)
    inner = ensure_future(arg)
    if inner.done():
        return inner
    outer: Future[Any] = loop_of(inner).create_future()

    def inner_done(inner: Any) -> None:
        if outer.cancelled():
            if not inner.cancelled():
                inner.exception()  # it counts as retrieved
        elif inner.cancelled():
            outer.cancel()
        else:
            error = inner.exception()
            if error is not None:
                outer.set_exception(error)
            else:
                outer.set_result(inner.result())

    def outer_done(outer: Any) -> None:
        if not inner.done():
            inner.remove_done_callback(inner_done)

    inner.add_done_callback(inner_done)
    outer.add_done_callback(outer_done)
    return outer


class _AsCompleted(Iterator[Any]):
    """The futures of `as_completed()`, in the order in which they are done."""

    def __init__(self, fs: Iterable[Any], timeout: float | None) -> None:
        self._done: Queue[Any] = Queue()
        self._handle: Any = None
        loop = get_event_loop()
        todo = {ensure_future(each, loop=loop) for each in set(fs)}
        for each in todo:
            each.add_done_callback(self._completed)
        if todo and timeout is not None:
            self._handle = loop.call_later(timeout, self._timed_out)
        self._todo = todo
        self._left = len(todo)

    def __iter__(self) -> _AsCompleted:
        return self

    def __next__(self) -> Coroutine[Any]:
        if not self._left:
            raise StopIteration
        self._left -= 1
        return Coroutine(self._wait_for_result)

    def __aiter__(self) -> Iterator[Any]:
        return self.futures()

    def futures(self) -> Iterator[Any]:
        """Wait for the futures themselves, one after the other."""
        return _CompletedFutures(self)

    def _timed_out(self) -> None:
        for each in self._todo:
            each.remove_done_callback(self._completed)
            self._done.put_nowait(None)
        self._todo.clear()

    def _completed(self, future: Any) -> None:
        if not self._todo:
            return
        self._todo.remove(future)
        self._done.put_nowait(future)
        if not self._todo and self._handle is not None:
            self._handle.cancel()

    def _wait_for_one(self) -> Any:
        future = self._done.get()
        if future is None:
            raise TimeoutError
        return future

    def _wait_for_result(self) -> Any:
        return self._wait_for_one().result()


class _CompletedFutures(Iterator[Any]):
    """Waits for each future that is done next."""

    def __init__(self, completed: _AsCompleted) -> None:
        self._completed = completed

    def __next__(self) -> Any:
        if here.loop is None and here.participant is None:
            return visit(self.__next__)
        completed = self._completed
        if not completed._left:
            raise StopIteration
        completed._left -= 1
        return completed._wait_for_one()


def as_completed(fs: Iterable[Any], *, timeout: float | None = None) -> _AsCompleted:
    """Return an iterator of awaitables for the results in the order they come in."""
    if isawaitable(fs):
        raise TypeError(f"expects an iterable of awaitables, not {type(fs).__name__}")
    if uses_shared_loop():
        return visit(_AsCompleted, fs, timeout)
    return _AsCompleted(fs, timeout)
