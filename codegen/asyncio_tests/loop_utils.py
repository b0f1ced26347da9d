"""What CPython's tests of asyncio import to help them, over the runtime of the twins.

It stands in for `test.test_asyncio.utils` and has what the converted modules use of
it: a loop whose clock a generator moves, objects that equal what matches them, and
the base class that closes the loops of a test.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sys
import time
import unittest
import warnings
from collections.abc import Callable, Generator, Iterator
from typing import Any
from unittest import mock

from asyncio_tests.servers import (
    dummy_ssl_context as dummy_ssl_context,
    run_test_server as run_test_server,
    run_test_unix_server as run_test_unix_server,
    simple_client_sslcontext as simple_client_sslcontext,
    simple_server_sslcontext as simple_server_sslcontext,
    unix_socket_path as unix_socket_path,
)
from test import support  # type: ignore[import-not-found]
from test.support import threading_helper  # type: ignore[import-not-found]

from twingen.runtime.turns.dynamic_calls import later
from twingen.runtime.turns.event_loop import EventLoop
from twingen.runtime.turns.events import (
    DefaultEventLoopPolicy,
    get_running_loop,
    set_event_loop,
)
from twingen.runtime.turns.function_kinds import coroutine
from twingen.runtime.turns.log import logger
from twingen.runtime.turns.reprs import source_of
from twingen.runtime.turns.turn_threads import Participant
from twingen.runtime.turns.waiting import sleep

CLOCK_RES = 0.05
"""By how much a clock may be coarse, in seconds."""

Times = Generator[Any, Any, None]


class Internal:
    """Stands for what asyncio has and the runtime has not; see `left_out.toml`."""


class PidfdChildWatcher:
    """Stands for a watcher of child processes: the runtime looks at descriptors."""

    def attach_loop(self, loop: object) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


class ThreadedChildWatcher(PidfdChildWatcher):
    """Lets the runtime wait in threads, as on systems without `os.pidfd_open()`."""

    def attach_loop(self, loop: object) -> None:
        """Take that function away while there is a loop."""
        if loop is None:
            os.pidfd_open = pidfd_open
        else:
            del os.pidfd_open


class SafeChildWatcher(PidfdChildWatcher):
    """Stands for a watcher that is deprecated."""

    def __init__(self) -> None:
        warn_of_deprecated(type(self))


class FastChildWatcher(SafeChildWatcher):
    """Stands for another."""


def warn_of_deprecated(what: type | Callable[..., object]) -> None:
    """Warn as asyncio does of what it will not have for long."""
    warnings.warn(f"{what.__name__} is deprecated", DeprecationWarning, stacklevel=3)


pidfd_open = getattr(os, "pidfd_open", None)
watchers: list[PidfdChildWatcher] = []


def can_use_pidfd() -> bool:
    """Return whether the system has what the runtime looks at."""
    return pidfd_open is not None


def get_child_watcher(*_: object) -> PidfdChildWatcher:
    """Return what was set; policies have a method of this name."""
    return watchers[0]


def set_child_watcher(*given: Any) -> None:
    """Keep what stands for a watcher; policies have a method of this name."""
    warn_of_deprecated(set_child_watcher)
    watchers[:] = given[-1:]


for _each in (get_child_watcher, set_child_watcher):
    setattr(DefaultEventLoopPolicy, _each.__name__, _each)


class TestLoop(EventLoop):
    """A loop whose clock stands still until a generator moves it.

    The generator is sent the time of each new timer when a round has ended, and yields
    how far the clock goes on then.
    """

    __test__ = False

    def __init__(self, times: Callable[[], Times] | None = None) -> None:
        super().__init__()
        self._times = (_never if times is None else times)()
        self._has_times = times is not None
        self._now = 0.0
        self._new_timers: list[float] = []
        self._clock_resolution = 1e-9
        next(self._times)

    def time(self) -> float:
        """Return the time that the generator has led to."""
        return self._now

    def advance_time(self, seconds: float | None) -> None:
        """Move the clock."""
        self._now += seconds or 0

    def call_at(
        self, when: float, callback: Any, *args: Any, context: Any = None
    ) -> Any:
        """Call a function at a time; the generator is told of it."""
        self._new_timers.append(when)
        return super().call_at(when, callback, *args, context=context)

    def run_forever(self) -> None:
        """Run, and end the last round."""
        try:
            super().run_forever()
        finally:
            self._end_round()

    def close(self) -> None:
        """Close the loop; the generator must have come to its end."""
        super().close()
        if self._has_times:
            with contextlib.suppress(StopIteration):
                self._times.send(0)
                raise AssertionError("the generator of times expects more timers")

    def _end_round(self) -> None:
        timers, self._new_timers = self._new_timers, []
        for when in timers:
            self.advance_time(self._times.send(when))

    def _poll(self, me: Participant, sleep: bool = True) -> None:
        if self._polled:
            self._end_round()
        super()._poll(me, sleep)

    def _sleep(self, me: Participant, timeout: float | None) -> Any:
        return self._selector.select(0)

    def _run_once(self) -> None:
        self.stop()
        self.run_forever()


def _never() -> Times:
    yield


class TestCase(unittest.TestCase):
    """A test whose loops are closed, and whose threads have to end."""

    def setUp(self) -> None:
        """Count the threads; this one has no loop, as asyncio knows no shared loop."""
        set_event_loop(None)
        self._threads = threading_helper.threading_setup()

    def tearDown(self) -> None:
        """Close the loops."""
        set_event_loop(None)
        assert sys.exc_info()[1] is None
        self.doCleanups()
        threading_helper.threading_cleanup(*self._threads)
        support.reap_children()

    def set_event_loop(self, loop: EventLoop, *, cleanup: bool = True) -> None:
        """Take care of a loop, which the test passes on explicitly."""
        assert loop is not None
        set_event_loop(None)
        if cleanup:
            self.addCleanup(self.close_loop, loop)

    def new_test_loop(self, gen: Callable[[], Times] | None = None) -> TestLoop:
        """Return a new loop with a clock of its own."""
        loop = TestLoop(gen)
        self.set_event_loop(loop)
        return loop

    @staticmethod
    def close_loop(loop: EventLoop) -> None:
        """Close a loop, and wait for the threads of its executor."""
        executor = loop._default_executor
        if executor is not None:
            if loop.is_closed():
                executor.shutdown(wait=True)
            else:
                loop.run_until_complete(later(loop.shutdown_default_executor))
        loop.close()


def run_briefly(loop: EventLoop) -> None:
    """Run a loop for the one round that a coroutine takes which does nothing."""
    nothing = later(_nothing)
    task = loop.create_task(nothing)
    task._log_destroy_pending = False
    try:
        loop.run_until_complete(task)
    finally:
        nothing.close()


@coroutine
def _nothing() -> None:
    pass


def run_once(loop: EventLoop) -> None:
    """Run the callbacks that are ready."""
    loop.call_soon(loop.stop)
    loop.run_forever()


def run_until(
    loop: EventLoop,
    predicate: Callable[[], object],
    timeout: float = support.SHORT_TIMEOUT,
) -> None:
    """Run a loop until something holds."""
    end = time.monotonic() + timeout
    while not predicate():
        if time.monotonic() > end:
            raise TimeoutError
        loop.run_until_complete(later(sleep, 0.001))


@coroutine
def await_without_task(awaitable: Any) -> None:
    """Wait for an awaitable by hand, in a callback, where no task runs."""
    raised: list[BaseException] = []

    def wait() -> None:
        try:
            for _ in awaitable.__await__():
                pass
        except BaseException as error:
            raised.append(error)

    get_running_loop().call_soon(wait)
    sleep(0)
    if raised:
        raise raised[0]


def get_function_source(function: Any) -> tuple[str, int]:
    """Return the file and the line of a function."""
    source = source_of(function)
    assert source is not None
    return source


def MockCallback(**options: Any) -> mock.Mock:
    """Return a mock that can be called and no more."""
    return mock.Mock(spec=["__call__"], **options)


class MockPattern(str):
    """A pattern that equals the strings in which it is found."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return re.search(str(self), str(other), re.DOTALL) is not None


class MockInstanceOf:
    """Equals the objects of a type."""

    def __init__(self, kind: type[Any]) -> None:
        self._kind = kind

    def __eq__(self, other: object) -> bool:
        return isinstance(other, self._kind)

    __hash__ = None  # type: ignore[assignment]


@contextlib.contextmanager
def disable_logger() -> Iterator[None]:
    """Let nothing be logged."""
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)
