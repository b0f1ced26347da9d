"""The parts of the runtime, each against the asyncio behaviour that it stands for."""

from __future__ import annotations

import contextvars
import itertools
import queue
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest

from support.elapsed_time import took
from twingen.runtime import deadline, selector_loop
from twingen.runtime.deadline import Deadline
from twingen.runtime.selector_loop import Future, SelectorLoop
from twingen.runtime.tasks import Task, gather


@pytest.fixture
def sockets() -> Iterator[tuple[socket.socket, socket.socket]]:
    here, there = socket.socketpair()
    with here, there:
        yield here, there


def busy_lock() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


def full_queue() -> queue.Queue[int]:
    made: queue.Queue[int] = queue.Queue(1)
    made.put(1)
    return made


NEVER: dict[str, Callable[[float | None], object]] = {
    "event": lambda t: deadline.wait_event(threading.Event(), t),
    "lock": lambda t: deadline.acquire(busy_lock(), t),
    "semaphore": lambda t: deadline.acquire(threading.Semaphore(0), t),
    "get": lambda t: deadline.queue_get(queue.Queue[int](), t),
    "put": lambda t: deadline.queue_put(full_queue(), 2, t),
    "sleep": lambda t: deadline.sleep(90, t),
    "thread": lambda t: deadline.call_in_thread(t, time.sleep, 90),
    "future": lambda t: SelectorLoop().create_future().wait(t),
    "descriptor": lambda t: SelectorLoop().wait_event(threading.Event(), t),
    "task": lambda t: Task(time.sleep, 90).wait(t),
}


@pytest.mark.parametrize("name", NEVER)
@pytest.mark.parametrize("timeout", [0.1, 0, -1])
def test_timeout_error_in_time(name: str, timeout: float) -> None:
    start = time.monotonic()
    with pytest.raises(TimeoutError) as caught:
        NEVER[name](timeout)
    assert took(start, max(timeout, 0)) == f"{max(timeout, 0)} s"
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def ready_event() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


def settled(loop: SelectorLoop) -> Future[int]:
    future: Future[int] = loop.create_future()
    future.set_result(7)
    return future


AT_ONCE: dict[str, tuple[Callable[[float | None], object], object]] = {
    "event": (lambda t: deadline.wait_event(ready_event(), t), True),
    "lock": (lambda t: deadline.acquire(threading.Lock(), t), True),
    "get": (lambda t: deadline.queue_get(full_queue(), t), 1),
    "put": (lambda t: deadline.queue_put(queue.Queue[int](), 2, t), None),
    "future": (lambda t: settled(SelectorLoop()).wait(t), 7),
    "descriptor": (lambda t: SelectorLoop().wait_event(ready_event(), t), True),
}


@pytest.mark.parametrize("name", AT_ONCE)
@pytest.mark.parametrize("timeout", [None, 30, 0, -1])
def test_what_is_there_is_taken(name: str, timeout: float | None) -> None:
    """As in a timeout block: a wait that need not wait never times out."""
    call, expected = AT_ONCE[name]
    assert call(timeout) == expected


def test_sleep_within_the_deadline() -> None:
    deadline.sleep(0.01, None)
    deadline.sleep(0.01, 30)
    deadline.sleep(-1, 30)


def test_call_in_thread_hands_over_results_and_exceptions() -> None:
    assert deadline.call_in_thread(30, "{}{x}".format, 1, x=2) == "12"
    assert deadline.call_in_thread(None, threading.get_ident) != threading.get_ident()
    with pytest.raises(ZeroDivisionError):
        deadline.call_in_thread(30, lambda: 1 / 0)


def test_unexpired_timeout() -> None:
    assert deadline.unexpired(None) is None
    assert deadline.unexpired(0.5) == 0.5
    for timeout in (0, -1.5):
        with pytest.raises(TimeoutError):
            deadline.unexpired(timeout)


class TestDeadline:
    def test_counts_down_to_zero(self) -> None:
        with Deadline(30) as limit:
            first = limit.remaining()
            time.sleep(0.05)
            second = limit.remaining()
            assert first is not None
            assert second is not None
            assert 0 < second < first <= 30
        with Deadline(0.05) as limit:
            time.sleep(0.06)
            assert limit.remaining() == 0

    def test_without_a_delay_there_is_no_end(self) -> None:
        with Deadline(None) as limit:
            assert limit.remaining() is None
        assert not limit.expired()

    def test_expired_only_when_a_wait_was_ended(self) -> None:
        with Deadline(0) as limit:
            pass
        assert not limit.expired()
        with pytest.raises(TimeoutError), Deadline(0.01) as limit:
            deadline.sleep(90, limit.remaining())
        assert limit.expired()

    def test_other_exceptions_pass(self) -> None:
        with pytest.raises(KeyError), Deadline(0) as limit:
            raise KeyError
        assert not limit.expired()
        with pytest.raises(TimeoutError), Deadline(30) as limit:
            raise TimeoutError
        assert not limit.expired()


class TestFuture:
    def test_result_and_exception(self) -> None:
        future = SelectorLoop().create_future()
        assert not future.done()
        for ask in (future.result, future.exception):
            with pytest.raises(RuntimeError, match="not done"):
                ask()
        future.set_result(3)
        assert (future.done(), future.result(), future.wait()) == (True, 3, 3)
        assert future.exception() is None

    def test_raises_what_it_was_settled_with(self) -> None:
        future = SelectorLoop().create_future()
        future.set_exception(KeyError("mine"))
        assert isinstance(future.exception(), KeyError)
        for ask in (future.wait, future.result):
            with pytest.raises(KeyError, match="mine"):
                ask()

    def test_future_is_settled_once(self) -> None:
        future = settled(SelectorLoop())
        with pytest.raises(RuntimeError, match="already done"):
            future.set_result(2)
        with pytest.raises(RuntimeError, match="already done"):
            future.set_exception(KeyError())
        assert future.result() == 7

    def test_cannot_be_settled_after_its_wait_timed_out(self) -> None:
        """asyncio cancels such a future, so late callbacks find it done."""
        future = SelectorLoop().create_future()
        with pytest.raises(TimeoutError):
            future.wait(0)
        assert future.done()
        with pytest.raises(RuntimeError, match="already done"):
            future.set_result(1)


@pytest.fixture(params=["poll", "no poll"])
def poll(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait once as this system does, once as others do."""
    if request.param == "no poll":
        monkeypatch.setattr(selector_loop, "_new_poll", selector_loop._Poll)


@pytest.mark.usefixtures("poll")
class TestSelectorLoop:
    def test_calls_back_while_it_waits(
        self, sockets: tuple[socket.socket, socket.socket]
    ) -> None:
        here, there = sockets
        loop, event = SelectorLoop(), threading.Event()
        seen: list[str] = []

        def ready(word: str) -> None:
            seen.append(word)
            event.set()

        loop.add_reader(here, ready, "read")
        there.send(b"x")
        assert seen == []
        assert loop.wait_event(event, 30)
        assert seen == ["read"]

    def test_reader_and_writer_of_one_descriptor(
        self, sockets: tuple[socket.socket, socket.socket]
    ) -> None:
        here, _ = sockets
        loop = SelectorLoop()
        readable, writable = threading.Event(), threading.Event()
        loop.add_reader(here.fileno(), readable.set)
        loop.add_writer(here.fileno(), writable.set)
        assert loop.wait_event(writable, 30)
        assert not readable.is_set()
        assert loop.remove_writer(here.fileno())
        with pytest.raises(TimeoutError):
            loop.wait_event(readable, 0.05)
        assert loop.remove_reader(here.fileno())
        assert not loop.remove_reader(here.fileno())
        assert not loop.remove_writer(here.fileno())

    def test_adding_again_replaces_the_callback(
        self, sockets: tuple[socket.socket, socket.socket]
    ) -> None:
        here, there = sockets
        loop, first, second = SelectorLoop(), threading.Event(), threading.Event()
        loop.add_reader(here, first.set)
        loop.add_reader(here, second.set)
        there.send(b"x")
        assert loop.wait_event(second, 30)
        assert not first.is_set()

    def test_callback_may_remove_itself(
        self, sockets: tuple[socket.socket, socket.socket]
    ) -> None:
        here, there = sockets
        loop = SelectorLoop()
        future = loop.create_future()

        def ready() -> None:
            assert loop.remove_reader(here)
            future.set_result(here.recv(10))

        loop.add_reader(here, ready)
        there.send(b"hello")
        assert future.wait(30) == b"hello"

    def test_exception_of_a_callback_reaches_the_waiter(
        self, sockets: tuple[socket.socket, socket.socket]
    ) -> None:
        here, _ = sockets
        loop = SelectorLoop()
        loop.add_writer(here, lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            loop.create_future().wait(30)

    def test_is_never_closed(self) -> None:
        assert not SelectorLoop().is_closed()


variable = contextvars.ContextVar("variable", default=0)


class TestTask:
    def test_runs_at_once_in_a_thread(self) -> None:
        task = Task(threading.get_ident)
        assert task.wait(30) not in (0, threading.get_ident())
        assert task.done()

    def test_arguments(self) -> None:
        assert Task("{}{self}".format, 1, self=2).wait(30) == "12"

    def test_result_of_what_runs_is_an_error(self) -> None:
        release = threading.Event()
        task = Task(release.wait, 30)
        for ask in (task.result, task.exception):
            with pytest.raises(RuntimeError, match="not done"):
                ask()
        release.set()
        assert task.wait(30) is True
        assert (task.result(), task.exception()) == (True, None)

    def test_exception_is_raised_by_every_wait(self) -> None:
        task = Task(int, "x")
        for ask in (task.wait, task.result):
            with pytest.raises(ValueError, match="invalid literal"):
                ask() if ask == task.result else task.wait(30)
        assert isinstance(task.exception(), ValueError)

    def test_context_is_copied(self) -> None:
        variable.set(1)
        task = Task(lambda: (variable.get(), variable.set(2))[0])
        assert (task.wait(30), variable.get()) == (1, 1)

    def test_callbacks_are_called_once_before_or_after(self) -> None:
        seen: queue.SimpleQueue[Task[int]] = queue.SimpleQueue()
        release = threading.Event()
        task = Task(lambda: release.wait(30) and 3)
        task.add_done_callback(seen.put)
        release.set()
        assert seen.get(timeout=30).result() == 3
        task.add_done_callback(seen.put)
        assert seen.get(timeout=30) is task
        assert seen.empty()


class TestGather:
    def test_order_of_the_arguments(self) -> None:
        assert gather(lambda: time.sleep(0.05), lambda: 2) == [None, 2]
        assert gather() == []

    def test_calls_run_together(self) -> None:
        barrier = threading.Barrier(3)
        assert sorted(gather(*[lambda: barrier.wait(30)] * 3)) == [0, 1, 2]

    def test_first_exception_at_once(self) -> None:
        release = threading.Event()
        with pytest.raises(ZeroDivisionError):
            gather(lambda: release.wait(30), lambda: 1 / 0)
        assert not release.is_set()
        release.set()

    def test_exceptions_as_results(self) -> None:
        class Falsy(Exception):
            def __bool__(self) -> bool:
                return False

        def fail() -> None:
            raise Falsy

        first, second = gather(fail, lambda: 2, return_exceptions=True)
        assert isinstance(first, Falsy)
        assert second == 2


def test_interrupted_while_it_begins_to_watch(
    sockets: tuple[socket.socket, socket.socket],
) -> None:
    here, there = sockets
    there.send(b"x")
    for instant in itertools.count(1):
        loop = SelectorLoop()
        interrupted = begin_to_watch(loop, here, instant)
        loop.remove_reader(here)  # as the `finally` of who watches does
        assert loop.watches_nothing
        future: Future[None] = loop.create_future()
        loop.add_reader(here, future.set_result, None)
        future.wait(60)
        if not interrupted:
            break
    assert instant > 10, "there was nothing to interrupt"


def begin_to_watch(loop: SelectorLoop, watched: socket.socket, instant: int) -> bool:
    """Add a reader, interrupted at an instant; tell whether it came so far."""
    try:
        # Python 3.13 traces instructions only after a call that was traced, too.
        sys.settrace(Interrupt(0).begin)
        SelectorLoop().add_reader(watched, bool)
        sys.settrace(Interrupt(instant).begin)
        loop.add_reader(watched, bool)
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(None)
    return False


class Interrupt:
    """A trace function that raises `KeyboardInterrupt` at an instant of the loop's."""

    def __init__(self, instant: int) -> None:
        self.left = instant

    def begin(self, frame: FrameType, event: str, arg: object) -> Any:
        if frame.f_code.co_filename != selector_loop.__file__:
            return None
        frame.f_trace_opcodes = True
        return self.step

    def step(self, frame: FrameType, event: str, arg: object) -> Any:
        if event == "opcode":
            self.left -= 1
            if self.left == 0:
                sys.settrace(None)
                raise KeyboardInterrupt
        return self.step
