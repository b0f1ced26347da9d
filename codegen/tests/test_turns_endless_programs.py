"""Programs over the turns runtime that do not end by themselves."""

from __future__ import annotations

from typing import Any

import pytest

from support.turns_functions import in_loop
from twingen.runtime.turns import (
    event_loop,
    events,
    shared_loop,
)
from twingen.runtime.turns.dynamic_calls import await_, later
from twingen.runtime.turns.exceptions import CancelledError
from twingen.runtime.turns.function_kinds import coroutine
from twingen.runtime.turns.runners import run
from twingen.runtime.turns.task_creation import create_task
from twingen.runtime.turns.waiting import sleep


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


def test_run_makes_no_shared_loop() -> None:
    before, shared_loop.shared.loop = shared_loop.shared.loop, None
    try:

        def main() -> None:
            create_task(later(sleep, 10))

        in_loop(main)
        assert shared_loop.shared.loop is None
    finally:
        shared_loop.shared.loop = before
