"""The turns runtime: the calls of a twin, and asyncio's behaviour in what they give."""

from __future__ import annotations

import collections.abc
import contextlib
import contextvars
import functools
import gc
import inspect
import logging
import socket
import sys
import threading
import types
import warnings
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from twingen.runtime.turns import (
    async_case,
    blocking_calls,
    calls,
    coroutines,
    entry_points,
    event_loop,
    events,
    exceptions,
    executors,
    function_kinds,
    futures,
    generators,
    home_loop,
    inspection,
    iterators,
    locks,
    queues,
    runners,
    task_creation,
    task_groups,
    tasks,
    thread_state,
    timeouts,
    waiting,
)
from twingen.runtime.turns.calls import await_, awaited, later
from twingen.runtime.turns.entry_points import entry
from twingen.runtime.turns.exceptions import CancelledError
from twingen.runtime.turns.function_kinds import coroutine
from twingen.runtime.turns.generators import generator
from twingen.runtime.turns.runners import run
from twingen.runtime.turns.task_creation import create_task
from twingen.runtime.turns.waiting import sleep


@coroutine
def double(x: int, /, *, more: int = 0) -> int:
    sleep(0)
    return 2 * x + more


def plain(x: int) -> int:
    return 2 * x


def in_loop(body: Callable[[], Any]) -> Any:
    """Run a function as the main coroutine of a loop."""
    return run(later(coroutine(body)))


# Calls.


def test_later_binds_and_runs_when_waited_for() -> None:
    seen: list[int] = []

    @coroutine
    def body(x: int) -> int:
        seen.append(x)
        return x

    @coroutine
    def main() -> None:
        made = later(body, 1)
        assert isinstance(made, coroutines.Coroutine)
        assert seen == []
        assert await_(made) == 1
        assert seen == [1]

    run(later(main))


@pytest.mark.parametrize(
    "arguments", [((), {}), ((1, 2), {}), ((1,), {"x": 1}), ((1,), {"other": 1})]
)
def test_later_raises_what_the_call_raises(
    arguments: tuple[tuple[Any, ...], dict[str, Any]],
) -> None:
    args, kwargs = arguments
    with pytest.raises(TypeError) as direct:
        double(*args, **kwargs)
    with pytest.raises(TypeError) as bound:
        later(double, *args, **kwargs)
    assert str(bound.value) == str(direct.value)


def test_later_binds_every_kind_of_parameter() -> None:
    @coroutine
    def many(
        a: int, /, b: int, c: int = 3, *rest: int, d: int, e: int = 5, **others: int
    ) -> Any:
        return a, b, c, rest, d, e, others

    def main() -> None:
        made = later(many, 1, 2, 3, 4, d=5, f=6)
        assert await_(made) == (1, 2, 3, (4,), 5, 5, {"f": 6})
        with pytest.raises(TypeError, match="keyword-only argument: 'd'"):
            later(many, 1, 2)  # type: ignore[call-arg]

    in_loop(main)


def test_coroutine_that_is_never_awaited() -> None:
    with pytest.warns(RuntimeWarning, match="'double' was never awaited"):
        later(double, 1)
    # What other tests have left behind may be told of as well.
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        later(double, 1).close()
        gc.collect()
    assert [each for each in told if "double" in str(each.message)] == []


class Callable_:
    @coroutine
    def __call__(self, x: int) -> int:
        return double(x)

    @coroutine
    def method(self, x: int) -> int:
        return double(x)

    @classmethod
    @coroutine
    def of_class(cls, x: int) -> int:
        return double(x)

    @staticmethod
    @coroutine
    def static(x: int) -> int:
        return double(x)


MARKED: list[Callable[..., Any]] = [
    double,
    entry(double),
    functools.partial(double, more=0),
    functools.partial(functools.partial(double), more=0),
    Callable_(),
    Callable_().method,
    Callable_().of_class,
    Callable_.of_class,
    Callable_.static,
    functools.partial(Callable_().method),
]


@pytest.mark.parametrize("function", MARKED)
def test_what_is_looked_through(function: Callable[..., Any]) -> None:
    def main() -> None:
        made = later(function, 2)
        assert isinstance(made, coroutines.Coroutine)
        assert await_(made) == 4
        assert awaited(function, 2) == 4

    in_loop(main)


def test_mark_is_not_copied_with_attributes() -> None:
    @functools.wraps(double)
    def wrapper(*args: Any) -> str:
        return "plain"

    assert function_kinds.marked(double) == "coroutine"
    assert function_kinds.marked(wrapper) is None
    assert later(wrapper, 1) == "plain"
    assert awaited(wrapper, 1) == "plain"
    assert not inspection.iscoroutinefunction(wrapper)


def test_decorators_keep_what_a_function_is() -> None:
    for decorator in (coroutine, entry, generator, calls.returns_awaitable):

        def function(a: int, b: str = "x") -> None:
            """Say so."""

        before = inspect.signature(function)
        made = decorator(function)
        assert inspect.signature(made) == before
        assert (made.__name__, made.__doc__) == ("function", "Say so.")


def test_returns_awaitable() -> None:
    seen: list[str] = []

    @calls.returns_awaitable
    def maker(x: int) -> Any:
        seen.append("body")
        return later(double, x)

    def main() -> None:
        made = later(maker, 1)
        assert isinstance(made, coroutines.Coroutine)
        assert seen == ["body"]
        assert await_(made) == 2
        assert awaited(maker, 2) == 4
        assert maker(3) == 6

    in_loop(main)
    assert maker(4) == 8
    assert seen == ["body"] * 4


def test_awaited_passes_on_what_cannot_be_awaited() -> None:
    def main() -> None:
        assert awaited(plain, 2) == 4
        assert awaited(create_task, later(double, 1)) == 2
        assert awaited(lambda: None) is None

    in_loop(main)


class Awaitable:
    def __init__(self, iterator: Any) -> None:
        self.iterator = iterator

    def __await__(self) -> Any:
        return self.iterator


@types.coroutine
def by_yield() -> Iterator[None]:
    yield
    return 5  # type: ignore[return-value]


async def native() -> int:
    await Awaitable(iter(()))
    return 6


def test_await_of_anything() -> None:
    def main() -> None:
        future: futures.Future[int] = events.get_running_loop().create_future()
        future.get_loop().call_soon(future.set_result, 3)
        assert await_(future) == 3
        assert await_(by_yield()) == 5
        assert await_(native()) == 6
        assert await_(Awaitable(later(double, 2).__await__())) == 4
        assert await_(Awaitable(iter([None, None]))) is None
        with pytest.raises(TypeError, match="object int can't be used in 'await'"):
            await_(1)
        with pytest.raises(TypeError, match=r"__await__\(\) returned non-iterator"):
            await_(Awaitable(1))
        made = later(double, 1)
        with pytest.raises(TypeError, match=r"__await__\(\) returned a coroutine"):
            await_(Awaitable(made))
        await_(made)
        with pytest.raises(RuntimeError, match="cannot reuse already awaited"):
            await_(made)

    in_loop(main)


def test_coroutine_driven_by_hand() -> None:
    def main() -> None:
        made = later(double, 3)
        assert inspection.getcoroutinestate(made) == "CORO_CREATED"
        assert made.send(None) is None
        assert inspection.getcoroutinestate(made) == "CORO_SUSPENDED"
        with pytest.raises(StopIteration) as stop:
            made.send(None)
        assert stop.value.value == 6
        assert inspection.getcoroutinestate(made) == "CORO_CLOSED"
        thrown = later(double, 3)
        thrown.send(None)
        with pytest.raises(KeyError):
            thrown.throw(KeyError("x"))
        closed = later(double, 3)
        closed.send(None)
        closed.close()
        assert inspection.getcoroutinestate(closed) == "CORO_CLOSED"

    in_loop(main)


class Manager:
    def __init__(self, seen: list[str]) -> None:
        self.seen = seen

    @coroutine
    def __aenter__(self) -> Manager:
        self.seen.append("in")
        return self

    @coroutine
    def __aexit__(self, *error: object) -> bool:
        sleep(0)
        self.seen.append("out")
        return True


def test_entered_manager_is_left_by_its_with_block() -> None:
    seen: list[str] = []

    def main() -> None:
        with calls.entered(Manager(seen)) as manager:
            assert isinstance(manager, Manager)
            raise ValueError
        with calls.entered(locks.Lock()) as nothing:
            assert nothing is None
        with pytest.raises(TypeError, match="asynchronous context manager protocol"):
            calls.entered(1)

    in_loop(main)
    assert seen == ["in", "out"]


class Numbers:
    def __init__(self) -> None:
        self.n = 0

    def __aiter__(self) -> Numbers:
        return self

    @coroutine
    def __anext__(self) -> int:
        self.n += 1
        if self.n > 3:
            raise StopAsyncIteration
        return self.n


def test_iterated() -> None:
    def main() -> None:
        assert list(calls.iterated(Numbers())) == [1, 2, 3]
        assert list(calls.iterated(iter([1]))) == [1]
        assert list(calls.iterated(counted(2))) == [0, 1]
        with pytest.raises(TypeError, match="__aiter__ method, got int"):
            calls.iterated(1)

    in_loop(main)


# Questions.


def test_iscoroutine_isawaitable_iscoroutinefunction() -> None:
    made = later(double, 1)
    assert inspection.iscoroutine(made)
    assert inspection.isawaitable(made)
    assert isinstance(made, collections.abc.Coroutine)
    assert isinstance(made, collections.abc.Awaitable)
    made.close()
    assert not inspection.iscoroutine(1)
    assert not inspection.isawaitable(1)
    assert inspection.isawaitable(by_yield())
    assert inspection.iscoroutinefunction(double)
    assert inspection.iscoroutinefunction(entry(double))
    assert inspection.iscoroutinefunction(functools.partial(double, 1))
    assert inspection.iscoroutinefunction(Callable_().method)
    assert inspection.iscoroutinefunction(sleep)
    assert inspection.iscoroutinefunction(locks.Lock().acquire)
    assert inspection.iscoroutinefunction(native)
    assert not inspection.iscoroutinefunction(Callable_())
    assert not inspection.iscoroutinefunction(plain)
    assert not inspection.iscoroutinefunction(counted)
    assert inspection.isasyncgenfunction(counted)
    assert inspection.isasyncgen(counted(1))

    def hands_out(x: int) -> Any:
        return later(double, x)

    assert not inspection.iscoroutinefunction(hands_out)
    inspection.markcoroutinefunction(hands_out)
    assert inspection.iscoroutinefunction(hands_out)
    in_loop(lambda: await_(later(hands_out, 1)))


# Generators.


@generator
def counted(n: int, seen: list[str] | None = None) -> Iterator[int]:
    try:
        for i in range(n):
            sleep(0)
            yield i
    finally:
        sleep(0)
        if seen is not None:
            seen.append("closed")


def test_generator() -> None:
    def main() -> None:
        assert list(counted(3)) == [0, 1, 2]
        each: Any = counted(3)
        assert next(each) == 0
        assert await_(each.__anext__()) == 1
        assert await_(each.asend(None)) == 2
        with pytest.raises(StopAsyncIteration):
            await_(each.__anext__())
        assert await_(generators.Generator.aclose(each)) is None

    in_loop(main)


def test_generator_that_is_left_is_closed_by_its_loop() -> None:
    seen: list[str] = []

    def main() -> None:
        for _ in counted(3, seen):
            break
        gc.collect()
        assert seen == []
        for _ in range(4):
            sleep(0)
        assert seen == ["closed"]

    in_loop(main)


def test_generators_that_are_open_are_closed_by_run() -> None:
    seen: list[str] = []
    keep = []

    def main() -> None:
        keep.append(counted(3, seen))
        next(keep[0])

    in_loop(main)
    assert seen == ["closed"]


def test_generator_that_is_left_when_its_loop_is_closed() -> None:
    seen: list[str] = []
    loop = event_loop.EventLoop()
    each = counted(3, seen)
    assert loop.run_until_complete(each.__anext__()) == 0  # type: ignore[attr-defined]
    loop.close()
    del each
    gc.collect()
    assert seen == ["closed"]


def test_generator_that_runs_already() -> None:
    def main() -> None:
        each = counted(3)
        task = create_task(each.__anext__())  # type: ignore[attr-defined]
        sleep(0)
        with pytest.raises(RuntimeError, match=r"anext\(\): .* already running"):
            next(each)
        with pytest.raises(RuntimeError, match=r"aclose\(\): .* already running"):
            each.close()  # type: ignore[attr-defined]
        assert await_(task) == 0

    in_loop(main)


def test_contextlib_over_a_generator() -> None:
    seen: list[str] = []

    @contextlib.asynccontextmanager
    @generator
    def managed() -> Any:
        seen.append("in")
        sleep(0)
        try:
            yield 1
        finally:
            sleep(0)
            seen.append("out")

    def main() -> None:
        with contextlib.suppress(KeyError), calls.entered(managed()) as one:
            assert one == 1
            raise KeyError

    in_loop(main)
    assert seen == ["in", "out"]


# Tasks.


def test_order_of_steps() -> None:
    log: list[str] = []

    @coroutine
    def child(name: str) -> None:
        for i in range(3):
            log.append(f"{name}{i}")
            sleep(0)

    def main() -> None:
        loop = events.get_running_loop()
        made = [create_task(later(child, each)) for each in "ab"]
        loop.call_soon(log.append, "soon")
        sleep(0)
        log.append("main")
        loop.call_soon(log.append, "later")
        waiting.wait(made)

    in_loop(main)
    assert log == ["a0", "b0", "soon", "main", "a1", "b1", "later", "a2", "b2"]


def test_cancellation() -> None:
    log: list[Any] = []

    @coroutine
    def child() -> None:
        try:
            sleep(1000)
        except CancelledError as error:
            log.append(error.args)
            raise

    def main() -> None:
        task = create_task(later(child))
        never = create_task(later(child))
        never.cancel()
        sleep(0)
        assert task.cancel("why")
        assert task.cancelling() == 1
        with pytest.raises(CancelledError):
            await_(task)
        assert task.cancelled()
        assert never.cancelled()
        assert not task.cancel()

    in_loop(main)
    assert log == [("why",)]


def test_exception_never_retrieved(caplog: pytest.LogCaptureFixture) -> None:
    @coroutine
    def fails() -> None:
        raise ZeroDivisionError

    def main() -> None:
        create_task(later(fails))
        sleep(0)
        sleep(0)

    with caplog.at_level(logging.ERROR, "asyncio"):
        in_loop(main)
        gc.collect()
    assert "Task exception was never retrieved" in caplog.text


def test_failed_task_is_freed_at_once() -> None:
    references = []

    @coroutine
    def fails() -> None:
        raise ZeroDivisionError

    def main() -> None:
        gc.disable()
        try:
            task = create_task(later(fails))
            references.append(weakref.ref(task))
            with pytest.raises(ZeroDivisionError):
                await_(task)
            del task
            sleep(0)
            assert references[0]() is None
        finally:
            gc.enable()

    if sys.version_info >= (3, 11):  # before, pytest.raises() keeps the frames
        in_loop(main)


def test_callback_in_a_wait_sees_no_exception_that_is_handled() -> None:
    seen: list[BaseException | None] = []

    def callback() -> None:
        seen.append(sys.exc_info()[1])

    def main() -> None:
        try:
            raise KeyError
        except KeyError:
            events.get_running_loop().call_soon(callback)
            sleep(0)

    in_loop(main)
    assert seen == [None]


def test_exception_in_a_callback(caplog: pytest.LogCaptureFixture) -> None:
    def main() -> int:
        events.get_running_loop().call_soon(lambda: 1 // 0)
        sleep(0)
        return 1

    with caplog.at_level(logging.ERROR, "asyncio"):
        assert in_loop(main) == 1
    assert "Exception in callback" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_context_variables_of_tasks() -> None:
    variable = contextvars.ContextVar("variable", default=0)

    @coroutine
    def child(value: int) -> int:
        variable.set(value)
        sleep(0)
        return variable.get()

    def main() -> None:
        assert await_(waiting.gather(later(child, 1), later(child, 2))) == [1, 2]
        assert variable.get() == 0
        context = contextvars.copy_context()
        await_(create_task(later(child, 3), context=context))
        assert context[variable] == 3

    in_loop(main)


def test_eager_tasks() -> None:
    log: list[str] = []

    @coroutine
    def child(name: str) -> str:
        log.append(f"{name} begins")
        if name == "waits":
            sleep(0)
        return name

    def main() -> None:
        events.get_running_loop().set_task_factory(task_creation.eager_task_factory)
        done = create_task(later(child, "ends"))
        assert done.done()
        waits = create_task(later(child, "waits"))
        assert not waits.done()
        log.append("main")
        assert await_(waits) == "waits"
        events.get_running_loop().set_task_factory(None)

    in_loop(main)
    assert log == ["ends begins", "waits begins", "main"]


def fail_in_a_group() -> None:
    with task_groups.TaskGroup() as group:
        group.create_task(later(coroutine(lambda: 1 // 0)))
        sleep(1000)


def test_tasks_are_traced() -> None:
    seen: set[str] = set()

    def trace(frame: types.FrameType, event: str, argument: object) -> None:
        seen.add(frame.f_code.co_name)

    @coroutine
    def traced_child() -> None:
        sleep(0)

    threading.settrace(trace)
    try:
        in_loop(lambda: await_(create_task(later(traced_child))))
    finally:
        threading.settrace(None)
    assert "traced_child" in seen


def test_groups_timeouts_and_waits() -> None:
    def main() -> None:
        with task_groups.TaskGroup() as group:
            one, two = (group.create_task(later(double, i)) for i in (1, 2))
        assert (one.result(), two.result()) == (2, 4)
        with pytest.raises(exceptions.BaseExceptionGroup) as failed:
            fail_in_a_group()
        assert [type(each) for each in failed.value.exceptions] == [ZeroDivisionError]
        with pytest.raises(TimeoutError), timeouts.timeout(0.001):
            sleep(1000)
        with pytest.raises(TimeoutError):
            waiting.wait_for(later(sleep, 1000), 0.001)
        done, pending = waiting.wait([create_task(later(double, 1))])
        assert len(done) == 1
        assert not pending
        task = create_task(later(sleep, 1000))
        shielded = waiting.shield(task)
        shielded.cancel()
        sleep(0)
        assert not task.done()
        task.cancel()

    in_loop(main)


def test_as_completed_in_both_ways() -> None:
    @coroutine
    def after(rounds: int) -> int:
        for _ in range(rounds):
            sleep(0)
        return rounds

    def main() -> None:
        made = [later(after, each) for each in (5, 1, 3)]
        assert [await_(each) for each in waiting.as_completed(made)] == [1, 3, 5]
        begun = [create_task(later(after, each)) for each in (5, 1, 3)]
        each = list(calls.iterated(waiting.as_completed(begun)))
        assert each == [begun[1], begun[2], begun[0]]

    in_loop(main)


def test_executor() -> None:
    def main() -> None:
        ident = executors.to_thread(threading.get_ident)
        assert ident != threading.get_ident()
        with pytest.raises(ZeroDivisionError):
            executors.to_thread(lambda: 1 // 0)

    in_loop(main)


def test_sockets() -> None:
    def main() -> None:
        loop = events.get_running_loop()
        here, there = socket.socketpair()
        with here, there:
            here.setblocking(False)
            there.setblocking(False)
            task = create_task(later(loop.sock_recv, here, 10))
            sleep(0)
            loop.sock_sendall(there, b"hello")
            assert await_(task) == b"hello"
            got: list[bytes] = []
            loop.add_reader(here, lambda: got.append(here.recv(10)))
            there.send(b"again")
            while not got:
                sleep(0)
            assert loop.remove_reader(here)
            assert not loop.remove_reader(here)
        with socket.socket() as server, socket.socket() as client:
            server.bind(("127.0.0.1", 0))
            server.listen()
            server.setblocking(False)
            client.setblocking(False)
            accepting = create_task(later(loop.sock_accept, server))
            loop.sock_connect(client, server.getsockname())
            accepted, address = await_(accepting)
            assert address == client.getsockname()
            accepted.close()

    in_loop(main)


def test_loop_as_an_object() -> None:
    loop = event_loop.EventLoop()
    assert not loop.is_running()
    assert loop.run_until_complete(later(double, 2)) == 4
    loop.call_soon(loop.stop)
    loop.run_forever()
    forever = loop.create_future()
    loop.call_soon(loop.stop)
    with pytest.raises(RuntimeError, match="Event loop stopped before Future"):
        loop.run_until_complete(forever)
    loop.close()
    assert loop.is_closed()
    with pytest.raises(RuntimeError, match="Event loop is closed"):
        loop.call_soon(print)


def test_run_cannot_be_called_in_a_running_loop() -> None:
    def main() -> None:
        made = later(double, 1)
        with pytest.raises(RuntimeError, match="cannot be called from a running"):
            run(made)
        made.close()

    in_loop(main)


# Threads that are in no loop.


def test_calls_of_a_users_thread() -> None:
    assert waiting.wait_for(later(double, 1), 10) == 2
    assert await_(later(double, 2)) == 4
    task = create_task(later(double, 3))
    assert await_(task) == 6
    assert await_(waiting.gather(later(double, 1), later(double, 2))) == [2, 4]
    assert events.get_running_loop() is home_loop.home()
    queue: queues.Queue[int] = queues.Queue()
    queue.put(1)
    assert queue.get() == 1
    with locks.Lock():
        assert thread_state.here.loop is None


def test_timeout_of_a_users_thread() -> None:
    @entry
    def user() -> None:
        assert tasks.current_task() is not None
        with timeouts.timeout(0.001):
            sleep(1000)

    with pytest.raises(TimeoutError):
        user()


def test_thread_that_wants_no_loop() -> None:
    before = thread_state.here.chosen
    events.set_event_loop(None)
    try:
        with pytest.raises(RuntimeError, match="no running event loop"):
            events.get_running_loop()
        with pytest.raises(RuntimeError, match="There is no current event loop"):
            events.get_event_loop()
    finally:
        thread_state.here.chosen = before


def test_home_loop_runs_what_it_is_given() -> None:
    loop = events.get_event_loop()
    assert loop.run_until_complete(later(double, 2)) == 4
    done = threading.Event()
    loop.call_soon_threadsafe(done.set)
    assert done.wait(60)
    done.clear()
    loop.call_later(0.001, done.set)
    assert done.wait(60)
    future = task_creation.run_coroutine_threadsafe(later(double, 3), loop)
    assert future.result(60) == 6


def test_guarded_function_has_the_turn() -> None:
    home_loop.home()

    @entry_points.guarded
    def plainly() -> Any:
        return thread_state.here.loop

    assert plainly() is home_loop.home()
    assert not inspection.iscoroutinefunction(plainly)


# Test cases.


def test_isolated_asyncio_test_case() -> None:
    log: list[str] = []

    class Case(async_case.IsolatedAsyncioTestCase):
        def setUp(self) -> None:
            log.append("setUp")

        @coroutine
        def asyncSetUp(self) -> None:
            sleep(0)
            log.append("asyncSetUp")

        @coroutine
        def test_it(self) -> None:
            self.addAsyncCleanup(later, coroutine(lambda: log.append("made")))
            self.addAsyncCleanup(self.clean)
            assert self.enterAsyncContext(Manager(log)) is not None
            log.append("test")

        def test_plain(self) -> None:
            assert thread_state.here.loop is None

        @coroutine
        def clean(self) -> None:
            sleep(0)
            log.append("cleanup")

        @coroutine
        def asyncTearDown(self) -> None:
            log.append("asyncTearDown")

    result = Case("test_plain").run()
    assert result is not None
    assert result.wasSuccessful(), result.errors
    log.clear()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = Case("test_it").run()
    assert result is not None
    assert result.wasSuccessful(), result.errors
    assert log == [
        "setUp",
        "asyncSetUp",
        "in",
        "test",
        "asyncTearDown",
        "out",
        "cleanup",
    ]


def test_runner_in_one_context() -> None:
    variable = contextvars.ContextVar("variable", default=0)

    @coroutine
    def add() -> int:
        variable.set(variable.get() + 1)
        return variable.get()

    with runners.Runner() as runner:
        assert [runner.run(later(add)) for _ in range(3)] == [1, 2, 3]
        assert variable.get() == 0
    with pytest.raises(RuntimeError, match="Runner is closed"):
        runner.get_loop()


def test_tasks_that_share_a_context() -> None:
    variable = contextvars.ContextVar("variable", default=0)
    got: list[int] = []

    @coroutine
    def one() -> None:
        variable.set(1)
        sleep(0)
        got.append(variable.get())

    @coroutine
    def two() -> None:
        got.append(variable.get())
        variable.set(2)
        sleep(0)
        got.append(variable.get())

    def main() -> None:
        shared = contextvars.copy_context()
        made = [create_task(later(each), context=shared) for each in (one, two)]
        events.get_running_loop().call_soon(variable.set, 3, context=shared)
        waiting.wait(made)
        assert shared[variable] == 3
        assert variable.get() == 0

    in_loop(main)
    assert got == [1, 3, 3]


# What is called by the loop, not by a twin.


@calls.returns_awaitable
def hand_out(x: int) -> Any:
    return later(double, x)


def test_loop_does_not_wait_for_what_callbacks_hand_out() -> None:
    seen: list[object] = []

    @coroutine
    def body() -> None:
        seen.append("ran")

    @calls.returns_awaitable
    def start(*_: Any) -> Any:
        seen.append("started")
        return create_task(later(body))

    def in_a_callback(function: Any, *args: Any) -> None:
        events.get_running_loop().call_soon(function, *args)
        sleep(0)
        gc.collect()

    def main() -> None:
        loop = events.get_running_loop()
        loop.call_soon(start)
        loop.call_later(0, functools.partial(start))
        done = loop.create_future()
        done.add_done_callback(start)
        done.set_result(None)
        sleep(0.01)
        with pytest.warns(RuntimeWarning, match="'double' was never awaited"):
            in_a_callback(double, 1)

    in_loop(main)
    assert sorted(map(str, seen)) == ["ran"] * 3 + ["started"] * 3


def test_task_factory_that_hands_out_its_task() -> None:
    @calls.returns_awaitable
    def factory(loop: Any, coro: Any) -> Any:
        return tasks.Task(coro, loop=loop, name="made")

    def main() -> None:
        events.get_running_loop().set_task_factory(factory)
        task = create_task(later(double, 2))
        assert isinstance(task, tasks.Task)
        assert task.get_name() == "made"
        assert await_(task) == 4

    in_loop(main)


def test_threads_of_executors_give_coroutines_as_they_are() -> None:
    def main() -> None:
        for made in (
            executors.to_thread(hand_out, 2),
            await_(events.get_running_loop().run_in_executor(None, hand_out, 2)),
            await_(events.get_running_loop().run_in_executor(None, double, 2)),
        ):
            assert isinstance(made, coroutines.Coroutine)
            assert await_(made) == 4

    in_loop(main)


def test_methods_of_managers_and_generators_later() -> None:
    @generator
    def count() -> Any:
        sent = yield 0
        with contextlib.suppress(ValueError):
            yield sent
        yield "caught"

    def main() -> None:
        lock, deadline = locks.Lock(), timeouts.timeout(1)
        made = [later(lock.__enter__), later(deadline.__enter__)]
        assert not lock.locked()
        await_(made[0])
        assert lock.locked()
        assert await_(made[1]) is deadline
        await_(later(deadline.__exit__, None, None, None))
        steps = count()
        assert await_(later(iterators.asend, steps, None)) == 0
        assert iterators.asend(steps, 5) == 5
        assert iterators.athrow(steps, ValueError) == "caught"
        closing = later(steps.close)
        assert steps.ag_frame is not None
        await_(closing)
        with pytest.raises(StopAsyncIteration):
            iterators.asend(steps, 1)

    in_loop(main)


def test_function_of_a_twin_keeps_the_turn_when_it_is_called_as_blocking() -> None:
    def main() -> None:
        assert blocking_calls.blocking(double, 2) == 4
        assert events.get_running_loop() is blocking_calls.blocking(of_loop)

    @coroutine
    def of_loop() -> Any:
        return events.get_running_loop()

    in_loop(main)
    assert blocking_calls.blocking(double, 3) == 6


# Programs that cannot end.


class Broken(event_loop.EventLoop):
    """A loop that fails when there is nothing to wait for."""

    def _select(self, me: Any, timeout: float | None) -> Any:
        if timeout is None:
            raise RuntimeError("nothing to wait for")
        return super()._select(me, timeout)


@pytest.mark.filterwarnings("ignore")
def test_main_that_waits_again_whenever_it_is_cancelled_ends() -> None:
    seen: list[str] = []

    @coroutine
    def main() -> None:
        while True:
            try:
                await_(events.get_running_loop().create_future())
            except CancelledError:
                seen.append("cancelled")
            finally:
                seen.append("finally")

    with pytest.raises(RuntimeError, match="nothing to wait for"):
        run(later(main), loop_factory=Broken)
    assert seen[:2] == ["cancelled", "finally"]


@pytest.mark.filterwarnings("ignore")
def test_tasks_that_wait_for_each_other_end() -> None:
    @coroutine
    def main() -> None:
        both: list[Any] = []

        @coroutine
        def wait_for(number: int) -> None:
            sleep(0)
            await_(both[number])

        both += [create_task(later(wait_for, 1)), create_task(later(wait_for, 0))]
        await_(both[0])

    with pytest.raises(RecursionError):
        run(later(main), loop_factory=Broken)


def test_run_makes_no_home_loop() -> None:
    before, home_loop.homes.loop = home_loop.homes.loop, None
    try:

        def main() -> None:
            create_task(later(sleep, 10))

        in_loop(main)
        assert home_loop.homes.loop is None
    finally:
        home_loop.homes.loop = before
