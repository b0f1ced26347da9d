"""Calls of a twin over the turns runtime, and what asks for coroutines."""

from __future__ import annotations

import collections.abc
import functools
import gc
import inspect
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from support.turns_functions import Manager, counted, double, in_loop, plain
from twingen.runtime.turns import (
    coroutines,
    dynamic_calls,
    events,
    function_kinds,
    futures,
    inspection,
    locks,
)
from twingen.runtime.turns.dynamic_calls import await_, awaited, later
from twingen.runtime.turns.entry_points import entry
from twingen.runtime.turns.function_kinds import coroutine
from twingen.runtime.turns.generators import generator
from twingen.runtime.turns.runners import run
from twingen.runtime.turns.task_creation import create_task
from twingen.runtime.turns.waiting import sleep

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
    for decorator in (coroutine, entry, generator, dynamic_calls.returns_awaitable):

        def function(a: int, b: str = "x") -> None:
            """Say so."""

        before = inspect.signature(function)
        made = decorator(function)
        assert inspect.signature(made) == before
        assert (made.__name__, made.__doc__) == ("function", "Say so.")


def test_returns_awaitable() -> None:
    seen: list[str] = []

    @dynamic_calls.returns_awaitable
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


def test_entered_manager_is_left_by_its_with_block() -> None:
    seen: list[str] = []

    def main() -> None:
        with dynamic_calls.entered(Manager(seen)) as manager:
            assert isinstance(manager, Manager)
            raise ValueError
        with dynamic_calls.entered(locks.Lock()) as nothing:
            assert nothing is None
        with pytest.raises(TypeError, match="asynchronous context manager protocol"):
            dynamic_calls.entered(1)

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
        assert list(dynamic_calls.iterated(Numbers())) == [1, 2, 3]
        assert list(dynamic_calls.iterated(iter([1]))) == [1]
        assert list(dynamic_calls.iterated(counted(2))) == [0, 1]
        with pytest.raises(TypeError, match="__aiter__ method, got int"):
            dynamic_calls.iterated(1)

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
