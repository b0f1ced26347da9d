"""Test cases, runners and their contexts over the turns runtime."""

from __future__ import annotations

import contextvars
import warnings

import pytest

from support.turns_functions import Manager, in_loop
from twingen.runtime.turns import (
    async_case,
    events,
    runners,
    thread_state,
    waiting,
)
from twingen.runtime.turns.dynamic_calls import later
from twingen.runtime.turns.function_kinds import coroutine
from twingen.runtime.turns.task_creation import create_task
from twingen.runtime.turns.waiting import sleep


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
