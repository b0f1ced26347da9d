"""Functions that the loop of the turns runtime calls, not a twin."""

from __future__ import annotations

import contextlib
import functools
import gc
from typing import Any

import pytest

from support.turns_functions import double, in_loop
from twingen.runtime.turns import (
    blocking_calls,
    coroutines,
    dynamic_calls,
    events,
    executors,
    iterators,
    locks,
    tasks,
    timeouts,
)
from twingen.runtime.turns.dynamic_calls import await_, later
from twingen.runtime.turns.function_kinds import coroutine
from twingen.runtime.turns.generators import generator
from twingen.runtime.turns.task_creation import create_task
from twingen.runtime.turns.waiting import sleep


@dynamic_calls.returns_awaitable
def hand_out(x: int) -> Any:
    return later(double, x)


def test_loop_does_not_wait_for_what_callbacks_hand_out() -> None:
    seen: list[object] = []

    @coroutine
    def body() -> None:
        seen.append("ran")

    @dynamic_calls.returns_awaitable
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
    @dynamic_calls.returns_awaitable
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
